// SPDX-License-Identifier: Apache-2.0
// Painting flat surfaces into a picture of surface numbers and distances.
#include "datasets/synthetic/canvas.h"

#include "datasets/synthetic/scan.h"
#include "datasets/synthetic/texture.h"
#include "kernels/error.h"

namespace datasets::synthetic {
namespace {

constexpr float hidden = 0.99f;

class Painter {
 public:
  Painter(const Pinhole& pinhole, Canvas& canvas) : pinhole_(pinhole), canvas_(canvas) {}

  void paint(const Surface& surface, std::uint16_t number) {
    const Vec3 normal = cross(surface.u, surface.v);
    Linear w;
    if (!inverse_depth_of(pinhole_, normal, surface.origin, w)) return;
    if (surface.shape == Shape::polygon) {
      scan_polygon(pinhole_, {surface.corners.data(), surface.corner_count}, w, canvas_.height, canvas_.width,
                   [&](int y, int x0, int x1) { span(surface, number, w, y, x0, x1, [](int) { return true; }); });
      return;
    }
    scan_ellipse(pinhole_, surface, w, canvas_.height, canvas_.width,
                 [&](int y, int x0, int x1, const Linear& s, const Linear& t) {
                   if (surface.shape == Shape::ellipse) {
                     span(surface, number, w, y, x0, x1, [](int) { return true; });
                     return;
                   }
                   span(surface, number, w, y, x0, x1, [&](int x) {
                     const float depth = static_cast<float>(w.at(x, y));
                     return inside(surface, static_cast<float>(s.at(x, y)) / depth,
                                   static_cast<float>(t.at(x, y)) / depth);
                   });
                 });
  }

 private:
  template <class Accept>
  void span(const Surface& surface, std::uint16_t number, const Linear& w, int y, int x0, int x1,
            const Accept& accept) {
    const std::size_t row = static_cast<std::size_t>(y) * canvas_.width;
    float* depth = canvas_.inverse_depth.data() + row;
    std::uint16_t* seen = canvas_.surface.data() + row;
    std::uint16_t* label = canvas_.label.data() + row;
    const float base = static_cast<float>(w.b * y + w.c), slope = static_cast<float>(w.a);
    for (int x = x0; x <= x1; ++x) {
      const float here = base + slope * static_cast<float>(x);
      if (!(here > depth[x] * hidden) || !accept(x)) continue;
      label[x] = number;
      if (surface.label_only) continue;
      seen[x] = number;
      depth[x] = here;
    }
  }

  const Pinhole& pinhole_;
  Canvas& canvas_;
};

}  // namespace

void paint(const World& world, const Pinhole& pinhole, Canvas& canvas) {
  if (world.surfaces.size() >= 65535)
    throw kernels::DataError("street scene: expected fewer than 65535 surfaces, got {}", world.surfaces.size());
  Painter painter(pinhole, canvas);
  for (std::size_t i = 0; i < world.surfaces.size(); ++i)
    painter.paint(world.surfaces[i], static_cast<std::uint16_t>(i + 1));
}

std::vector<std::uint8_t> paint_shadows(const World& world, const Pinhole& pinhole, int height, int width, Vec3 sun) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(height) * width, 0);
  const Vec3 up{0, -1, 0};
  const float ground = world.camera_height;
  Linear w;
  if (!inverse_depth_of(pinhole, up, {0, ground, 0}, w)) return mask;
  for (const Surface& soft : world.contact)
    scan_ellipse(pinhole, soft, w, height, width, [&](int y, int x0, int x1, const Linear& s, const Linear& t) {
      for (int x = x0; x <= x1; ++x) {
        const float depth = static_cast<float>(w.at(x, y));
        const float a = static_cast<float>(s.at(x, y)) / depth, b = static_cast<float>(t.at(x, y)) / depth;
        const float dark = 1.0f - (a * a + b * b);
        std::uint8_t& value = mask[static_cast<std::size_t>(y) * width + x];
        value = std::max(value, static_cast<std::uint8_t>(clamp01(dark * 1.6f) * 127.0f));
      }
    });
  if (sun.y >= 0) return mask;
  const auto cast = [&](Vec3 p) {
    return p - sun * ((p.y - ground) / sun.y);
  };
  for (const Surface& surface : world.surfaces) {
    const Object& object = world.objects[surface.object];
    if (!object.casts_shadow || surface.label_only) continue;
    Vec3 corners[8];
    std::size_t count = 0;
    if (surface.shape == Shape::polygon) {
      for (; count < surface.corner_count; ++count) corners[count] = cast(surface.corners[count]);
    } else {
      if (surface.shape == Shape::ring || surface.radius_s * surface.radius_t < 0.004f) continue;
      constexpr float ring[8][2] = {{1, 0},  {0.707f, 0.707f},   {0, 1},  {-0.707f, 0.707f},
                                    {-1, 0}, {-0.707f, -0.707f}, {0, -1}, {0.707f, -0.707f}};
      for (const auto& [a, b] : ring)
        corners[count++] =
            cast(surface.origin + surface.u * (a * surface.radius_s) + surface.v * (b * surface.radius_t));
    }
    scan_polygon(pinhole, {corners, count}, w, height, width, [&](int y, int x0, int x1) {
      std::uint8_t* row = mask.data() + static_cast<std::size_t>(y) * width;
      for (int x = x0; x <= x1; ++x) row[x] |= 0x80;
    });
  }
  return mask;
}

}  // namespace datasets::synthetic
