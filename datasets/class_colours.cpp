// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_colours.h"

#include <algorithm>
#include <cmath>

namespace datasets {
namespace {

// The bright colour of a hue (0 to 1) on the colour wheel.
Colour colour_of_hue(double hue) {
  const auto channel = [&](double offset) {
    const double distance = std::abs(std::fmod(hue + offset, 1.0) * 6 - 3) - 1;
    return static_cast<std::uint8_t>(255 * std::clamp(distance, 0.0, 1.0));
  };
  return {channel(0), channel(2.0 / 3), channel(1.0 / 3)};
}

}  // namespace

Colour distinct_colour(int number) {
  const double golden_ratio = 0.6180339887;  // Steps by it never come close to an earlier hue.
  return number == 0 ? Colour{} : colour_of_hue(std::fmod(number * golden_ratio, 1.0));
}

}  // namespace datasets
