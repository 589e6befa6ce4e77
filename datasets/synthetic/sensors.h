// SPDX-License-Identifier: Apache-2.0
// The two cameras: blur, gain, noise and quantisation.
#pragma once

#include "datasets/image.h"
#include "datasets/synthetic/shading.h"

namespace datasets::synthetic {

struct SensorOptions {
  double rgb_noise = 1;       // Scales read and shot noise of the colour camera.
  double thermal_noise = 1;   // Scales white, column and low-frequency noise of the thermal camera.
  double thermal_blur = 1.1;  // Standard deviation in pixels.
  double thermal_gain_control =
      0.85;  // 1: every frame stretched to its own range; 0: one fixed range, -10 to 45 degrees.
  double thermal_shift_x = 0,
         thermal_shift_y = 0;  // Registration error in pixels: the thermal image is moved right and down.
};

// Where a camera's noise comes from: one key per (seed, scene, time).
struct NoiseKey {
  std::uint64_t key = 0, index = 0;
};

Image8 expose(const Radiance& radiance, const Appearance& appearance, const SensorOptions& options, NoiseKey noise);

// Temperatures as the thermal camera measures them: shifted, blurred, noisy. Degrees Celsius.
Image<float> measure(const std::vector<float>& temperature, int height, int width, const SensorOptions& options,
                     NoiseKey noise);

// -10 ... 45 degrees mapped linearly to 21800 ... 25000 counts, and clamped to 16 bit.
Image16 to_counts(const Image<float>& temperature);

// The 8-bit picture of a thermal camera with partial gain control.
Image8 to_grey(const Image<float>& temperature, double gain_control);

}  // namespace datasets::synthetic
