// SPDX-License-Identifier: Apache-2.0
// Road, pavements, kerbs and houses of a street scene.
#include "datasets/synthetic/street.h"

#include <algorithm>

namespace datasets::synthetic {

Street::Street(World& world, std::uint64_t seed, std::uint64_t index, kernels::RandomStream& random,
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

void Street::ground() {
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

void Street::facade(float x0, float z0, float x1, float z1, float height, std::uint32_t pattern, Builder& builder) {
  Surface& wall =
      builder.polygon({at(x0, z0), at(x1, z1), at(x1, z1, height), at(x0, z0, height)}, Part::main, Texture::facade);
  wall.pattern = pattern;
  wall.parameters[2] = 2.8f + 0.6f * lattice_uniform(1, 0, pattern);
  wall.parameters[3] = 1.9f + 1.3f * lattice_uniform(2, 0, pattern);
}

void Street::buildings() {
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

void Street::gap(float side, float x, float& z, float width) {
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

void Street::kerbs() {
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

}  // namespace datasets::synthetic
