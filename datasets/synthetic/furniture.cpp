// SPDX-License-Identifier: Apache-2.0
// Street furniture: lamps, signs, bins, cabinets, cones, car stops, guardrails, bumps and small tools.
#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {
namespace {
float draw(kernels::RandomStream& random, double low, double high) {
  return static_cast<float>(random.uniform(low, high));
}
}  // namespace

void add_lamp(World& world, const Frame& frame, float side, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::lamp, FineClass::pole, frame.origin, true);
  const float height = draw(random, 4.6, 6.2), reach = side * draw(random, 0.9, 1.6);
  builder.object().active = random.chance(0.85);
  builder.limb(frame, frame.at(0, 0), frame.at(0, height), 0.085f, 0.05f, Part::metal, false);
  builder.limb(frame, frame.at(0, 0), frame.at(0, 0.5f), 0.12f, 0.11f, Part::metal, false);
  builder.limb(frame, frame.at(0, height - 0.04f), frame.at(reach, height + 0.22f), 0.045f, 0.035f, Part::metal, true);
  const float end = reach + side * 0.5f;
  builder.polygon(
      {frame.at(std::min(reach, end), height + 0.13f), frame.at(std::max(reach, end), height + 0.13f),
       frame.at(std::max(reach, end) - 0.06f, height + 0.29f), frame.at(std::min(reach, end) + 0.06f, height + 0.29f)},
      Part::metal);
  builder.polygon(
      {frame.at(std::min(reach, end) + 0.03f, height + 0.07f), frame.at(std::max(reach, end) - 0.03f, height + 0.07f),
       frame.at(std::max(reach, end), height + 0.14f), frame.at(std::min(reach, end), height + 0.14f)},
      Part::lamp);
  builder.emitter(frame.at((reach + end) * 0.5f, height + 0.05f), Part::lamp, 0.22f);
}

void add_sign(World& world, const Frame& frame, ObjectKind kind, kernels::RandomStream& random) {
  Builder builder(world, kind, FineClass::pole, frame.origin, true);
  const bool orange = kind == ObjectKind::orange_sign;
  const float height = orange ? draw(random, 0.75, 1.1) : draw(random, 2.0, 2.6), size = orange ? 0.42f : 0.34f;
  if (orange) {
    builder.limb(frame, frame.at(-0.3f, 0), frame.at(0, height), 0.025f, 0.025f, Part::metal, false);
    builder.limb(frame, frame.at(0.3f, 0), frame.at(0, height), 0.025f, 0.025f, Part::metal, false);
  } else {
    builder.limb(frame, frame.at(0, 0), frame.at(0, height + 0.3f), 0.04f, 0.035f, Part::metal, false);
  }
  if (kind == ObjectKind::pole) return;
  builder.set_label(FineClass::sign);
  const double style = random.uniform();
  const Vec3 centre = frame.at(0, height);
  const auto at = [&](float a, float b) {
    return centre + frame.right * a + frame.up * b;
  };
  if (orange) {
    builder.polygon({at(0, -size), at(size, 0), at(0, size), at(-size, 0)}, Part::dark);
    const float s = size * 0.90f;
    builder.polygon({at(0, -s), at(s, 0), at(0, s), at(-s, 0)}, Part::main);
    builder.polygon({at(-0.05f, -0.16f), at(0.05f, -0.16f), at(0.05f, 0.06f), at(-0.05f, 0.06f)}, Part::dark);
    builder.ellipse(at(0, 0.15f), frame.right, frame.up, 0.06f, 0.06f, Part::dark);
  } else if (style < 0.4) {
    builder.ellipse(centre, frame.right, frame.up, size, size, Part::main);
    builder.ellipse(centre, frame.right, frame.up, size * 0.74f, size * 0.74f, Part::second);
    builder.polygon({at(-0.16f, -0.05f), at(0.16f, -0.05f), at(0.16f, 0.05f), at(-0.16f, 0.05f)}, Part::third);
  } else if (style < 0.7) {
    builder.polygon({at(-size, size * 0.8f), at(0, -size), at(size, size * 0.8f)}, Part::main);
    builder.polygon({at(-size * 0.68f, size * 0.62f), at(0, -size * 0.62f), at(size * 0.68f, size * 0.62f)},
                    Part::second);
  } else {
    builder.polygon({at(-size, -size), at(size, -size), at(size, size), at(-size, size)}, Part::third);
    builder.polygon({at(-0.2f, -0.05f), at(0.2f, -0.05f), at(0.0f, 0.22f)}, Part::second);
    builder.polygon({at(-0.07f, -0.24f), at(0.07f, -0.24f), at(0.07f, -0.04f), at(-0.07f, -0.04f)}, Part::second);
  }
}

void add_traffic_light(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::traffic_light, FineClass::pole, frame.origin, true);
  const float height = draw(random, 2.6, 3.2);
  builder.object().active = true;
  builder.limb(frame, frame.at(0, 0), frame.at(0, height), 0.06f, 0.05f, Part::metal, false);
  builder.set_label(FineClass::traffic_light);
  builder.polygon({frame.at(-0.17f, height - 0.05f), frame.at(0.17f, height - 0.05f), frame.at(0.17f, height + 0.9f),
                   frame.at(-0.17f, height + 0.9f)},
                  Part::dark);
  const bool red = random.chance(0.5);
  const Vec3 top = frame.at(0, height + 0.74f), middle = frame.at(0, height + 0.44f),
             bottom = frame.at(0, height + 0.14f);
  builder.ellipse(top, frame.right, frame.up, 0.11f, 0.11f, red ? Part::taillight : Part::third);
  builder.ellipse(middle, frame.right, frame.up, 0.11f, 0.11f, Part::third);
  builder.ellipse(bottom, frame.right, frame.up, 0.11f, 0.11f, red ? Part::third : Part::lamp);
  builder.emitter(red ? top : bottom, red ? Part::taillight : Part::lamp, 0.1f);
}

void add_bin(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::bin, FineClass::bin, frame.origin, true);
  const float height = draw(random, 0.85, 1.2), half = draw(random, 0.26, 0.36);
  builder.contact(frame, half * 1.4f, half * 1.2f);
  builder.polygon(
      {frame.at(-half * 0.85f, 0.06f), frame.at(half * 0.85f, 0.06f), frame.at(half, height), frame.at(-half, height)},
      Part::main, Texture::round);
  builder.polygon({frame.at(-half * 1.08f, height), frame.at(half * 1.08f, height),
                   frame.at(half * 0.9f, height + 0.10f), frame.at(-half * 0.9f, height + 0.10f)},
                  Part::second, Texture::round);
  builder.polygon({frame.at(-half * 0.45f, height * 0.70f), frame.at(half * 0.45f, height * 0.70f),
                   frame.at(half * 0.45f, height * 0.78f), frame.at(-half * 0.45f, height * 0.78f)},
                  Part::dark);
  for (const float side : {-0.65f, 0.65f})
    builder.ellipse(frame.at(half * side, 0.08f), frame.right, frame.up, 0.08f, 0.08f, Part::dark);
}

void add_warm_box(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::warm_box, FineClass::warm_box, frame.origin, true);
  const float half = draw(random, 0.3, 0.5), height = draw(random, 1.0, 1.6);
  builder.contact(frame, half * 1.3f, 0.5f);
  builder.box(frame, half, 0.22f, 0, height, Part::main, Texture::flat);
  const auto at = [&](float a, float b) {
    return frame.at(a * half, b * height, -0.222f);
  };
  builder.polygon({at(-0.8f, 0.62f), at(0.8f, 0.62f), at(0.8f, 0.90f), at(-0.8f, 0.90f)}, Part::second,
                  Texture::grille);
  builder.polygon({at(-0.02f, 0.03f), at(0.02f, 0.03f), at(0.02f, 0.97f), at(-0.02f, 0.97f)}, Part::dark);
}

void add_vent(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::vent, FineClass::warm_box, frame.origin, true);
  builder.object().casts_shadow = false;
  const float half = draw(random, 0.25, 0.6), bottom = draw(random, 0.3, 2.6), height = draw(random, 0.5, 1.7);
  builder.polygon({frame.at(-half, bottom), frame.at(half, bottom), frame.at(half, bottom + height),
                   frame.at(-half, bottom + height)},
                  Part::main, Texture::grille);
}

void add_cone(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::cone, FineClass::cone, frame.origin, true);
  const float h = draw(random, 0.62, 0.85), base = 0.20f * h / 0.7f, top = 0.035f;
  builder.contact(frame, base * 1.7f, base * 1.7f);
  const float b = base * 1.25f;
  builder.polygon({frame.at(-b, 0.02f, -b), frame.at(b, 0.02f, -b), frame.at(b, 0.02f, b), frame.at(-b, 0.02f, b)},
                  Part::third);
  builder.polygon({frame.at(-b, 0, -b), frame.at(b, 0, -b), frame.at(b, 0.045f, -b), frame.at(-b, 0.045f, -b)},
                  Part::third);
  const auto half = [&](float up) {
    return (base + (top - base) * up) * 0.95f;
  };
  const auto band = [&](float low, float high, Part part) {
    builder.polygon({frame.at(-half(low), low * h), frame.at(half(low), low * h), frame.at(half(high), high * h),
                     frame.at(-half(high), high * h)},
                    part, Texture::round);
  };
  band(0.03f, 1.0f, Part::main);
  band(0.38f, 0.55f, Part::second);
  band(0.70f, 0.84f, Part::second);
}

void add_car_stop(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::car_stop, FineClass::car_stop, frame.origin, true);
  builder.object().casts_shadow = false;
  const float gap = 0.25f, width = 0.62f, height = draw(random, 0.13, 0.17);
  for (const float side : {-1.0f, 1.0f}) {
    Frame block = frame;
    block.origin = frame.at(side * (gap + width * 0.5f), 0);
    builder.contact(block, width * 0.62f, 0.22f);
    builder.box(block, width * 0.5f, 0.11f, 0, height, Part::main, Texture::stone);
    const float w = width * 0.5f;
    for (const float across : {-0.75f, 0.57f})  // Reflectors.
      builder.polygon(
          {block.at(across * w, height * 0.25f, -0.112f), block.at((across + 0.18f) * w, height * 0.25f, -0.112f),
           block.at((across + 0.18f) * w, height * 0.8f, -0.112f), block.at(across * w, height * 0.8f, -0.112f)},
          Part::second);
  }
}

void add_guardrail(World& world, const Frame& frame, float length_metres, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::guardrail, FineClass::guardrail, frame.origin, true);
  builder.object().casts_shadow = false;
  const float bottom = 0.46f, top = bottom + draw(random, 0.28, 0.36), half = length_metres * 0.5f;
  for (float ahead = -half + 0.4f; ahead <= half; ahead += 2.0f)
    builder.limb({frame.origin, {1, 0, 0}, frame.up, {0, 0, 1}}, frame.at(0.06f, 0, ahead),
                 frame.at(0.06f, top - 0.03f, ahead), 0.06f, 0.06f, Part::metal, false);
  builder.polygon(
      {frame.at(0, bottom, -half), frame.at(0, bottom, half), frame.at(0, top, half), frame.at(0, top, -half)},
      Part::main, Texture::rail);
}

void add_bump(World& world, const Frame& frame, float half_width, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::bump, FineClass::bump, frame.origin, true);
  builder.object().casts_shadow = false;
  const float w = half_width, h = draw(random, 0.05, 0.08), l = draw(random, 0.22, 0.34);
  builder
      .polygon({frame.at(-w, 0, -l), frame.at(w, 0, -l), frame.at(w, h, -l * 0.35f), frame.at(-w, h, -l * 0.35f)},
               Part::main, Texture::stripes)
      .parameters[2] = 0.5f;
  builder
      .polygon({frame.at(-w, h, -l * 0.35f), frame.at(w, h, -l * 0.35f), frame.at(w, h, l * 0.35f),
                frame.at(-w, h, l * 0.35f)},
               Part::main, Texture::stripes)
      .parameters[2] = 0.5f;
}

void add_fire_extinguisher(World& world, const Frame& frame) {
  Builder builder(world, ObjectKind::fire_extinguisher, FineClass::fire_extinguisher, frame.origin, true);
  builder.contact(frame, 0.16f, 0.14f);
  builder.limb(frame, frame.at(0, 0.1f), frame.at(0, 0.46f), 0.095f, 0.095f, Part::main, true);
  builder.polygon({frame.at(-0.093f, 0.2f), frame.at(0.093f, 0.2f), frame.at(0.093f, 0.32f), frame.at(-0.093f, 0.32f)},
                  Part::second, Texture::round);
  builder.limb(frame, frame.at(0, 0.5f), frame.at(0, 0.62f), 0.035f, 0.03f, Part::dark, false);
  builder.limb(frame, frame.at(-0.06f, 0.64f), frame.at(0.1f, 0.6f), 0.02f, 0.02f, Part::dark, true);
  builder.limb(frame, frame.at(0.1f, 0.6f), frame.at(0.15f, 0.2f), 0.015f, 0.02f, Part::dark, true);
}

void add_hand_drill(World& world, const Frame& frame) {
  Builder builder(world, ObjectKind::hand_drill, FineClass::hand_drill, frame.origin, true);
  builder.contact(frame, 0.26f, 0.15f);
  builder.limb(frame, frame.at(-0.12f, 0.26f), frame.at(0.12f, 0.27f), 0.055f, 0.05f, Part::main, true);
  builder.limb(frame, frame.at(0.12f, 0.27f), frame.at(0.30f, 0.28f), 0.02f, 0.01f, Part::metal, false);
  builder.limb(frame, frame.at(-0.08f, 0.24f), frame.at(-0.12f, 0.08f), 0.04f, 0.035f, Part::main, true);
  builder.polygon({frame.at(-0.22f, 0), frame.at(-0.02f, 0), frame.at(-0.02f, 0.09f), frame.at(-0.22f, 0.09f)},
                  Part::dark);
}

void add_crate(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::crate, FineClass::bin, frame.origin, true);
  const float half = draw(random, 0.25, 0.55), length_half = draw(random, 0.25, 0.55), height = draw(random, 0.5, 1.5);
  builder.contact(frame, half * 1.3f, length_half * 1.3f);
  builder.box(frame, half, length_half, 0, height, Part::main, Texture::flat);
  constexpr Part patches[] = {Part::second, Part::third, Part::bag, Part::patch, Part::metal, Part::plate};
  for (const Part patch : patches)
    for (const bool front : {true, false}) {  // On the front and on the side that the camera sees.
      const float a = draw(random, -0.9, 0.5), up = draw(random, 0.06, 0.7);
      const float wide = draw(random, 0.15, 0.4), tall = draw(random, 0.1, 0.28);
      const float side = dot(frame.right, frame.at(half, 0)) < 0 ? 1.0f : -1.0f;
      const auto at = [&](float along, float high) {
        return front ? frame.at(along * half, high * height, -length_half)
                     : frame.at(side * half, high * height, side * along * length_half);
      };
      builder.face({at(a, up), at(a + wide, up), at(a + wide, up + tall), at(a, up + tall)}, patch);
    }
}

}  // namespace datasets::synthetic
