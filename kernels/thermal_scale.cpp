// SPDX-License-Identifier: Apache-2.0
#include "kernels/thermal_scale.h"

#include <cmath>

namespace kernels {
namespace {

LinearMap min_max(const std::uint32_t* histogram) {
  int least = 0, most = thermal_counts - 1;
  while (histogram[least] == 0) ++least;
  while (histogram[most] == 0) --most;
  return map_of_range(least, most);
}

// The squares are added up around the whole number next to the mean, so that no sum is rounded before the last step.
LinearMap standardising(const std::uint32_t* histogram, std::int64_t pixels) {
  std::int64_t sum = 0, squares = 0;
  for (std::int64_t count = 0; count < thermal_counts; ++count) {
    sum += histogram[count] * count;
    squares += histogram[count] * count * count;
  }
  const std::int64_t centre = (sum + pixels / 2) / pixels;
  const auto around = static_cast<double>(squares - 2 * centre * sum + pixels * centre * centre);
  const auto rest = static_cast<double>(sum - centre * pixels);
  const double number = static_cast<double>(pixels);
  const double deviation = std::sqrt((around - rest * rest / number) / number);
  return {static_cast<double>(sum) / number, deviation > 0 ? 1 / deviation : 0};
}

}  // namespace

LinearMap map_of_range(double low, double high) {
  return high > low ? LinearMap{low, 1 / (high - low)} : LinearMap{low, 0};
}

OrderStatistic order_statistic(double percent, std::int64_t pixels) {
  const double position = percent / 100 * static_cast<double>(pixels - 1);
  const auto rank = static_cast<std::int64_t>(position);
  return {rank, position - static_cast<double>(rank)};
}

double percentile(const std::uint32_t* histogram, std::int64_t pixels, double percent) {
  const auto [rank, fraction] = order_statistic(percent, pixels);
  std::int64_t below = 0;  // Pixels with less than `count`.
  int count = 0;
  while (below + histogram[count] <= rank) below += histogram[count++];
  if (below + histogram[count] > rank + 1 || rank + 1 == pixels) return count;
  int next = count + 1;
  while (histogram[next] == 0) ++next;
  return count + fraction * (next - count);
}

LinearMap map_of_histogram(ThermalScale scale, double low, double high, const std::uint32_t* histogram,
                           std::int64_t pixels) {
  if (scale == ThermalScale::min_max) return min_max(histogram);
  if (scale == ThermalScale::standardise) return standardising(histogram, pixels);
  return map_of_range(percentile(histogram, pixels, low), percentile(histogram, pixels, high));
}

}  // namespace kernels
