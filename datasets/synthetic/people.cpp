// SPDX-License-Identifier: Apache-2.0
// Persons, riders and bicycles: jointed figures in one upright plane.
#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {
namespace {

// Head with hair or hat; `height` is the person's.
void add_head(Builder& builder, const Frame& frame, float across, float centre, float height, bool long_hair) {
  const float r = 0.058f * height, tall = 0.072f * height;
  const Vec3 middle = frame.at(across, centre);
  if (long_hair)
    builder.ellipse(frame.at(across, centre - 0.03f * height), frame.right, frame.up, r * 1.25f, tall * 1.3f,
                    Part::hair, Texture::round);
  builder.ellipse(frame.at(across, centre + 0.012f * height), frame.right, frame.up, r * 1.12f, tall * 1.08f,
                  Part::hair, Texture::round);
  builder.ellipse(frame.at(across, centre - 0.012f * height), frame.right, frame.up, r * 0.92f, tall * 0.88f,
                  Part::skin, Texture::round);
  builder.limb(frame, frame.at(across, centre - tall * 1.25f), middle, 0.028f * height, 0.028f * height, Part::skin,
               false);
  builder.ellipse(frame.at(across, centre - 0.012f * height), frame.right, frame.up, r * 0.92f, tall * 0.88f,
                  Part::skin, Texture::round);
  builder.polygon(
      {frame.at(across - r * 0.95f, centre + 0.024f * height), frame.at(across + r * 0.95f, centre + 0.024f * height),
       frame.at(across + r * 0.72f, centre + 0.066f * height), frame.at(across - r * 0.72f, centre + 0.066f * height)},
      Part::hair);
}

void add_leg(Builder& builder, const Frame& frame, Vec3 hip, Vec3 knee, Vec3 ankle, float height, float toe) {
  builder.limb(frame, hip, knee, 0.052f * height, 0.038f * height, Part::second, true);
  builder.limb(frame, knee, ankle, 0.036f * height, 0.026f * height, Part::second, true);
  builder.limb(frame, ankle + frame.up * (-0.012f * height),
               ankle + frame.right * (toe * 0.055f * height) + frame.up * (-0.02f * height), 0.026f * height,
               0.018f * height, Part::third, true);
}

void add_arm(Builder& builder, const Frame& frame, Vec3 shoulder, Vec3 elbow, Vec3 hand, float height) {
  builder.limb(frame, shoulder, elbow, 0.034f * height, 0.028f * height, Part::main, true);
  builder.limb(frame, elbow, hand, 0.027f * height, 0.021f * height, Part::main, true);
  builder.ellipse(hand, frame.right, frame.up, 0.024f * height, 0.026f * height, Part::skin, Texture::round);
}

}  // namespace

void add_person(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::person, FineClass::person, frame.origin, true);
  const auto uniform = [&](double low, double high) {
    return static_cast<float>(random.uniform(low, high));
  };
  const float h = random.chance(0.12) ? uniform(1.1, 1.4) : uniform(1.55, 1.86);
  const float stride = random.chance(0.7) ? uniform(0.03, 0.12) * h : 0.01f * h;
  const float turn = random.chance(0.5) ? 1.0f : -1.0f, wide = uniform(0.9, 1.2);
  const bool coat = random.chance(0.3), backpack = random.chance(0.3), long_hair = random.chance(0.4);
  const bool carries_bag = random.chance(0.25);
  const float swing = stride * 0.7f;
  builder.contact(frame, 0.26f * h, 0.2f * h);
  const auto at = [&](float across, float up) {
    return frame.at(turn * across, up * h);
  };
  const float hip = 0.045f * h * wide;
  add_leg(builder, frame, at(-hip, 0.49f), at(-hip - stride * 0.35f, 0.27f), at(-hip - stride, 0.05f), h, turn);
  add_leg(builder, frame, at(hip, 0.49f), at(hip + stride * 0.7f, 0.28f), at(hip + stride, 0.04f), h, turn);
  const float shoulder = 0.112f * h * wide;
  add_arm(builder, frame, at(-shoulder, 0.80f), at(-shoulder - 0.02f * h + swing * 0.4f, 0.63f),
          at(-shoulder + swing, 0.47f), h);
  if (backpack) {
    builder.set_label(FineClass::backpack);
    builder.ellipse(at(-0.10f * h, 0.69f), frame.right, frame.up, 0.085f * h, 0.13f * h, Part::bag, Texture::round);
    builder.set_label(FineClass::person);
  }
  const float waist = 0.088f * h * wide;
  builder.polygon({at(-waist * 1.02f, 0.47f), at(waist * 1.02f, 0.47f), at(shoulder * 1.12f, 0.76f),
                   at(shoulder * 0.75f, 0.835f), at(-shoulder * 0.75f, 0.835f), at(-shoulder * 1.12f, 0.76f)},
                  Part::main, Texture::round);
  if (coat)
    builder.polygon({at(-waist * 1.45f, 0.31f), at(waist * 1.45f, 0.31f), at(waist, 0.52f), at(-waist, 0.52f)},
                    Part::main, Texture::round);
  else
    builder.polygon({at(-waist, 0.455f), at(waist, 0.455f), at(waist, 0.495f), at(-waist, 0.495f)}, Part::second,
                    Texture::round);
  if (backpack)  // Straps.
    builder.polygon({at(-shoulder * 0.72f, 0.62f), at(-shoulder * 0.50f, 0.62f), at(-shoulder * 0.42f, 0.83f),
                     at(-shoulder * 0.66f, 0.83f)},
                    Part::bag);
  add_arm(builder, frame, at(shoulder, 0.80f), at(shoulder + 0.02f * h - swing * 0.4f, 0.63f),
          at(shoulder - swing, 0.47f), h);
  if (carries_bag)
    builder.polygon({at(shoulder - swing - 0.07f * h, 0.29f), at(shoulder - swing + 0.07f * h, 0.29f),
                     at(shoulder - swing + 0.055f * h, 0.44f), at(shoulder - swing - 0.055f * h, 0.44f)},
                    Part::bag);
  add_head(builder, frame, 0, 0.925f * h, h, long_hair);
}

void add_bicycle(World& world, const Frame& frame, bool ridden, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::bicycle, FineClass::bicycle, frame.origin, true);
  const float turn = random.chance(0.5) ? 1.0f : -1.0f;
  const auto at = [&](float along, float up) {
    return frame.at(turn * along, up);
  };
  builder.contact(frame, 0.85f, 0.28f);
  Surface& outline = builder.polygon(
      {at(-0.62f, 0.03f), at(0.62f, 0.03f), at(0.82f, 0.36f), at(0.45f, 0.97f), at(-0.24f, 0.93f), at(-0.82f, 0.36f)},
      Part::main, Texture::none);
  outline.label_only = true;
  for (const float along : {-0.52f, 0.52f}) {
    builder.ellipse(at(along, 0.335f), frame.right, frame.up, 0.335f, 0.335f, Part::dark, Texture::flat, Shape::ring)
        .inner = 0.87f;
    for (const auto& [x, y] :
         {std::array{1.0f, 0.0f}, std::array{0.0f, 1.0f}, std::array{0.7f, 0.7f}, std::array{0.7f, -0.7f}})
      builder.limb(frame, at(along - 0.3f * x, 0.335f - 0.3f * y), at(along + 0.3f * x, 0.335f + 0.3f * y), 0.006f,
                   0.006f, Part::metal, false);
  }
  const Vec3 crank = at(-0.04f, 0.30f), seat = at(-0.18f, 0.80f), head = at(0.36f, 0.80f), rear = at(-0.52f, 0.335f);
  const auto tube = [&](Vec3 from, Vec3 to, float radius, Part part) {
    builder.limb(frame, from, to, radius, radius, part, false);
  };
  tube(rear, crank, 0.018f, Part::main);
  tube(rear, seat, 0.018f, Part::main);
  tube(crank, seat, 0.026f, Part::main);
  tube(crank, head, 0.030f, Part::main);
  tube(seat, at(0.34f, 0.74f), 0.026f, Part::main);
  tube(at(0.52f, 0.335f), head, 0.022f, Part::main);
  tube(head, at(0.32f, 0.98f), 0.018f, Part::metal);
  tube(at(0.32f, 0.97f), at(0.14f, 1.0f), 0.022f, Part::dark);
  tube(seat, at(-0.21f, 0.90f), 0.016f, Part::metal);
  builder.ellipse(crank, frame.right, frame.up, 0.10f, 0.10f, Part::dark);
  builder.ellipse(crank, frame.right, frame.up, 0.06f, 0.06f, Part::metal);
  builder.ellipse(at(-0.22f, 0.92f), frame.right, frame.up, 0.15f, 0.045f, Part::dark, Texture::round);
  if (!ridden && random.chance(0.5))
    builder.polygon({at(0.44f, 0.70f), at(0.72f, 0.70f), at(0.77f, 0.95f), at(0.40f, 0.95f)}, Part::metal,
                    Texture::grille);
  tube(at(-0.52f, 0.66f), at(-0.25f, 0.70f), 0.015f, Part::metal);
  if (!ridden) {
    tube(at(-0.45f, 0.30f), at(-0.36f, 0.02f), 0.014f, Part::metal);
    return;
  }
  Builder rider(world, ObjectKind::rider, FineClass::rider, frame.origin, true);
  const float h = static_cast<float>(random.uniform(1.6, 1.82));
  const Vec3 hip = at(-0.20f, 0.97f), shoulder = at(0.08f, 0.94f + 0.30f * h);
  add_leg(rider, frame, hip, at(0.20f, 0.78f), at(0.02f, 0.46f), h, turn);
  add_leg(rider, frame, hip, at(0.14f, 0.62f), at(-0.06f, 0.22f), h, turn);
  rider.limb(frame, hip, shoulder, 0.085f * h, 0.095f * h, Part::main, true);
  add_arm(rider, frame, shoulder, at(0.20f, 1.16f), at(0.20f, 1.03f), h);
  add_head(rider, frame, turn * 0.15f, 0.94f + 0.41f * h, h, false);
}

}  // namespace datasets::synthetic
