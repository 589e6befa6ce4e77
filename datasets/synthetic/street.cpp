// SPDX-License-Identifier: Apache-2.0
// The layout of a street scene: road, pavements and buildings first, then things placed where nothing stands yet.
#include <algorithm>
#include <numeric>

#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {
namespace {

Rotation turned(Rotation a, Rotation b) {
  return {a.cosine * b.cosine - a.sine * b.sine, a.sine * b.cosine + a.cosine * b.sine};
}

class Street {
 public:
  Street(World& world, std::uint64_t seed, std::uint64_t index, kernels::RandomStream& random,
         const GeometryOptions& options)
      : world_(world), seed_(seed), index_(index), random_(random), options_(options) {
    world_.camera_height = draw(1.4, 1.6);
    world_.horizon = draw(0.36, 0.46);
    half_road_ = draw(3.4, 5.2);
    pavement_ = draw(2.2, 4.2);
    const float camera_side = random_.chance(0.5) ? 1.0f : -1.0f;
    const float camera_x = camera_side * draw(0.2, 0.55) * half_road_;
    heading_ = rotation_of_half_tangent(draw(-0.05, 0.05));
    street_ = frame_at({0, world_.camera_height, 0}, heading_);
    street_.origin = street_.origin - street_.right * camera_x;
    kerb_width_ = draw(0.28, 0.45);
    const bool has_kerb = evenly(0xB504F333u, 0.72);
    const bool both = random_.chance(0.4), which = random_.chance(0.5);
    for (int side = 0; side < 2; ++side) kerb_[side] = has_kerb && (both || (side == 1) == which);
  }

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
  float half_road() const { return half_road_; }

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

  void ground() {
    Builder builder(world_, ObjectKind::ground, FineClass::terrain, at(0, 200), false);
    builder.object().casts_shadow = false;
    strip(builder, -90, 90, -4, 220, Part::bag, Texture::grass);
    builder.set_label(FineClass::road);
    strip(builder, -half_road_, half_road_, -4, 220, Part::main, Texture::asphalt);
    const int patches = static_cast<int>(random_.below(4));
    for (int i = 0; i < patches; ++i) {
      const float x = draw(-0.8, 0.6) * half_road_, z = draw(3, 22), w = draw(0.6, 2.4), l = draw(1.0, 6.0);
      strip(builder, x, std::min(x + w, half_road_), z, z + l, Part::patch, Texture::asphalt);
    }
    for (int i = 0; i < 2; ++i)
      if (random_.chance(0.6)) {  // Manhole covers: warm from below.
        const float x = draw(-0.7, 0.7) * half_road_, z = draw(4, 16);
        Surface& cover =
            builder.ellipse(at(x, z), street_.right, street_.forward, 0.33f, 0.33f, Part::metal, Texture::stone);
        cover.takes_shadow = true;
      }
    builder.set_label(FineClass::lane_mark);
    const float dash = draw(2.0, 4.0), first = draw(0, 3);
    for (float z = first - dash; z < 60; z += 2 * dash)
      strip(builder, -0.08f, 0.08f, z, z + dash, Part::third, Texture::asphalt);
    if (random_.chance(0.7))
      for (const float side : {-1.0f, 1.0f}) {
        const float x = side * (half_road_ - 0.35f);
        strip(builder, x - 0.07f, x + 0.07f, -3, 70, Part::third, Texture::asphalt);
      }
    if (random_.chance(0.35)) {
      const float z = draw(6, 16), l = draw(2.2, 3.2);
      for (float x = -half_road_ + 0.5f; x + 0.45f < half_road_; x += 0.95f)
        strip(builder, x, x + 0.45f, z, z + l, Part::third, Texture::asphalt);
      strip(builder, -half_road_ + 0.4f, -0.1f, z - 1.6f, z - 1.25f, Part::third, Texture::asphalt);
    }
    builder.set_label(FineClass::pavement);
    for (int side = 0; side < 2; ++side) {
      const float sign = side == 0 ? -1.0f : 1.0f, up = kerb_[side] ? kerb_height_ : 0.0f;
      const float inner = half_road_ + (kerb_[side] ? kerb_width_ : 0.0f), outer = half_road_ + pavement_ + 0.4f;
      strip(builder, std::min(sign * inner, sign * outer), std::max(sign * inner, sign * outer), -4, 90, Part::second,
            Texture::paving, up);
      if (kerb_[side])  // Where the labelled kerb ends, the pavement reaches the road.
        strip(builder, std::min(sign * half_road_, sign * inner), std::max(sign * half_road_, sign * inner), kerb_end_,
              90, Part::second, Texture::paving, up);
    }
  }

  void facade(float x0, float z0, float x1, float z1, float height, std::uint32_t pattern, Builder& builder) {
    Surface& wall =
        builder.polygon({at(x0, z0), at(x1, z1), at(x1, z1, height), at(x0, z0, height)}, Part::main, Texture::facade);
    wall.pattern = pattern;
    wall.parameters[2] = 2.8f + 0.6f * lattice_uniform(1, 0, pattern);
    wall.parameters[3] = 1.9f + 1.3f * lattice_uniform(2, 0, pattern);
  }

  void buildings() {
    for (const float side : {-1.0f, 1.0f}) {
      const float x = side * (half_road_ + pavement_ + 0.35f), depth = side * 12.0f;
      float z = draw(-8, 0);
      while (z < 62) {
        const float width = draw(7, 16), height = random_.chance(0.25) ? draw(3.2, 5.0) : draw(5.5, 15);
        Builder builder(world_, ObjectKind::building, FineClass::building, at(x, z + width), false);
        const std::uint32_t pattern = random_.next();
        if (side > 0)
          facade(x, z + width, x, z, height, pattern, builder);
        else
          facade(x, z, x, z + width, height, pattern, builder);
        facade(std::min(x, x + depth), z, std::max(x, x + depth), z, height, pattern ^ 0x5555u, builder);
        z += width;
        if (random_.chance(0.35)) gap(side, x, z, draw(3, 9));
      }
    }
    if (random_.chance(0.6)) {  // The street bends: a row of houses closes the view.
      const float z = draw(48, 75);
      for (float x = -30; x < 30;) {
        const float width = draw(8, 15);
        Builder builder(world_, ObjectKind::building, FineClass::building, at(x, z), false);
        builder.object().casts_shadow = false;
        const float height = draw(5, 13);
        facade(x, z, x + width, z, height, random_.next(), builder);
        x += width;
      }
    }
  }

  // An opening between houses: a wall, fence or hedge, and perhaps a tree behind it.
  void gap(float side, float x, float& z, float width) {
    const double what = random_.uniform();
    if (what < 0.35) {
      Builder builder(world_, ObjectKind::fence, FineClass::wall, at(x, z + width), false);
      const float height = draw(0.9, 1.9);
      builder.polygon({at(x, z), at(x, z + width), at(x, z + width, height), at(x, z, height)}, Part::main,
                      Texture::stone);
    } else if (what < 0.6) {
      Builder builder(world_, ObjectKind::fence, FineClass::fence, at(x, z + width), false);
      for (float across = 0; across < width; across += 0.16f)
        builder.polygon(
            {at(x, z + across), at(x, z + across + 0.04f), at(x, z + across + 0.04f, 1.3f), at(x, z + across, 1.3f)},
            Part::metal);
      for (const float up : {0.15f, 1.15f})
        builder.polygon({at(x, z, up), at(x, z + width, up), at(x, z + width, up + 0.06f), at(x, z, up + 0.06f)},
                        Part::metal);
    } else {
      add_hedge(world_, along(x, z + width * 0.5f, Rotation{}), width * 0.5f, random_);
    }
    if (random_.chance(0.7)) add_tree(world_, facing(x + side * draw(1.0, 3.0), z + width * 0.5f), random_);
    z += width;
  }

  void kerbs() {
    for (int side = 0; side < 2; ++side) {
      if (!kerb_[side]) continue;
      const float sign = side == 0 ? -1.0f : 1.0f, x0 = sign * half_road_, x1 = sign * (half_road_ + kerb_width_);
      Builder builder(world_, ObjectKind::kerb, FineClass::kerb, at(x0, 100), true);
      builder.object().casts_shadow = false;
      Surface& top = builder.polygon({at(x0, 1, kerb_height_), at(x0, kerb_end_, kerb_height_),
                                      at(x1, kerb_end_, kerb_height_), at(x1, 1, kerb_height_)},
                                     Part::main, Texture::stone);
      top.takes_shadow = true;
      builder.polygon({at(x0, 1), at(x0, kerb_end_), at(x0, kerb_end_, kerb_height_), at(x0, 1, kerb_height_)},
                      Part::second, Texture::stone);
    }
  }

  void labelled_things();
  void background_things();
  void cars(int count);
  void people(int count);
  void bicycles(int count);
  void small_things();

  void sort_far_to_near() {
    std::vector<std::size_t> order(world_.surfaces.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto distance = [&](std::size_t i) {
      const Object& object = world_.objects[world_.surfaces[i].object];
      const float rank = object.kind == ObjectKind::ground     ? 3000.0f
                         : object.kind == ObjectKind::building ? 1000.0f
                                                               : 0.0f;
      return rank + object.position.z;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return distance(a) > distance(b); });
    std::vector<Surface> sorted;
    sorted.reserve(order.size());
    for (const std::size_t i : order) sorted.push_back(world_.surfaces[i]);
    world_.surfaces = std::move(sorted);
  }

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

void Street::cars(int count) {
  const Rotation quarter{0, 1}, half{-1, 0};
  for (int i = 0, tries = 0; i < count && tries < 60; ++tries) {
    const float side = random_.chance(0.5) ? 1.0f : -1.0f;
    const double kind = random_.uniform();
    const float z = labelled_distance(i == 0 ? 7.5 : 9.0, i == 0 ? 17 : 30);
    float x = side * (half_road_ - 1.05f);
    Rotation turn = random_.chance(0.5) ? Rotation{} : half;
    if (kind < 0.35) x = side * half_road_ * 0.48f;  // In a lane.
    if (kind > 0.80) {                               // Crossing or turning.
      turn = random_.chance(0.5) ? quarter : Rotation{0, -1};
      x = draw(-0.6, 0.6) * half_road_;
    }
    turn = turned(turn, rotation_of_half_tangent(draw(-0.04, 0.04)));
    if (!reserve(x, z, kind > 0.80 ? 2.4f : 2.1f)) continue;
    add_car(world_, along(x, z, turn), random_);
    ++i;
  }
}

void Street::people(int count) {
  for (int i = 0, tries = 0; i < count && tries < 60; ++tries) {
    const float z = labelled_distance(i == 0 ? 4.8 : 6.0, i == 0 ? 13 : 30);
    const float side = random_.chance(0.5) ? 1.0f : -1.0f;
    const float x =
        random_.chance(0.45) ? draw(-0.9, 0.9) * half_road_ : side * (half_road_ + draw(0.7, 0.9 * pavement_));
    if (!reserve(x, z, 0.42f)) continue;
    add_person(world_, facing(x, z), random_);
    ++i;
  }
}

void Street::bicycles(int count) {
  for (int i = 0, tries = 0; i < count && tries < 60; ++tries) {
    const float z = labelled_distance(4.5, 16), side = random_.chance(0.5) ? 1.0f : -1.0f;
    const bool ridden = random_.chance(0.3);
    const float x = ridden ? draw(-0.8, 0.8) * half_road_ : side * (half_road_ + draw(0.3, 0.7 * pavement_));
    if (!reserve(x, z, 0.8f)) continue;
    add_bicycle(world_, frame_at(at(x, z), rotation_of_half_tangent(draw(-0.42, 0.42))), ridden, random_);
    ++i;
  }
}

void Street::small_things() {
  if (evenly(0x9E3779B1u, 0.72)) {  // A row of car stops: where cars park at right angles, or along the edge.
    float side = random_.chance(0.5) ? 1.0f : -1.0f;
    const bool across = random_.chance(0.6);
    const float start = labelled_distance(4.5, 8), step = across ? 2.6f : 2.3f;
    const int wanted = 2 + static_cast<int>(random_.below(4));
    for (int i = 0, placed = 0; i < 12 && placed < wanted; ++i) {
      if (i == 6) side = -side;  // The other side has room, perhaps.
      const float z = start + step * static_cast<float>(i % 6), x = side * (half_road_ - (across ? 1.0f : 0.45f));
      if (!reserve(x, z, 0.6f)) continue;
      add_car_stop(world_, along(x, z, across ? Rotation{} : Rotation{0, 1}), random_);
      ++placed;
    }
  }
  if (evenly(0xBB67AE85u, 0.27)) {
    const float side = random_.chance(0.5) ? 1.0f : -1.0f, l = draw(6, 11);
    add_guardrail(world_, along(side * (half_road_ + 0.10f), labelled_distance(6, 9) + l * 0.5f, Rotation{}), l,
                  random_);
  }
  if (evenly(0x3C6EF373u, 0.40)) {
    const float z = labelled_distance(5, 13);
    add_bump(world_, along(0, z, Rotation{}), half_road_ - 0.4f, random_);
  }
  if (evenly(0xA54FF53Bu, 0.75)) {
    const int count = scaled(1 + static_cast<int>(random_.below(4)), options_.objects);
    const float side = random_.chance(0.5) ? 1.0f : -1.0f, x0 = side * draw(0.0, 0.9) * half_road_,
                z0 = labelled_distance(4.5, 12);
    for (int i = 0, tries = 0; i < count && tries < 30; ++tries) {
      const float x = x0 + draw(-1.6, 1.6), z = std::max(4.5f, z0 + draw(-1.5, 3.0));
      if (!reserve(x, z, 0.35f)) continue;
      add_cone(world_, facing(x, z), random_);
      ++i;
    }
    if (random_.chance(0.4)) {
      const float x = x0 + draw(-1.5, 1.5), z = std::max(4.2f, z0 - draw(0.3, 1.5));
      if (reserve(x, z, 0.3f)) add_hand_drill(world_, facing(x, z));
    }
  }
  if (random_.chance(0.3)) {
    const float side = random_.chance(0.5) ? 1.0f : -1.0f, x = side * (half_road_ + 0.8f * pavement_),
                z = labelled_distance(5, 11);
    if (reserve(x, z, 0.3f)) add_fire_extinguisher(world_, facing(x, z));
  }
}

void Street::labelled_things() {
  cars(scaled(1 + static_cast<int>(random_.below(4)), options_.objects));
  people(scaled(2 + static_cast<int>(random_.below(4)), options_.objects));
  bicycles(scaled(evenly(0x510E527Fu, 0.82) ? 1 + static_cast<int>(random_.below(3)) : 0, options_.objects));
  small_things();
}

void Street::background_things() {
  const auto look_alikes = [&](unsigned most) {
    return scaled(static_cast<int>(random_.below(most + 1)), options_.look_alikes);
  };
  const auto beside = [&](double low, double high) {
    const float side = random_.chance(0.5) ? 1.0f : -1.0f;
    return side * (half_road_ + draw(low, high) * pavement_);
  };
  const float spacing = draw(13, 19), first = draw(5, 14), lamp_side = random_.chance(0.5) ? 1.0f : -1.0f;
  const bool both = random_.chance(0.35);
  for (float z = first; z < 52; z += spacing)
    for (const float side : {lamp_side, -lamp_side})
      if (side == lamp_side || both)
        if (reserve(side * (half_road_ + 0.55f), z, 0.25f))
          add_lamp(world_, facing(side * (half_road_ + 0.55f), z), -side, random_);
  for (int i = static_cast<int>(random_.below(5)); i > 0; --i) {
    const float x = beside(0.35, 0.75), z = draw(8, 32);
    if (reserve(x, z, 0.5f)) add_tree(world_, facing(x, z), random_);
  }
  for (int i = look_alikes(3); i > 0; --i) {
    const float x = beside(0.2, 0.5), z = draw(6, 26);
    if (reserve(x, z, 0.3f))
      add_sign(world_, facing(x, z), random_.chance(0.3) ? ObjectKind::pole : ObjectKind::sign, random_);
  }
  for (int i = look_alikes(2); i > 0; --i) {
    const float x = beside(-0.4, 0.4), z = draw(5, 18);
    if (reserve(x, z, 0.4f)) add_sign(world_, facing(x, z), ObjectKind::orange_sign, random_);
  }
  for (int i = look_alikes(2); i > 0; --i) {
    const float x = beside(0.4, 0.9), z = draw(6, 20);
    if (reserve(x, z, 0.4f)) add_bin(world_, facing(x, z), random_);
  }
  for (int i = look_alikes(2); i > 0; --i) {
    const float x = beside(0.5, 0.9), z = draw(6, 22);
    if (reserve(x, z, 0.5f)) add_warm_box(world_, along(x, z, Rotation{}), random_);
  }
  for (int i = look_alikes(4); i > 0; --i) {
    const float side = random_.chance(0.5) ? 1.0f : -1.0f, z = draw(6, 24);
    if (visible(side * (half_road_ + pavement_), z, 0))
      add_vent(world_, along(side * (half_road_ + pavement_ + 0.30f), z, Rotation{0, side}), random_);
  }
  if (random_.chance(0.25)) {
    const float x = beside(0.1, 0.3), z = draw(9, 22);
    if (reserve(x, z, 0.3f)) add_traffic_light(world_, facing(x, z), random_);
  }
}

}  // namespace

World make_world(std::uint64_t seed, std::uint64_t index, const GeometryOptions& options) {
  World world;
  kernels::RandomStream random(seed, "synthetic geometry", index);
  Street(world, seed, index, random, options).build();
  return world;
}

}  // namespace datasets::synthetic
