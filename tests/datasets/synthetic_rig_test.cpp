// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "datasets/synthetic/rig.h"
#include "kernels/error.h"
#include "tests/support/catch.h"

namespace {

using datasets::TimeOfDay;
namespace synthetic = datasets::synthetic;

// The distortion as rig.h states it, written a second time.
std::array<double, 2> distort(const synthetic::Distortion& d, double x, double y) {
  const double r2 = x * x + y * y, g = 1 + d.k1 * r2 + d.k2 * r2 * r2;
  return {x * g + 2 * d.p1 * x * y + d.p2 * (r2 + 2 * x * x), y * g + d.p1 * (r2 + 2 * y * y) + 2 * d.p2 * x * y};
}

struct Agreement {
  double share = 0;  // Of the colour pixels that the thermal camera sees, how many have the right depth there.
  int seen = 0;
};

// Projects every colour pixel with its depth into the thermal image and compares the depth found there.
Agreement compare_depths(const synthetic::RigScene& scene, const synthetic::Rig& rig, const synthetic::RigPose& pose) {
  const std::array<double, 3>& w = pose.rotation;
  const double angle = std::sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
  const double a = angle > 0 ? std::sin(angle) / angle : 1,
               b = angle > 0 ? (1 - std::cos(angle)) / (angle * angle) : 0.5;
  Agreement result;
  int good = 0;
  for (int v = 0; v < rig.rgb_height; ++v)
    for (int u = 0; u < rig.rgb_width; ++u) {
      const double z = scene.depth.at(v, u);
      if (z >= synthetic::farthest_depth) continue;
      const double p[3] = {z * (u - rig.rgb.centre_x) / rig.rgb.focal_x, z * (v - rig.rgb.centre_y) / rig.rgb.focal_y,
                           z};
      // Rodrigues: p + a w x p + b w x (w x p).
      const double c[3] = {w[1] * p[2] - w[2] * p[1], w[2] * p[0] - w[0] * p[2], w[0] * p[1] - w[1] * p[0]};
      const double e[3] = {w[1] * c[2] - w[2] * c[1], w[2] * c[0] - w[0] * c[2], w[0] * c[1] - w[1] * c[0]};
      double y[3];
      for (int k = 0; k < 3; ++k) y[k] = p[k] + a * c[k] + b * e[k] + pose.translation[k];
      const double x_ideal = y[0] / y[2], y_ideal = y[1] / y[2];
      if (std::abs(x_ideal) > 0.9 || std::abs(y_ideal) > 0.8) continue;  // Beyond the thermal camera's field.
      const auto [x_d, y_d] = distort(rig.distortion, x_ideal, y_ideal);
      const double s = rig.thermal.focal_x * x_d + rig.thermal.centre_x,
                   t = rig.thermal.focal_y * y_d + rig.thermal.centre_y;
      if (s < 0 || t < 0 || s > rig.thermal_width - 1 || t > rig.thermal_height - 1) continue;
      const double found = scene.thermal_depth.at(static_cast<int>(t + 0.5), static_cast<int>(s + 0.5));
      ++result.seen;
      good += std::abs(found - y[2]) < 0.03 * y[2];
    }
  result.share = static_cast<double>(good) / result.seen;
  return result;
}

}  // namespace

TEST_CASE("undistorting a point of the thermal image and distorting it again gives the point", "[sanitize]") {
  const synthetic::Rig rig;
  for (int v = 0; v < rig.thermal_height; v += 37)
    for (int u = 0; u < rig.thermal_width; u += 41) {
      const double x = (u - rig.thermal.centre_x) / rig.thermal.focal_x,
                   y = (v - rig.thermal.centre_y) / rig.thermal.focal_y;
      const auto [x_ideal, y_ideal] = synthetic::undistort(rig.distortion, x, y);
      const auto [x_again, y_again] = distort(rig.distortion, x_ideal, y_ideal);
      INFO("pixel " << u << ", " << v);
      CHECK(std::abs(x_again - x) < 1e-13);
      CHECK(std::abs(y_again - y) < 1e-13);
      CHECK(x_ideal * x_ideal + y_ideal * y_ideal < 1.5);  // The root inside the lens's range, not one beyond it.
    }
}

TEST_CASE("a rotation vector becomes its matrix", "[sanitize]") {
  const std::array<double, 3> vector = {0.3, -0.5, 0.2};
  const double angle = std::sqrt(0.38), a = std::sin(angle) / angle, b = (1 - std::cos(angle)) / 0.38;
  const double cross[3][3] = {{0, -0.2, -0.5}, {0.2, 0, -0.3}, {0.5, 0.3, 0}};
  const std::array<double, 9> matrix = synthetic::rotation_matrix(vector);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      double square = 0;
      for (int k = 0; k < 3; ++k) square += cross[i][k] * cross[k][j];
      CHECK(matrix[3 * i + j] == Approx((i == j) + a * cross[i][j] + b * square).margin(1e-15));
    }
}

TEST_CASE("a reduced rig keeps its field of view and the centres of its pixels", "[sanitize]") {
  const synthetic::Rig rig = synthetic::reduced(synthetic::Rig{}, 4);
  CHECK(rig.rgb_width == 480);
  CHECK(rig.rgb_height == 162);
  CHECK(rig.thermal_width == 160);
  CHECK(rig.thermal_height == 128);
  CHECK(rig.rgb.focal_x == Approx(254.45));
  CHECK(rig.rgb.centre_x == Approx(241.95));
  CHECK(rig.thermal.centre_y == Approx(62.325));
}

TEST_CASE("two equal cameras at one place see the same depths, by spans and by rays") {
  synthetic::Rig rig = synthetic::reduced(synthetic::Rig{}, 8);
  rig.thermal = rig.rgb;
  rig.thermal_height = rig.rgb_height;
  rig.thermal_width = rig.rgb_width;
  rig.distortion = {};
  rig.pose = {};
  const synthetic::RigScene scene = synthetic::render_rig(3, 5, TimeOfDay::day, rig);
  int differing = 0;
  for (std::size_t i = 0; i < scene.depth.pixels.size(); ++i)
    differing += std::abs(scene.depth.pixels[i] - scene.thermal_depth.pixels[i]) > 0.001f * scene.depth.pixels[i];
  CHECK(differing < static_cast<int>(scene.depth.pixels.size()) / 500);
}

TEST_CASE("colour pixels projected through the rig find their depth in the thermal view") {
  const synthetic::Rig rig = synthetic::reduced(synthetic::Rig{}, 4);
  const synthetic::RigScene scene = synthetic::render_rig(1, 2, TimeOfDay::night, rig);
  CHECK(scene.rgb.width == 480);
  CHECK(scene.thermal.width == 160);
  const Agreement truth = compare_depths(scene, rig, rig.pose);
  CHECK(truth.seen > 20000);
  CHECK(truth.share > 0.95);
  // The comparison can tell a wrong rig: five degrees off, or no distortion.
  synthetic::RigPose turned = rig.pose;
  turned.rotation[1] += 0.087;
  CHECK(compare_depths(scene, rig, turned).share < truth.share - 0.05);
  synthetic::Rig straight = rig;
  straight.distortion = {};
  CHECK(compare_depths(scene, straight, rig.pose).share < truth.share - 0.05);
}

TEST_CASE("rig scenes have the same bytes on every machine and differ by number") {
  const synthetic::Rig rig = synthetic::reduced(synthetic::Rig{}, 8);
  const auto hash = [&](std::uint64_t index) {
    const synthetic::RigScene scene = synthetic::render_rig(0, index, TimeOfDay::day, rig);
    std::uint64_t value = 0xCBF29CE484222325u;  // FNV-1a.
    for (const std::uint8_t byte : scene.rgb.pixels) value = (value ^ byte) * 0x100000001B3u;
    for (const std::uint16_t count : scene.thermal16.pixels) value = (value ^ count) * 0x100000001B3u;
    return value;
  };
  CHECK(hash(0) == 0xb40057be0979372au);
  CHECK(hash(1) == 0x9422046e0d210d96u);
}

TEST_CASE("a rig with no pixels is refused", "[sanitize]") {
  synthetic::Rig rig;
  rig.thermal_width = 0;
  CHECK_THROWS_AS(synthetic::render_rig(0, 0, TimeOfDay::day, rig), kernels::UsageError);
  CHECK_THROWS_AS(synthetic::render_rig(0, 0, TimeOfDay::unknown, synthetic::Rig{}), kernels::UsageError);
}
