// SPDX-License-Identifier: Apache-2.0
// The rules by which the golden fixtures make weights, images and labels from names (tests/golden/mfnet/README.md), so
// that a fixture stores results only. All arrays are row-major in the written order (n, c, h, w), as in the fixtures.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/shape.h"

namespace test {

// Element i of the stream `name`: splitmix64 seeded with FNV-1a of the name, mapped to [-1, 1).
double golden_uniform(std::string_view name, std::int64_t i);

// Values in [0, 1], rounded to float32.
std::vector<float> golden_image(std::string_view name, const kernels::Shape& shape);

// The same, quantised like an 8-bit image: floor(256 x) / 255 in float32.
std::vector<float> golden_q8(std::string_view name, const kernels::Shape& shape);

struct GoldenLabels {
  int n = 1, height = 0, width = 0;
  int classes = 9;
  int block = 1;  // Side of the squares of one class, in pixels.
};
std::vector<std::uint8_t> golden_labels(std::string_view name, const GoldenLabels& options);

// The value of one state-dict entry, by the kind that its key ("layer1.0.bn1.running_var") and rank tell; `prefix` is
// the fixture's parameter_key_prefix. num_batches_tracked is 0.
std::vector<float> golden_parameter(const std::string& prefix, const std::string& key, const kernels::Shape& shape);

// tests/golden/RELATIVE of the source tree.
std::filesystem::path golden_path(const std::string& relative);

}  // namespace test
