// SPDX-License-Identifier: Apache-2.0
// Rows are shared out among the threads. Each step rounds to f32, as datasets/normalisation.cpp does.
#include "kernels/augment.h"

#include <algorithm>

#include "kernels/augment_on_host.h"
#include "kernels/cpu/lanes.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

namespace {

float thermal_number(const AugmentOptions& options, float full_range, const LinearMap& map, int count) {
  float number = 0;
  if (options.scale == ThermalScale::full_range) {
    number = static_cast<float>(count) / full_range;
  } else {
    const double value = (count - map.offset) * map.factor;
    number = static_cast<float>(is_clipped(options.scale) ? std::clamp(value, 0.0, 1.0) : value);
  }
  return (number - options.thermal_mean) / options.thermal_deviation;
}

}  // namespace

void augment(Queue& queue, const AugmentOptions& options, const AugmentInputs& in, const AugmentOutputs& out) {
  const Shape& shape = out.rgb.shape;
  std::vector<HostAugmentation> images;
  for (std::int64_t n = 0; n < shape.n(); ++n) images.emplace_back(options, in, n);
  std::vector<LinearMap> maps(images.size());
  if (options.scale != ThermalScale::full_range)
    parallel_for(queue, shape.n(), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t n = begin; n < end; ++n)
        maps[static_cast<std::size_t>(n)] = images[static_cast<std::size_t>(n)].thermal_map();
    });
  visit_dtype<float, bf16>(out.rgb.dtype, "augment", [&]<class T>() {
    T *rgb = out.rgb.as<T>(), *thermal = out.thermal.as<T>();
    auto* labels = out.labels.as<std::uint8_t>();
    parallel_for(queue, shape.n() * shape.h(), 8, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t line = begin; line < end; ++line) {
        const std::int64_t n = line / shape.h();
        const HostAugmentation& image = images[static_cast<std::size_t>(n)];
        const auto row = static_cast<int>(line % shape.h());
        const int from_row = std::min(row, options.size.h - 1);
        for (int column = 0; column < shape.w(); ++column) {
          const std::int64_t at = line * shape.w() + column;
          const AugmentedPixel pixel = image.pixel(from_row, std::min(column, options.size.w - 1));
          for (int c = 0; c < 3; ++c) {
            const float share = static_cast<float>(pixel.colour[c]) / 255.0f;
            store(rgb, 3 * at + c, (share - options.mean[c]) / options.deviation[c]);
          }
          store(thermal, at,
                thermal_number(options, image.image().full_range, maps[static_cast<std::size_t>(n)], pixel.count));
          if (row == from_row && column < options.size.w)
            labels[(n * options.size.h + row) * options.size.w + column] =
                static_cast<std::uint8_t>(image.label(row, column));
        }
      }
    });
  });
}

}  // namespace kernels::cpu
