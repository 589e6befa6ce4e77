// SPDX-License-Identifier: Apache-2.0
#include "kernels/augment.h"

#include <algorithm>

#include "kernels/augment_on_host.h"

namespace kernels::reference {

void augment(Queue&, const AugmentOptions& options, const AugmentInputs& in, const AugmentOutputs& out) {
  const Shape& shape = out.rgb.shape;
  for (std::int64_t n = 0; n < shape.n(); ++n) {
    const HostAugmentation image(options, in, n);
    const bool full_range = options.scale == ThermalScale::full_range;
    const LinearMap map = full_range ? LinearMap{} : image.thermal_map();
    for (int row = 0; row < shape.h(); ++row)
      for (int column = 0; column < shape.w(); ++column) {
        const int from_row = std::min(row, options.size.h - 1), from_column = std::min(column, options.size.w - 1);
        const AugmentedPixel pixel = image.pixel(from_row, from_column);
        for (int c = 0; c < 3; ++c)
          out.rgb.as<double>()[shape.offset(n, c, row, column)] =
              (pixel.colour[c] / 255.0 - options.mean[c]) / options.deviation[c];
        double number = full_range ? pixel.count / static_cast<double>(image.image().full_range)
                                   : (pixel.count - map.offset) * map.factor;
        if (is_clipped(options.scale)) number = std::clamp(number, 0.0, 1.0);
        out.thermal.as<double>()[out.thermal.shape.offset(n, 0, row, column)] =
            (number - options.thermal_mean) / options.thermal_deviation;
        if (row == from_row && column == from_column)
          out.labels.as<std::uint8_t>()[(n * options.size.h + row) * options.size.w + column] =
              static_cast<std::uint8_t>(image.label(row, column));
      }
  }
}

}  // namespace kernels::reference
