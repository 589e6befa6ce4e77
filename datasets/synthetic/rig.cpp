// SPDX-License-Identifier: Apache-2.0
// The rig of two cameras.
#include "datasets/synthetic/rig.h"

#include "datasets/synthetic/canvas.h"
#include "datasets/synthetic/ray_canvas.h"
#include "datasets/synthetic/shading.h"
#include "kernels/error.h"
#include "kernels/random.h"

namespace datasets::synthetic {
namespace {

// The world as the thermal camera sees it.
World moved(const World& world, const RigPose& pose) {
  const std::array<double, 9> r = rotation_matrix(pose.rotation);
  const auto turn = [&](Vec3 p) {
    return Vec3{static_cast<float>(r[0] * p.x + r[1] * p.y + r[2] * p.z),
                static_cast<float>(r[3] * p.x + r[4] * p.y + r[5] * p.z),
                static_cast<float>(r[6] * p.x + r[7] * p.y + r[8] * p.z)};
  };
  const Vec3 shift{static_cast<float>(pose.translation[0]), static_cast<float>(pose.translation[1]),
                   static_cast<float>(pose.translation[2])};
  World result = world;
  for (Surface& surface : result.surfaces) {
    for (Vec3& corner : surface.corners) corner = turn(corner) + shift;
    surface.origin = turn(surface.origin) + shift;
    surface.u = turn(surface.u);
    surface.v = turn(surface.v);
  }
  return result;
}

// Two samples per pixel and axis, sample 2 p at the centre of pixel p.
std::vector<Vec3> thermal_rays(const Rig& rig) {
  std::vector<Vec3> rays;
  rays.reserve(static_cast<std::size_t>(4) * rig.thermal_height * rig.thermal_width);
  for (int y = 0; y < 2 * rig.thermal_height; ++y)
    for (int x = 0; x < 2 * rig.thermal_width; ++x) {
      const auto [a, b] = undistort(rig.distortion, (0.5 * x - rig.thermal.centre_x) / rig.thermal.focal_x,
                                    (0.5 * y - rig.thermal.centre_y) / rig.thermal.focal_y);
      rays.push_back({static_cast<float>(a), static_cast<float>(b), 1.0f});
    }
  return rays;
}

// Pixels as averages of samples with weights 1/4, 1/2, 1/4 in each direction.
std::vector<float> average(const RayImage& samples) {
  const int height = samples.height / 2, width = samples.width / 2;
  std::vector<float> pixels(static_cast<std::size_t>(height) * width);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      float sum = 0;
      for (int j = -1; j <= 1; ++j)
        for (int i = -1; i <= 1; ++i) {
          const int row = std::max(0, 2 * y + j), column = std::max(0, 2 * x + i);
          sum += (j == 0 ? 0.5f : 0.25f) * (i == 0 ? 0.5f : 0.25f) *
                 samples.temperature[static_cast<std::size_t>(row) * samples.width + column];
        }
      pixels[static_cast<std::size_t>(y) * width + x] = sum;
    }
  return pixels;
}

Image<float> depth_of_centres(const std::vector<float>& inverse_depth, int height, int width) {
  Image<float> depth(height, width, 1);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const float inverse = inverse_depth[static_cast<std::size_t>(2 * y) * (2 * width) + 2 * x];
      depth.at(y, x) = inverse * farthest_depth > 1.0f ? 1.0f / inverse : farthest_depth;
    }
  return depth;
}

void check(const Rig& rig, TimeOfDay time) {
  if (time == TimeOfDay::unknown) throw kernels::UsageError("rig scene: expected day or night, got an unknown time");
  if (std::min({rig.rgb_height, rig.rgb_width, rig.thermal_height, rig.thermal_width}) < 16)
    throw kernels::UsageError("rig scene: expected images of at least 16 x 16, got {} x {} and {} x {}", rig.rgb_height,
                              rig.rgb_width, rig.thermal_height, rig.thermal_width);
}

}  // namespace

std::array<double, 9> rotation_matrix(const std::array<double, 3>& rotation) {
  const double x = rotation[0], y = rotation[1], z = rotation[2], square = x * x + y * y + z * z;
  // sin(q) / q and (1 - cos q) / q^2 by their series, which need no library function.
  double a = 0, b = 0, term = 1;
  for (int n = 1; n < 20; n += 2) {
    a += term;
    b += term / (n + 1);
    term *= -square / ((n + 1) * (n + 2));
  }
  return {1 - b * (y * y + z * z), b * x * y - a * z,       b * x * z + a * y,
          b * x * y + a * z,       1 - b * (x * x + z * z), b * y * z - a * x,
          b * x * z - a * y,       b * y * z + a * x,       1 - b * (x * x + y * y)};
}

std::array<double, 2> undistort(const Distortion& d, double x_distorted, double y_distorted) {
  double x = x_distorted, y = y_distorted;
  for (int step = 0; step < 25; ++step) {
    const double square = x * x + y * y, g = 1 + square * (d.k1 + d.k2 * square),
                 slope = 2 * (d.k1 + 2 * d.k2 * square);
    const double error_x = x * g + 2 * d.p1 * x * y + d.p2 * (square + 2 * x * x) - x_distorted;
    const double error_y = y * g + d.p1 * (square + 2 * y * y) + 2 * d.p2 * x * y - y_distorted;
    const double xx = g + x * x * slope + 2 * d.p1 * y + 6 * d.p2 * x,
                 yy = g + y * y * slope + 6 * d.p1 * y + 2 * d.p2 * x;
    const double xy = x * y * slope + 2 * d.p1 * x + 2 * d.p2 * y, determinant = xx * yy - xy * xy;
    x -= (yy * error_x - xy * error_y) / determinant;
    y -= (xx * error_y - xy * error_x) / determinant;
  }
  return {x, y};
}

Rig reduced(const Rig& rig, int divisor) {
  Rig result = rig;
  const double n = divisor;
  for (CameraMatrix* camera : {&result.rgb, &result.thermal}) {
    camera->focal_x /= n;
    camera->focal_y /= n;
    camera->centre_x = (camera->centre_x + 0.5) / n - 0.5;
    camera->centre_y = (camera->centre_y + 0.5) / n - 0.5;
  }
  for (int* size : {&result.rgb_height, &result.rgb_width, &result.thermal_height, &result.thermal_width})
    *size /= divisor;
  return result;
}

RigScene render_rig(std::uint64_t seed, std::uint64_t index, TimeOfDay time, const Rig& rig,
                    const SceneOptions& options) {
  check(rig, time);
  GeometryOptions geometry = options.geometry;
  if (geometry.crates == 0)
    geometry.crates = 6 + static_cast<int>(kernels::RandomStream(seed, "synthetic rig", index).below(5));
  const World world = make_world(seed, index, geometry);
  const Appearance appearance = make_appearance(world, seed, index, options.variant, time, options.appearance);
  const NoiseKey noise{
      kernels::stream_key(seed, appearance.night ? "synthetic rig night noise" : "synthetic rig day noise"),
      index | (static_cast<std::uint64_t>(options.variant) << 32)};
  RigScene scene;

  const Pinhole pinhole{2 * rig.rgb.focal_x, 2 * rig.rgb.focal_y, 2 * rig.rgb.centre_x, 2 * rig.rgb.centre_y};
  Canvas canvas(2 * rig.rgb_height, 2 * rig.rgb_width);
  paint(world, pinhole, canvas);
  const std::vector<std::uint8_t> shadows =
      paint_shadows(world, pinhole, canvas.height, canvas.width, appearance.sun_direction);
  scene.rgb = expose(shade(world, appearance, pinhole, canvas, shadows), appearance, options.sensors, noise);
  scene.depth = depth_of_centres(canvas.inverse_depth, rig.rgb_height, rig.rgb_width);

  const RayImage samples =
      cast_rays(moved(world, rig.pose), appearance, thermal_rays(rig), 2 * rig.thermal_height, 2 * rig.thermal_width);
  const Image<float> temperature =
      measure(average(samples), rig.thermal_height, rig.thermal_width, options.sensors, noise);
  scene.thermal16 = to_counts(temperature);
  scene.thermal = to_grey(temperature, options.sensors.thermal_gain_control);
  scene.thermal_depth = depth_of_centres(samples.inverse_depth, rig.thermal_height, rig.thermal_width);
  return scene;
}

}  // namespace datasets::synthetic
