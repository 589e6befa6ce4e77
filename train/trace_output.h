// SPDX-License-Identifier: Apache-2.0
// Collects named tensors for a trace: what no glob of --only selects is never kept.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "engine/tensor.h"

namespace train {

class TraceOutput {
 public:
  explicit TraceOutput(std::vector<std::string> globs) : globs_(std::move(globs)) {}

  bool wanted(const std::string& name) const;
  // Row-major (n, c, h, w) order; f64 on reference, else f32; integers stay integers.
  void add(const std::string& name, const engine::Tensor& tensor);
  void add_scalar(const std::string& name, double value, kernels::DType dtype);
  void add_integer(const std::string& name, std::int64_t value);
  // Throws UsageError where nothing was selected.
  void write(const std::filesystem::path& path) const;

 private:
  std::vector<std::string> globs_;
  std::vector<engine::OwnedTensor> items_;
};

}  // namespace train
