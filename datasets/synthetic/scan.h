// SPDX-License-Identifier: Apache-2.0
// The rows of samples that a polygon or an ellipse in space covers, seen through a pinhole.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "datasets/synthetic/canvas.h"

namespace datasets::synthetic {

// A linear function of the sample coordinates: x a + y b + c.
struct Linear {
  double a = 0, b = 0, c = 0;
  double at(double x, double y) const { return x * a + (y * b + c); }
};

// The dot product of a fixed vector with the viewing ray of a sample.
inline Linear ray_product(const Pinhole& pinhole, double x, double y, double z) {
  const double a = x / pinhole.focal_x, b = y / pinhole.focal_y;
  return {a, b, z - (a * pinhole.centre_x + b * pinhole.centre_y)};
}
inline Linear ray_product(const Pinhole& pinhole, Vec3 v) {
  return ray_product(pinhole, v.x, v.y, v.z);
}

// 1 / z of the plane through `point` with `normal`; false if the camera sees it edge-on.
inline bool inverse_depth_of(const Pinhole& pinhole, Vec3 normal, Vec3 point, Linear& inverse_depth) {
  const double distance = static_cast<double>(normal.x) * point.x + static_cast<double>(normal.y) * point.y +
                          static_cast<double>(normal.z) * point.z;
  if (distance < 1e-7 && distance > -1e-7) return false;
  const Linear product = ray_product(pinhole, normal);
  inverse_depth = {product.a / distance, product.b / distance, product.c / distance};
  return true;
}

// Rows that can be touched, inclusive, by the hull of some points; all rows where one lies behind the camera.
inline void row_range(const Pinhole& pinhole, std::span<const Vec3> points, int height, int& first, int& last) {
  double low = 1e9, high = -1e9;
  for (const Vec3 p : points) {
    if (p.z < 0.1f) {
      first = 0;
      last = height - 1;
      return;
    }
    const double y = pinhole.centre_y + pinhole.focal_y * p.y / p.z;
    low = std::min(low, y);
    high = std::max(high, y);
  }
  first = static_cast<int>(std::max(0.0, std::floor(std::min(low, 1e6))));
  last = static_cast<int>(std::min(height - 1.0, std::ceil(std::max(high, -1.0))));
}

// Narrows [low, high] to where a x + b >= 0.
inline void narrow(double a, double b, double& low, double& high) {
  if (a > 0)
    low = std::max(low, -b / a);
  else if (a < 0)
    high = std::min(high, -b / a);
  else if (b < 0)
    high = low - 1;
}

inline constexpr double farthest_inverse_depth = 1.0 / 400, nearest_inverse_depth = 1.0 / 0.25;

// Calls fill(y, first x, last x) for every row that a convex polygon covers.
template <class Fill>
void scan_polygon(const Pinhole& pinhole, std::span<const Vec3> corners, const Linear& inverse_depth, int height,
                  int width, const Fill& fill) {
  Linear edges[8];
  Vec3 centre;
  for (const Vec3 corner : corners) centre = centre + corner;
  const std::size_t count = corners.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Vec3 p = corners[i], q = corners[(i + 1) % count];
    double x = static_cast<double>(p.y) * q.z - static_cast<double>(p.z) * q.y;
    double y = static_cast<double>(p.z) * q.x - static_cast<double>(p.x) * q.z;
    double z = static_cast<double>(p.x) * q.y - static_cast<double>(p.y) * q.x;
    if (x * centre.x + y * centre.y + z * centre.z < 0) x = -x, y = -y, z = -z;
    edges[i] = ray_product(pinhole, x, y, z);
  }
  int first, last;
  row_range(pinhole, corners, height, first, last);
  for (int y = first; y <= last; ++y) {
    double low = 0, high = width - 1;
    for (std::size_t i = 0; i < count; ++i) narrow(edges[i].a, edges[i].b * y + edges[i].c, low, high);
    const double base = inverse_depth.b * y + inverse_depth.c;
    narrow(inverse_depth.a, base - farthest_inverse_depth, low, high);
    narrow(-inverse_depth.a, nearest_inverse_depth - base, low, high);
    if (low <= high) {
      const int x0 = static_cast<int>(std::ceil(low)), x1 = static_cast<int>(std::floor(high));
      if (x0 <= x1) fill(y, x0, x1);
    }
  }
}

// The same for the ellipse of a surface. fill(y, x0, x1, s, t) also gets the local coordinates divided by the radii and
// by z, as linear functions: (s / w)^2 + (t / w)^2 <= 1 inside, with w = 1 / z.
template <class Fill>
void scan_ellipse(const Pinhole& pinhole, const Surface& surface, const Linear& w, int height, int width,
                  const Fill& fill) {
  const Vec3 u = surface.u * surface.radius_s, v = surface.v * surface.radius_t, o = surface.origin;
  const Vec3 corners[4] = {o - u - v, o + u - v, o + u + v, o - u + v};
  for (const Vec3 corner : corners)
    if (corner.z < 0.25f) return;
  int first, last;
  row_range(pinhole, corners, height, first, last);
  const auto local = [&](Vec3 axis, double radius) {
    const Linear product = ray_product(pinhole, axis);
    const double offset = dot(axis, o);
    return Linear{(product.a - w.a * offset) / radius, (product.b - w.b * offset) / radius,
                  (product.c - w.c * offset) / radius};
  };
  const Linear s = local(surface.u, surface.radius_s), t = local(surface.v, surface.radius_t);
  const double a = s.a * s.a + t.a * t.a - w.a * w.a;
  if (!(a > 0)) return;
  for (int y = first; y <= last; ++y) {
    const double s0 = s.b * y + s.c, t0 = t.b * y + t.c, w0 = w.b * y + w.c;
    const double b = s.a * s0 + t.a * t0 - w.a * w0, c = s0 * s0 + t0 * t0 - w0 * w0;
    const double discriminant = b * b - a * c;
    if (!(discriminant >= 0)) continue;
    const double root = std::sqrt(discriminant);
    const double low = std::max(0.0, (-b - root) / a), high = std::min(width - 1.0, (-b + root) / a);
    if (low > high) continue;
    const int x0 = static_cast<int>(std::ceil(low)), x1 = static_cast<int>(std::floor(high));
    if (x0 <= x1) fill(y, x0, x1, s, t);
  }
}

}  // namespace datasets::synthetic
