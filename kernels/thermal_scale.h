// SPDX-License-Identifier: Apache-2.0
// How raw thermal counts become a number. What depends on the image follows from how often each count occurs, and from
// whole-number sums, so that it is the same on every device and in any order of pixels.
#pragma once

#include <cstdint>

namespace kernels {

enum class ThermalScale {
  full_range,   // count / (2^bits - 1): 8-bit images as MFNet and RTFNet take them.
  window,       // (count - low) / (high - low), clipped to [0, 1]: the same temperature is the same number everywhere.
  min_max,      // From the image's own least to its largest count, to [0, 1].
  percentile,   // The same from its percentiles low and high, clipped: a few hot pixels do not darken the rest.
  standardise,  // (count - mean) / standard deviation of the image (population).
};

constexpr bool is_clipped(ThermalScale scale) {
  return scale == ThermalScale::window || scale == ThermalScale::percentile;
}
constexpr bool depends_on_image(ThermalScale scale) {
  return scale != ThermalScale::full_range && scale != ThermalScale::window;
}

// number = (count - offset) * factor.
struct LinearMap {
  double offset = 0, factor = 0;
};
// low to 0 and high to 1; everything to 0 where high is not above low.
LinearMap map_of_range(double low, double high);

inline constexpr int thermal_counts = 65536;

// Between the element of this rank, among all counts in order, and the next one.
struct OrderStatistic {
  std::int64_t rank;
  double fraction;
};
OrderStatistic order_statistic(double percent, std::int64_t pixels);

// histogram: how many of the pixels, at least one and below 2^31, have each of the thermal_counts counts.
double percentile(const std::uint32_t* histogram, std::int64_t pixels, double percent);
// For the scales that depend on the image. low, high: the per cent of ThermalScale::percentile.
LinearMap map_of_histogram(ThermalScale scale, double low, double high, const std::uint32_t* histogram,
                           std::int64_t pixels);

}  // namespace kernels
