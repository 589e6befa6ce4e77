// SPDX-License-Identifier: Apache-2.0
// The rules of the golden fixtures.
#include "tests/support/golden.h"

#include <algorithm>
#include <cmath>

namespace test {
namespace {

std::uint64_t fnv1a64(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
  return hash;
}

double splitmix_uniform(std::uint64_t state, std::int64_t i) {
  std::uint64_t z = state + (static_cast<std::uint64_t>(i) + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return 2.0 * (static_cast<double>(z >> 11) / 9007199254740992.0) - 1.0;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

double golden_uniform(std::string_view name, std::int64_t i) {
  return splitmix_uniform(fnv1a64(name), i);
}

std::vector<float> golden_image(std::string_view name, const kernels::Shape& shape) {
  const std::uint64_t state = fnv1a64(name);
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>((splitmix_uniform(state, static_cast<std::int64_t>(i)) + 1) / 2);
  return values;
}

std::vector<float> golden_q8(std::string_view name, const kernels::Shape& shape) {
  std::vector<float> values = golden_image(name, shape);
  for (float& value : values) value = std::floor(256.0f * value) / 255.0f;
  return values;
}

std::vector<std::uint8_t> golden_labels(std::string_view name, const GoldenLabels& options) {
  const std::uint64_t state = fnv1a64(name);
  const int rows = (options.height + options.block - 1) / options.block;
  const int columns = (options.width + options.block - 1) / options.block;
  std::vector<std::uint8_t> labels;
  labels.reserve(static_cast<std::size_t>(options.n) * options.height * options.width);
  for (int image = 0; image < options.n; ++image)
    for (int y = 0; y < options.height; ++y)
      for (int x = 0; x < options.width; ++x) {
        const std::int64_t square = (std::int64_t{image} * rows + y / options.block) * columns + x / options.block;
        const int id = static_cast<int>((splitmix_uniform(state, square) + 1) / 2 * options.classes);
        labels.push_back(static_cast<std::uint8_t>(std::min(id, options.classes - 1)));
      }
  return labels;
}

std::vector<float> golden_parameter(const std::string& prefix, const std::string& key, const kernels::Shape& shape) {
  const auto count = static_cast<std::size_t>(shape.elements());
  if (ends_with(key, "num_batches_tracked")) return std::vector<float>(count, 0.0f);
  double offset = 0, scale = 0.1;
  if (ends_with(key, "running_var")) {
    offset = 1;
    scale = 0.25;
  } else if (ends_with(key, "running_mean")) {
    // The default.
  } else if (shape.rank() == 1) {
    offset = ends_with(key, "weight") ? 1 : 0;
  } else if (shape.rank() >= 2) {
    scale = std::sqrt(3.0 / (static_cast<double>(count) / static_cast<double>(shape[0])));
  }
  const std::uint64_t state = fnv1a64(prefix + key);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(offset + scale * splitmix_uniform(state, static_cast<std::int64_t>(i)));
  return values;
}

std::filesystem::path golden_path(const std::string& relative) {
  return std::filesystem::path(ISOTHERM_SOURCE_DIR) / "tests/golden" / relative;
}

}  // namespace test
