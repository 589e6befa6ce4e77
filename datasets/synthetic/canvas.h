// SPDX-License-Identifier: Apache-2.0
// Painting flat surfaces into a picture of surface numbers and distances, seen through a pinhole.
// A polygon in space covers the rays on the inner side of all planes through the camera and its edges, and 1 / z is
// linear over the picture: each row of a surface is one span, found without clipping, even where the surface passes the
// camera.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/synthetic/geometry.h"

namespace datasets::synthetic {

// Sample (x, y) looks along ((x - centre_x) / focal_x, (y - centre_y) / focal_y, 1).
struct Pinhole {
  double focal_x = 1, focal_y = 1, centre_x = 0, centre_y = 0;
};

struct Canvas {
  int height, width;
  std::vector<std::uint16_t> surface;  // Index into World::surfaces plus 1 of what is seen; 0: sky.
  std::vector<std::uint16_t> label;    // The same for the label map.
  std::vector<float> inverse_depth;    // 1 / z in 1 / metres; 0: sky.

  Canvas(int h, int w) : height(h), width(w), surface(count()), label(count()), inverse_depth(count(), 0.0f) {}

 private:
  std::size_t count() const { return static_cast<std::size_t>(height) * width; }
};

// Paints all surfaces in their order; a surface is hidden by what is more than 1 % nearer.
void paint(const World& world, const Pinhole& pinhole, Canvas& canvas);

// Bit 7: in the cast shadow of the sun; bits 0-6: contact shadow, 127 = darkest. Only for samples on the ground.
// `sun` points to the sun; without one (y >= 0) there are only contact shadows.
std::vector<std::uint8_t> paint_shadows(const World& world, const Pinhole& pinhole, int height, int width, Vec3 sun);

}  // namespace datasets::synthetic
