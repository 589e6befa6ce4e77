// SPDX-License-Identifier: Apache-2.0
// Pairs of image files, as bytes that anybody may have made: PNG, TIFF, JPEG or BMP, read as colour, thermal and label.
// The first two bytes say where the second file begins.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/image_io.h"
#include "datasets/sample_checks.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t length = std::min<std::size_t>(size - 2, data[0] | data[1] << 8);
  const std::vector<std::uint8_t> first(data + 2, data + 2 + length), second(data + 2 + length, data + size);
  const auto attempt = [](const auto& step) {
    try {
      step();
    } catch (const kernels::Error&) {  // Anything else, and any crash, is a finding.
    }
  };
  attempt([&] {
    const datasets::Picture colour = datasets::decode_picture(first, "colour");
    const datasets::Picture thermal = datasets::decode_picture(second, "thermal");
    datasets::require_same_size("thermal", thermal.image16, "colour", colour.image8);
  });
  attempt([&] {
    const datasets::LabelMap label = datasets::decode_label(first, "label");
    datasets::require_class_ids("label", label, 9);
  });
  attempt([&] { datasets::decode_label(second, "label"); });
  return 0;
}
