// SPDX-License-Identifier: Apache-2.0
// What stands and moves in a street scene, placed where there is room.
#include <algorithm>
#include <numeric>

#include "datasets/synthetic/street.h"

namespace datasets::synthetic {

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
  crates(options_.crates);
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

void Street::crates(int count) {
  for (int i = 0, tries = 0; i < count && tries < 80; ++tries) {
    const float z = draw(3, 15), x = draw(-1.3, 1.3) * half_road_;
    if (!reserve(x, z, 0.7f)) continue;
    add_crate(world_, along(x, z, rotation_of_half_tangent(draw(-0.4, 0.4))), random_);
    ++i;
  }
}

void Street::sort_far_to_near() {
  std::vector<std::size_t> order(world_.surfaces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto distance = [&](std::size_t i) {
    const Object& object = world_.objects[world_.surfaces[i].object];
    const float rank = object.kind == ObjectKind::ground     ? 3000.0f
                       : object.kind == ObjectKind::building ? 1000.0f
                                                             : 0.0f;
    return rank + object.position.z;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return distance(a) > distance(b); });
  std::vector<Surface> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(world_.surfaces[i]);
  world_.surfaces = std::move(sorted);
}

World make_world(std::uint64_t seed, std::uint64_t index, const GeometryOptions& options) {
  World world;
  kernels::RandomStream random(seed, "synthetic geometry", index);
  Street(world, seed, index, random, options).build();
  return world;
}

}  // namespace datasets::synthetic
