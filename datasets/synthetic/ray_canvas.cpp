// SPDX-License-Identifier: Apache-2.0
// Every surface is tested against the rays of the tiles that its outline can touch; the nearest one wins, with the rule
// of canvas.h for details that lie on others.
#include "datasets/synthetic/ray_canvas.h"

#include "datasets/synthetic/texture.h"

namespace datasets::synthetic {
namespace {

constexpr int tile = 16;
constexpr float hidden = 0.99f;

struct Box {
  float left = 1e9f, right = -1e9f, top = 1e9f, bottom = -1e9f;

  void include(float x, float y) {
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  bool meets(const Box& other) const {
    return left <= other.right && other.left <= right && top <= other.bottom && other.top <= bottom;
  }
};

// Where a surface can appear, in ray coordinates; everywhere if it comes close to the camera.
Box outline(const Surface& surface) {
  Box box;
  const auto include = [&](Vec3 p) {
    if (p.z < 0.1f) {
      box = {-1e9f, 1e9f, -1e9f, 1e9f};
      return false;
    }
    box.include(p.x / p.z, p.y / p.z);
    return true;
  };
  if (surface.shape == Shape::polygon) {
    for (int i = 0; i < surface.corner_count; ++i)
      if (!include(surface.corners[i])) break;
  } else {
    const Vec3 u = surface.u * surface.radius_s, v = surface.v * surface.radius_t, o = surface.origin;
    for (const Vec3 corner : {o - u - v, o + u - v, o + u + v, o - u + v})
      if (!include(corner)) break;
  }
  return box;
}

class Caster {
 public:
  Caster(const std::vector<Vec3>& rays, RayImage& image)
      : rays_(rays), image_(image), seen_(rays.size(), -1), columns_((image.width + tile - 1) / tile) {
    const int rows = (image.height + tile - 1) / tile;
    tiles_.resize(static_cast<std::size_t>(rows) * columns_);
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) {
        const Vec3 ray = rays[static_cast<std::size_t>(y) * image.width + x];
        tiles_[static_cast<std::size_t>(y / tile) * columns_ + x / tile].include(ray.x, ray.y);
      }
  }

  void cast(const Surface& surface, int number) {
    if (surface.label_only) return;
    const Vec3 normal = cross(surface.u, surface.v);
    const float distance = dot(normal, surface.origin);
    if (distance < 1e-6f && distance > -1e-6f) return;
    const Vec3 plane = normal * (1.0f / distance);
    prepare_edges(surface);
    const Box box = outline(surface);
    for (std::size_t i = 0; i < tiles_.size(); ++i)
      if (box.meets(tiles_[i])) cast_tile(surface, number, plane, i);
  }

  int seen(std::size_t sample) const { return seen_[sample]; }

 private:
  void prepare_edges(const Surface& surface) {
    Vec3 centre;
    for (int i = 0; i < surface.corner_count; ++i) centre = centre + surface.corners[i];
    for (int i = 0; i < surface.corner_count; ++i) {
      const Vec3 edge = cross(surface.corners[i], surface.corners[(i + 1) % surface.corner_count]);
      edges_[i] = dot(edge, centre) < 0 ? edge * -1.0f : edge;
    }
  }

  bool hit(const Surface& surface, Vec3 ray, float inverse_depth) const {
    if (surface.shape == Shape::polygon) {
      for (int i = 0; i < surface.corner_count; ++i)
        if (dot(edges_[i], ray) < 0) return false;
      return true;
    }
    const Vec3 offset = ray * (1.0f / inverse_depth) - surface.origin;
    const float s = dot(offset, surface.u) / surface.radius_s, t = dot(offset, surface.v) / surface.radius_t;
    return s * s + t * t <= 1.0f && (surface.shape == Shape::ellipse || inside(surface, s, t));
  }

  void cast_tile(const Surface& surface, int number, Vec3 plane, std::size_t index) {
    const int y0 = static_cast<int>(index) / columns_ * tile, x0 = static_cast<int>(index) % columns_ * tile;
    for (int y = y0; y < std::min(y0 + tile, image_.height); ++y)
      for (int x = x0; x < std::min(x0 + tile, image_.width); ++x) {
        const std::size_t sample = static_cast<std::size_t>(y) * image_.width + x;
        const float inverse_depth = dot(plane, rays_[sample]);
        if (!(inverse_depth > 1.0f / 400 && inverse_depth < 4.0f)) continue;
        if (!(inverse_depth > image_.inverse_depth[sample] * hidden) || !hit(surface, rays_[sample], inverse_depth))
          continue;
        image_.inverse_depth[sample] = inverse_depth;
        seen_[sample] = number;
      }
  }

  const std::vector<Vec3>& rays_;
  RayImage& image_;
  std::vector<int> seen_;
  int columns_;
  std::vector<Box> tiles_;
  std::array<Vec3, 6> edges_;
};

}  // namespace

RayImage cast_rays(const World& world, const Appearance& appearance, const std::vector<Vec3>& rays, int height,
                   int width) {
  RayImage image{height, width, std::vector<float>(rays.size()), std::vector<float>(rays.size(), 0.0f)};
  Caster caster(rays, image);
  for (std::size_t i = 0; i < world.surfaces.size(); ++i) caster.cast(world.surfaces[i], static_cast<int>(i));
  for (std::size_t sample = 0; sample < rays.size(); ++sample) {
    if (caster.seen(sample) < 0) {
      const float up = clamp01(-rays[sample].y * 1.6f);
      image.temperature[sample] = appearance.sky_temperature + 8.0f * (1.0f - up);
      continue;
    }
    const Surface& surface = world.surfaces[static_cast<std::size_t>(caster.seen(sample))];
    const float depth = 1.0f / image.inverse_depth[sample];
    const Vec3 offset = rays[sample] * depth - surface.origin;
    image.temperature[sample] = texel(surface, appearance.of_object(surface.object), appearance, dot(offset, surface.u),
                                      dot(offset, surface.v), depth)
                                    .temperature;
  }
  return image;
}

}  // namespace datasets::synthetic
