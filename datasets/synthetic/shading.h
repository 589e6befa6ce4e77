// SPDX-License-Identifier: Apache-2.0
// Light and warmth that reach the camera: every sample of a canvas shaded and reduced to pixels.
#pragma once

#include <vector>

#include "datasets/synthetic/appearance.h"
#include "datasets/synthetic/canvas.h"

namespace datasets::synthetic {

// Planes of height x width: linear radiance R, G, B and apparent temperature in degrees Celsius.
struct Radiance {
  int height = 0, width = 0;
  std::vector<float> red, green, blue, temperature;

  Radiance(int h, int w) : height(h), width(w), red(count()), green(count()), blue(count()), temperature(count()) {}

 private:
  std::size_t count() const { return static_cast<std::size_t>(height) * width; }
};

// The canvas has two samples per pixel and axis; sample 2 p is the centre of pixel p. Pixels are averages with weights
// 1/4, 1/2, 1/4 in each direction. `shadows` is paint_shadows of the same size.
Radiance shade(const World& world, const Appearance& appearance, const Pinhole& pinhole, const Canvas& canvas,
               const std::vector<std::uint8_t>& shadows);

}  // namespace datasets::synthetic
