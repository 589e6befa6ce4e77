// SPDX-License-Identifier: Apache-2.0
// One case of tests/golden: its JSON, its stored (possibly thinned) tensors, and networks filled by the fixtures' rule.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "models/segmentation_model.h"
#include "train/network.h"

namespace test {

class GoldenCase {
 public:
  // GoldenCase("mfnet", "mfnet_eval")
  GoldenCase(const std::string& folder, const std::string& name);

  const nlohmann::json& json() const { return json_; }
  bool has(const std::string& tensor) const { return file_.find(tensor) != nullptr; }
  std::vector<std::string> tensors() const { return file_.names(); }
  std::vector<double> values(const std::string& tensor) const;
  // Values of the full tensor (row-major) at the places that the fixture stores.
  std::vector<double> thinned(const std::string& tensor, const std::vector<double>& full) const;
  double scalar(const std::string& name) const { return json_.at("scalars_f64").at(name).get<double>(); }
  // What the fixtures' README allows a float32 engine: max(1e-4, 10 x recorded drift / magnitude).
  double float_tolerance(const std::string& tensor) const;

  // The fixture's input and labels on a queue, split into RGB and thermal; an input of one channel is thermal.
  models::Inputs inputs(const std::shared_ptr<kernels::Queue>& queue, kernels::DType dtype) const;
  engine::Tensor labels(const std::shared_ptr<kernels::Queue>& queue) const;
  // A network with the fixture's weights, made for the size of its input. `prefix_entry`: the entry of the JSON that
  // says what stands before the names of parameters.
  std::unique_ptr<train::Network> network(const std::string& model, const std::shared_ptr<kernels::Queue>& queue,
                                          const std::string& prefix_entry = "parameter_key_prefix") const;

 private:
  nlohmann::json json_;
  engine::SafetensorsFile file_;
};

// Every tensor of the store by the fixtures' rule, under its name behind the prefix.
void fill_by_rule(engine::nn::ParameterStore& store, const std::string& prefix);

}  // namespace test
