// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden_case.h"

#include <fstream>

#include "tests/support/golden.h"

namespace test {

namespace {

kernels::Shape shape_of(const nlohmann::json& json) {
  return kernels::Shape::from(json.get<std::vector<std::int64_t>>());
}

}  // namespace

GoldenCase::GoldenCase(const std::string& folder, const std::string& name)
    : json_(nlohmann::json::parse(std::ifstream(golden_path(folder + "/" + name + ".json")))),
      file_(engine::SafetensorsFile::open(golden_path(folder + "/" + name + ".safetensors"))) {}

std::vector<double> GoldenCase::values(const std::string& tensor) const {
  return engine::to_f64(file_.at(tensor));
}

std::vector<double> GoldenCase::thinned(const std::string& tensor, const std::vector<double>& full) const {
  const auto& rule = json_.at("tensors").at(tensor);
  if (rule.contains("flat_head")) {
    const auto count = std::min<std::size_t>(full.size(), rule["flat_head"].get<std::size_t>());
    return {full.begin(), full.begin() + static_cast<std::ptrdiff_t>(count)};
  }
  const auto channel = rule.value("channel_stride", std::int64_t{1}),
             spatial = rule.value("spatial_stride", std::int64_t{1});
  const kernels::Shape shape = shape_of(rule.at("full_shape"));
  if (shape.rank() != 4) return full;
  std::vector<double> kept;
  for (std::int64_t n = 0; n < shape.n(); ++n)
    for (std::int64_t c = 0; c < shape.c(); c += channel)
      for (std::int64_t h = 0; h < shape.h(); h += spatial)
        for (std::int64_t w = 0; w < shape.w(); w += spatial)
          kept.push_back(full[static_cast<std::size_t>(((n * shape.c() + c) * shape.h() + h) * shape.w() + w)]);
  return kept;
}

double GoldenCase::float_tolerance(const std::string& tensor) const {
  const auto& table = json_.at("f32_vs_f64");
  if (!table.contains(tensor) || !table[tensor].contains("max_abs_value")) return 1e-4;  // The latter: labels.
  const double magnitude = table[tensor].at("max_abs_value").get<double>();
  return std::max(1e-4, 10 * table[tensor].at("max_abs_diff").get<double>() / magnitude);
}

models::Inputs GoldenCase::inputs(const std::shared_ptr<kernels::Queue>& queue, kernels::DType dtype) const {
  const auto& rule = json_.at("input");
  const kernels::Shape shape = shape_of(rule.at("shape"));
  const auto name = rule.at("name").get<std::string>();
  const std::vector<float> image =
      rule.value("rule", "image") == "q8" ? golden_q8(name, shape) : golden_image(name, shape);
  if (shape.c() == 1) return {{}, engine::from_host(std::span<const float>(image), shape, dtype, queue), {}};
  const auto plane = static_cast<std::ptrdiff_t>(shape.h() * shape.w());
  std::vector<float> rgb, thermal;
  for (std::int64_t n = 0; n < shape.n(); ++n) {
    const auto first = image.begin() + static_cast<std::ptrdiff_t>(n) * 4 * plane;
    rgb.insert(rgb.end(), first, first + 3 * plane);
    thermal.insert(thermal.end(), first + 3 * plane, first + 4 * plane);
  }
  return {engine::from_host(std::span<const float>(rgb), {shape.n(), 3, shape.h(), shape.w()}, dtype, queue),
          engine::from_host(std::span<const float>(thermal), {shape.n(), 1, shape.h(), shape.w()}, dtype, queue),
          {}};
}

engine::Tensor GoldenCase::labels(const std::shared_ptr<kernels::Queue>& queue) const {
  const auto& rule = json_.at("label");
  const kernels::Shape shape = shape_of(rule.at("shape"));
  const auto ids = golden_labels(rule.at("name").get<std::string>(), {.n = static_cast<int>(shape[0]),
                                                                      .height = static_cast<int>(shape[1]),
                                                                      .width = static_cast<int>(shape[2]),
                                                                      .classes = rule.at("classes").get<int>(),
                                                                      .block = rule.at("block").get<int>()});
  const std::vector<std::int64_t> wide(ids.begin(), ids.end());
  return engine::from_host(std::span<const std::int64_t>(wide), shape, kernels::DType::u8, queue);
}

std::unique_ptr<train::Network> GoldenCase::network(const std::string& model,
                                                    const std::shared_ptr<kernels::Queue>& queue,
                                                    const std::string& prefix_entry) const {
  const kernels::Shape input = shape_of(json_.at("input").at("shape"));
  auto network = train::open_network(
      model, {.classes = json_.value("n_class", 9), .size = {static_cast<int>(input.h()), static_cast<int>(input.w())}},
      queue);
  fill_by_rule(network->store, json_.at(prefix_entry).get<std::string>());
  return network;
}

void fill_by_rule(engine::nn::ParameterStore& store, const std::string& prefix) {
  for (const auto& entry : store.entries()) {
    if (!entry.tensor) continue;
    const std::vector<float> values = golden_parameter(prefix, entry.name, entry.shape());
    engine::copy_into(
        engine::from_host(std::span<const float>(values), entry.shape(), entry.tensor.dtype(), store.queue()),
        entry.tensor);
  }
}

}  // namespace test
