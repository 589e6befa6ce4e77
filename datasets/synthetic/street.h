// SPDX-License-Identifier: Apache-2.0
// The layout of a street scene: road, pavements and buildings first, then things placed where nothing stands yet.
// Street coordinates: x across (0 = middle of the road), z along, metres.
#pragma once

#include <array>
#include <vector>

#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {

// The rotation by both angles.
inline Rotation turned(Rotation a, Rotation b) {
  return {a.cosine * b.cosine - a.sine * b.sine, a.sine * b.cosine + a.cosine * b.sine};
}

class Street {
 public:
  Street(World& world, std::uint64_t seed, std::uint64_t index, kernels::RandomStream& random,
         const GeometryOptions& options);

  void build() {
    ground();
    buildings();
    kerbs();
    labelled_things();
    background_things();
    sort_far_to_near();
  }

 private:
  // One draw per expression: the order of operands and arguments is the compiler's choice.
  float draw(double low, double high) { return static_cast<float>(random_.uniform(low, high)); }
  // A chance spread evenly over the scene numbers (a Weyl sequence), so that few scenes suffice for the class balance.
  bool evenly(std::uint32_t step, double probability) const {
    const auto phase = static_cast<std::uint32_t>(kernels::stream_key(seed_, "synthetic presence") >> 32) * (step | 1u);
    return kernels::to_unit_float(static_cast<std::uint32_t>(index_) * step + phase) < static_cast<float>(probability);
  }
  int scaled(int count, double factor) { return static_cast<int>(count * factor + 0.5); }
  Vec3 at(float x, float z, float up = 0) const { return street_.at(x, up, z); }
  // A frame that faces the camera, or turned with the street.
  Frame facing(float x, float z) const { return frame_at(at(x, z), Rotation{}); }
  Frame along(float x, float z, Rotation turn) const { return frame_at(at(x, z), turned(heading_, turn)); }

  bool visible(float x, float z, float margin) const {
    const Vec3 point = at(x, z);
    const float side = point.x < 0 ? -point.x : point.x;
    return point.z > 2.0f && side - margin < 0.60f * point.z;
  }
  // Reserves a disc of the ground; false where something stands already or the camera does not see it.
  bool reserve(float x, float z, float radius) {
    if (!visible(x, z, -0.2f * radius)) return false;
    for (const auto& other : taken_) {
      const float dx = other[0] - x, dz = other[1] - z, gap = other[2] + radius;
      if (dx * dx + dz * dz < gap * gap) return false;
    }
    taken_.push_back({x, z, radius});
    return true;
  }
  float labelled_distance(double nearest, double farthest) {
    const float q = static_cast<float>(random_.uniform());
    const float low = static_cast<float>(std::max(nearest, options_.nearest));
    const float high = static_cast<float>(std::min(farthest, options_.farthest));
    return low + (high - low) * q * (0.35f + 0.65f * q);  // Nearer things are more frequent.
  }

  void strip(Builder& builder, float x0, float x1, float z0, float z1, Part part, Texture texture, float up = 0) {
    Surface& surface = builder.polygon({at(x0, z0, up), at(x1, z0, up), at(x1, z1, up), at(x0, z1, up)}, part, texture);
    surface.takes_shadow = true;
  }

  void ground();
  void facade(float x0, float z0, float x1, float z1, float height, std::uint32_t pattern, Builder& builder);
  void buildings();
  // An opening between houses from z on: a wall, fence or hedge, and perhaps a tree behind it. Moves z to its end.
  void gap(float side, float x, float& z, float width);
  void kerbs();
  void labelled_things();
  void background_things();
  void cars(int count);
  void people(int count);
  void bicycles(int count);
  void small_things();
  void crates(int count);
  void sort_far_to_near();

  World& world_;
  std::uint64_t seed_, index_;
  kernels::RandomStream& random_;
  const GeometryOptions& options_;
  Frame street_;
  Rotation heading_;
  float half_road_ = 4, pavement_ = 3, kerb_width_ = 0.4f, kerb_height_ = 0.13f, kerb_end_ = 18;
  bool kerb_[2] = {};
  std::vector<std::array<float, 3>> taken_;  // x, z, radius.
};

}  // namespace datasets::synthetic
