// SPDX-License-Identifier: Apache-2.0
// Cars: hatchbacks, saloons and vans in three dimensions.
#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {
namespace {

// Heights above the ground and distances ahead of the centre, metres.
struct Profile {
  float half_length, half_width, roof_half_width;
  float sill = 0.25f, bonnet, belt, roof;
  float windscreen_base, windscreen_slope, rear_base, rear_slope;
};

Profile make_profile(kernels::RandomStream& random) {
  const auto uniform = [&](double low, double high) {
    return static_cast<float>(random.uniform(low, high));
  };
  const double type = random.uniform();
  Profile p{};
  p.half_width = uniform(0.84, 0.92);
  p.roof_half_width = p.half_width * 0.80f;
  if (type < 0.42) {  // Hatchback.
    p.half_length = uniform(1.85, 2.1);
    p.bonnet = 0.78f;
    p.belt = 0.95f;
    p.roof = uniform(1.46, 1.56);
    p.windscreen_base = p.half_length - 1.0f;
    p.windscreen_slope = 0.68f;
    p.rear_base = -p.half_length + 0.06f;
    p.rear_slope = 0.36f;
  } else if (type < 0.75) {  // Saloon.
    p.half_length = uniform(2.15, 2.4);
    p.bonnet = 0.74f;
    p.belt = 0.92f;
    p.roof = uniform(1.40, 1.47);
    p.windscreen_base = p.half_length - 1.25f;
    p.windscreen_slope = 0.78f;
    p.rear_base = -p.half_length + 0.62f;
    p.rear_slope = 0.62f;
  } else {  // Van.
    p.half_length = uniform(2.1, 2.4);
    p.bonnet = 0.88f;
    p.belt = 1.08f;
    p.roof = uniform(1.80, 2.05);
    p.roof_half_width = p.half_width * 0.90f;
    p.windscreen_base = p.half_length - 0.62f;
    p.windscreen_slope = 0.62f;
    p.rear_base = -p.half_length + 0.04f;
    p.rear_slope = 0.10f;
  }
  return p;
}

// The flank on one side (+1 right, -1 left), with wheels, windows and seams.
void add_flank(Builder& builder, const Frame& frame, const Profile& p, float side) {
  const Vec3 outward = frame.right * side;
  if (dot(outward, frame.at(side * p.half_width, 0.5f)) >= 0) return;
  const float w = side * p.half_width, l = p.half_length;
  const auto point = [&](float ahead, float height, float out = 0) {
    return frame.at(w + side * out, height, ahead);
  };
  builder.polygon({point(-l, p.sill), point(l, p.sill), point(l, p.bonnet - 0.1f), point(l - 0.14f, p.bonnet),
                   point(p.windscreen_base, p.belt), point(-l + 0.04f, p.belt)},
                  Part::main, Texture::car_body);
  builder.polygon({point(-l, p.sill), point(l, p.sill), point(l, p.sill + 0.09f), point(-l, p.sill + 0.09f)},
                  Part::dark);
  const Vec3 low_rear = point(p.rear_base, p.belt), low_front = point(p.windscreen_base, p.belt);
  const float r = side * p.roof_half_width;
  const Vec3 high_rear = frame.at(r, p.roof, p.rear_base + p.rear_slope);
  const Vec3 high_front = frame.at(r, p.roof, p.windscreen_base - p.windscreen_slope);
  builder.polygon({low_rear, low_front, high_front, high_rear}, Part::main, Texture::car_body);
  const auto pane = [&](float along, float up) {
    return mix(mix(low_rear, low_front, along), mix(high_rear, high_front, along), up);
  };
  for (const auto& [from, to] : {std::array{0.05f, 0.47f}, std::array{0.51f, 0.94f}})
    builder.polygon({pane(from, 0.07f), pane(to, 0.07f), pane(to, 0.86f), pane(from, 0.86f)}, Part::glass,
                    Texture::glass);
  for (const float along : {0.49f, 0.97f}) {  // Door seams and handles.
    const float ahead = p.rear_base + (p.windscreen_base - p.rear_base) * along;
    builder.polygon({point(ahead - 0.012f, p.sill + 0.1f), point(ahead + 0.012f, p.sill + 0.1f),
                     point(ahead + 0.012f, p.belt), point(ahead - 0.012f, p.belt)},
                    Part::dark);
    builder.polygon({point(ahead - 0.27f, p.belt - 0.15f), point(ahead - 0.10f, p.belt - 0.15f),
                     point(ahead - 0.10f, p.belt - 0.11f), point(ahead - 0.27f, p.belt - 0.11f)},
                    Part::dark);
  }
  for (const float ahead : {0.62f * l, -0.60f * l}) {
    builder.ellipse(point(ahead, 0.34f, 0.005f), frame.forward, frame.up, 0.39f, 0.38f, Part::dark);
    builder.ellipse(point(ahead, 0.315f, 0.01f), frame.forward, frame.up, 0.315f, 0.315f, Part::dark);
    builder.ellipse(point(ahead, 0.315f, 0.015f), frame.forward, frame.up, 0.205f, 0.205f, Part::metal);
    builder.ellipse(point(ahead, 0.315f, 0.02f), frame.forward, frame.up, 0.06f, 0.06f, Part::dark);
  }
  const Vec3 mirror = frame.at(side * (p.half_width + 0.09f), p.belt + 0.08f, p.windscreen_base - 0.22f);
  builder.ellipse(mirror, {1, 0, 0}, {0, -1, 0}, 0.11f, 0.08f, Part::main, Texture::round);
}

// Front (+1) or rear (-1) panel with lights, plate and tyres below.
void add_end(Builder& builder, const Frame& frame, const Profile& p, float end) {
  const float l = end * p.half_length, w = p.half_width * end;  // Seen from outside, `end` swaps left and right.
  const auto point = [&](float across, float height, float out = 0) {
    return frame.at(-across * w, height, l + end * out);
  };
  const float top = end > 0 ? p.bonnet - 0.1f : p.belt;
  const Part panel = end > 0 ? Part::engine : Part::main;
  if (dot(frame.forward * end, point(0, 0.5f)) >= 0) return;
  const auto quad = [&](float left, float right, float low, float high, Part part, Texture texture = Texture::flat) {
    builder.polygon(
        {point(left, low, 0.002f), point(right, low, 0.002f), point(right, high, 0.002f), point(left, high, 0.002f)},
        part, texture);
  };
  for (const float across : {-0.86f, 0.86f})
    builder.polygon({point(across - 0.12f, 0.0f, -0.5f), point(across + 0.12f, 0.0f, -0.5f),
                     point(across + 0.12f, 0.4f, -0.5f), point(across - 0.12f, 0.4f, -0.5f)},
                    Part::dark);
  builder.polygon({point(-1, p.sill), point(1, p.sill), point(1, top), point(-1, top)}, panel, Texture::car_body);
  quad(-1, 1, p.sill, p.sill + 0.12f, Part::dark);
  if (end > 0) {
    quad(-0.50f, 0.50f, top - 0.19f, top - 0.07f, Part::dark, Texture::grille);
    quad(-0.34f, 0.34f, 0.30f, 0.40f, Part::dark);
    quad(-0.96f, -0.58f, top - 0.20f, top - 0.04f, Part::headlight);
    quad(0.58f, 0.96f, top - 0.20f, top - 0.04f, Part::headlight);
    quad(-0.19f, 0.19f, top - 0.36f, top - 0.24f, Part::plate);
  } else {
    quad(-0.98f, -0.70f, top - 0.30f, top - 0.06f, Part::taillight);
    quad(0.70f, 0.98f, top - 0.30f, top - 0.06f, Part::taillight);
    quad(-0.20f, 0.20f, top - 0.34f, top - 0.20f, Part::plate);
    quad(-0.66f, 0.66f, 0.42f, 0.44f, Part::dark);
  }
  const Part light = end > 0 ? Part::headlight : Part::taillight;
  for (const float across : {-0.78f, 0.78f}) builder.emitter(point(across, top - 0.13f, 0.03f), light, 0.12f);
}

}  // namespace

void add_car(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::car, FineClass::car, frame.origin, true);
  const Profile p = make_profile(random);
  builder.object().active = random.chance(0.6);
  const float w = p.half_width, l = p.half_length, r = p.roof_half_width;
  builder.contact(frame, w * 1.25f, l * 1.15f);
  builder.box(frame, w * 0.9f, l * 0.93f, 0.12f, p.sill + 0.05f, Part::dark, Texture::flat);
  add_end(builder, frame, p, 1);
  add_end(builder, frame, p, -1);
  const float front = p.windscreen_base - p.windscreen_slope, rear = p.rear_base + p.rear_slope;
  builder.face({frame.at(w, p.bonnet - 0.1f, l), frame.at(-w, p.bonnet - 0.1f, l), frame.at(-w, p.bonnet, l - 0.14f),
                frame.at(w, p.bonnet, l - 0.14f)},
               Part::engine, Texture::car_body);
  builder.face({frame.at(w, p.bonnet, l - 0.14f), frame.at(-w, p.bonnet, l - 0.14f),
                frame.at(-w, p.belt, p.windscreen_base), frame.at(w, p.belt, p.windscreen_base)},
               Part::engine);
  builder.face({frame.at(-w, p.belt, -l), frame.at(w, p.belt, -l), frame.at(w, p.belt, p.rear_base),
                frame.at(-w, p.belt, p.rear_base)},
               Part::main);
  builder.face(
      {frame.at(-r, p.roof, rear), frame.at(r, p.roof, rear), frame.at(r, p.roof, front), frame.at(-r, p.roof, front)},
      Part::main);
  // Windscreen and rear window: a body-coloured frame, then the pane.
  for (const bool ahead : {true, false}) {
    const float side = ahead ? 1.0f : -1.0f;
    const float base = ahead ? p.windscreen_base : p.rear_base, top = ahead ? front : rear;
    const auto pane = [&](float across, float up) {
      return mix(frame.at(side * across * w, p.belt, base), frame.at(side * across * r, p.roof, top), up);
    };
    const float low = ahead ? 0.03f : 0.10f;
    builder.face({pane(1, 0), pane(-1, 0), pane(-1, 1), pane(1, 1)}, Part::main);
    builder.face({pane(0.9f, low), pane(-0.9f, low), pane(-0.9f, 0.90f), pane(0.9f, 0.90f)}, Part::glass,
                 Texture::glass);
  }
  add_flank(builder, frame, p, 1);
  add_flank(builder, frame, p, -1);
}

}  // namespace datasets::synthetic
