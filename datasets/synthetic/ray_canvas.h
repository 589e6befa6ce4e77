// SPDX-License-Identifier: Apache-2.0
// Temperatures and depths of a scene along arbitrary viewing rays, one per sample: for cameras that are no pinhole.
#pragma once

#include <vector>

#include "datasets/synthetic/appearance.h"

namespace datasets::synthetic {

struct RayImage {
  int height, width;
  std::vector<float> temperature;    // Degrees Celsius.
  std::vector<float> inverse_depth;  // 1 / z, 0 for the sky.
};

// `rays`: height x width directions (x, y, 1) in the frame of the world.
RayImage cast_rays(const World& world, const Appearance& appearance, const std::vector<Vec3>& rays, int height,
                   int width);

}  // namespace datasets::synthetic
