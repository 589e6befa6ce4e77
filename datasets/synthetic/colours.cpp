// SPDX-License-Identifier: Apache-2.0
// The paint of the street scenes. Values are linear reflectances.
#include <span>

#include "datasets/synthetic/appearance.h"

namespace datasets::synthetic {
namespace {

constexpr Vec3 grey(float value) {
  return {value, value, value};
}

constexpr Vec3 car_colours[] = {{0.72f, 0.72f, 0.70f}, {0.75f, 0.75f, 0.75f},   {0.42f, 0.43f, 0.45f},
                                {0.20f, 0.21f, 0.22f}, {0.025f, 0.025f, 0.03f}, {0.04f, 0.04f, 0.045f},
                                {0.35f, 0.03f, 0.03f}, {0.04f, 0.08f, 0.26f},   {0.10f, 0.22f, 0.38f},
                                {0.36f, 0.30f, 0.20f}, {0.05f, 0.14f, 0.09f},   {0.55f, 0.22f, 0.05f}};
constexpr Vec3 cloth_colours[] = {{0.03f, 0.03f, 0.04f}, {0.05f, 0.05f, 0.06f}, {0.04f, 0.06f, 0.14f},
                                  {0.10f, 0.11f, 0.12f}, {0.30f, 0.29f, 0.27f}, {0.62f, 0.62f, 0.60f},
                                  {0.36f, 0.05f, 0.05f}, {0.07f, 0.18f, 0.34f}, {0.10f, 0.20f, 0.10f},
                                  {0.40f, 0.30f, 0.16f}, {0.52f, 0.40f, 0.07f}, {0.26f, 0.10f, 0.24f}};
constexpr Vec3 trouser_colours[] = {{0.03f, 0.03f, 0.035f}, {0.05f, 0.07f, 0.13f}, {0.08f, 0.10f, 0.18f},
                                    {0.20f, 0.17f, 0.12f},  {0.13f, 0.13f, 0.13f}, {0.34f, 0.31f, 0.26f}};
constexpr Vec3 wall_colours[] = {{0.48f, 0.44f, 0.37f}, {0.55f, 0.53f, 0.50f}, {0.34f, 0.33f, 0.32f},
                                 {0.33f, 0.17f, 0.11f}, {0.40f, 0.24f, 0.15f}, {0.52f, 0.42f, 0.28f},
                                 {0.36f, 0.40f, 0.42f}, {0.60f, 0.58f, 0.52f}, {0.28f, 0.24f, 0.20f}};
constexpr Vec3 skin_colours[] = {
    {0.50f, 0.31f, 0.22f}, {0.56f, 0.36f, 0.27f}, {0.34f, 0.19f, 0.12f}, {0.16f, 0.09f, 0.06f}};
constexpr Vec3 shop_colours[] = {{0.40f, 0.05f, 0.05f}, {0.05f, 0.14f, 0.36f}, {0.06f, 0.25f, 0.12f},
                                 {0.55f, 0.40f, 0.05f}, {0.08f, 0.08f, 0.09f}, {0.60f, 0.58f, 0.55f}};
constexpr Vec3 sign_red{0.52f, 0.03f, 0.03f}, sign_blue{0.03f, 0.12f, 0.48f}, orange{0.62f, 0.17f, 0.02f};

class Palette {
 public:
  explicit Palette(kernels::RandomStream& random) : random_(random) {}
  float draw(double low, double high) { return static_cast<float>(random_.uniform(low, high)); }
  // One draw per expression: the order of operands is the compiler's choice.
  bool chance(double probability) { return random_.chance(probability); }
  // One of the colours, a little lighter or darker, a little tinted.
  Vec3 one_of(std::span<const Vec3> colours, float spread = 0.15f) {
    const Vec3 colour = colours[random_.below(static_cast<std::uint32_t>(colours.size()))];
    const float light = 1.0f + draw(-spread, spread);
    return Vec3{colour.x * (1 + draw(-0.05, 0.05)), colour.y * (1 + draw(-0.03, 0.03)),
                colour.z * (1 + draw(-0.05, 0.05))} *
           light;
  }

 private:
  kernels::RandomStream& random_;
};

void paint_object(ObjectKind kind, Palette& palette, Finish* finish) {
  const auto at = [&](Part part) -> Vec3& {
    return finish[static_cast<int>(part)].albedo;
  };
  at(Part::dark) = grey(0.025f);
  at(Part::metal) = grey(palette.draw(0.28, 0.42));
  at(Part::lamp) = grey(0.7f);
  at(Part::headlight) = {0.72f, 0.74f, 0.76f};
  at(Part::taillight) = {0.42f, 0.02f, 0.02f};
  at(Part::plate) = {0.75f, 0.75f, 0.68f};
  switch (kind) {
    case ObjectKind::ground:
      at(Part::main) = Vec3{0.125f, 0.125f, 0.13f} * palette.draw(0.75, 1.35);
      at(Part::patch) = at(Part::main) * palette.draw(0.55, 0.85);
      at(Part::second) = Vec3{0.30f, 0.285f, 0.26f} * palette.draw(0.75, 1.2);
      at(Part::third) = grey(palette.draw(0.42, 0.62));
      at(Part::bag) = Vec3{0.10f, 0.15f, 0.05f} * palette.draw(0.8, 1.3);
      at(Part::metal) = grey(0.10f);
      break;
    case ObjectKind::building:
      at(Part::main) = palette.one_of(wall_colours);
      at(Part::second) = palette.one_of(shop_colours);
      at(Part::third) = palette.chance(0.6) ? grey(palette.draw(0.5, 0.7)) : Vec3{0.16f, 0.10f, 0.06f};
      at(Part::glass) = Vec3{0.045f, 0.055f, 0.065f};
      break;
    case ObjectKind::tree:
    case ObjectKind::hedge:
      at(Part::main) = Vec3{palette.draw(0.06, 0.13), palette.draw(0.14, 0.20), palette.draw(0.025, 0.05)};
      at(Part::second) = Vec3{0.11f, 0.085f, 0.06f} * palette.draw(0.7, 1.3);
      break;
    case ObjectKind::fence:
      at(Part::main) = palette.one_of(wall_colours);
      at(Part::metal) = palette.chance(0.5) ? grey(0.06f) : Vec3{0.05f, 0.12f, 0.07f};
      break;
    case ObjectKind::sign:
      at(Part::main) = sign_red;
      at(Part::second) = grey(0.72f);
      at(Part::third) = sign_blue;
      if (palette.chance(0.4)) std::swap(at(Part::main), at(Part::third));
      break;
    case ObjectKind::orange_sign:
      at(Part::main) = orange * palette.draw(0.8, 1.15);
      break;
    case ObjectKind::traffic_light:
      at(Part::third) = grey(0.05f);
      break;
    case ObjectKind::bin:
      at(Part::main) = palette.chance(0.5) ? Vec3{0.05f, 0.13f, 0.08f} : palette.one_of(cloth_colours);
      at(Part::second) = at(Part::main) * 0.7f;
      break;
    case ObjectKind::warm_box:
    case ObjectKind::vent:
      at(Part::main) = palette.chance(0.6) ? grey(palette.draw(0.25, 0.5)) : Vec3{0.16f, 0.22f, 0.17f};
      at(Part::second) = at(Part::main) * 0.8f;
      break;
    case ObjectKind::kerb:
      at(Part::main) = Vec3{0.47f, 0.46f, 0.44f} * palette.draw(0.85, 1.2);
      at(Part::second) = at(Part::main) * 0.72f;
      break;
    case ObjectKind::car_stop:
      at(Part::main) = Vec3{0.52f, 0.50f, 0.45f} * palette.draw(0.85, 1.15);
      at(Part::second) = {0.60f, 0.28f, 0.04f};
      break;
    case ObjectKind::bump:
      at(Part::main) = Vec3{0.62f, 0.45f, 0.03f} * palette.draw(0.85, 1.15);
      break;
    case ObjectKind::guardrail:
      at(Part::main) = grey(palette.draw(0.50, 0.68));
      at(Part::metal) = grey(palette.draw(0.3, 0.45));
      break;
    case ObjectKind::cone:
      at(Part::main) = orange * palette.draw(0.85, 1.2);
      at(Part::second) = grey(0.75f);
      at(Part::third) = palette.chance(0.6) ? grey(0.04f) : orange * 0.8f;
      break;
    case ObjectKind::person:
    case ObjectKind::rider:
      at(Part::main) = palette.one_of(cloth_colours);
      at(Part::second) = palette.one_of(trouser_colours);
      at(Part::third) = palette.chance(0.7) ? grey(0.03f) : grey(0.55f);
      at(Part::skin) = palette.one_of(skin_colours);
      at(Part::hair) = Vec3{0.045f, 0.03f, 0.02f} * palette.draw(0.5, 3.5);
      at(Part::bag) = palette.one_of(cloth_colours);
      break;
    case ObjectKind::bicycle:
      at(Part::main) = palette.one_of(car_colours);
      break;
    case ObjectKind::car:
      at(Part::main) = palette.one_of(car_colours);
      at(Part::engine) = at(Part::main);
      at(Part::glass) = Vec3{0.03f, 0.035f, 0.04f};
      at(Part::metal) = grey(palette.draw(0.35, 0.5));
      break;
    case ObjectKind::fire_extinguisher:
      at(Part::main) = {0.50f, 0.02f, 0.02f};
      at(Part::second) = grey(0.7f);
      break;
    case ObjectKind::hand_drill:
      at(Part::main) = palette.chance(0.5) ? Vec3{0.60f, 0.42f, 0.02f} : Vec3{0.03f, 0.22f, 0.25f};
      break;
    case ObjectKind::crate: {
      const float base = palette.draw(0.18, 0.40);
      at(Part::main) = grey(base);
      for (const Part part : {Part::second, Part::third, Part::bag, Part::patch, Part::metal, Part::plate}) {
        const float factor = palette.chance(0.5) ? palette.draw(1.6, 2.4) : palette.draw(0.2, 0.6);
        at(part) = grey(palette.chance(0.1) ? base : base * factor);  // A tenth shows in the thermal image only.
      }
      break;
    }
    case ObjectKind::lamp:
    case ObjectKind::pole:
      break;
  }
}

}  // namespace

void choose_colours(const World& world, kernels::RandomStream& random, Appearance& appearance) {
  Palette palette(random);
  appearance.finishes.assign(world.objects.size() * part_count, {});
  for (std::size_t i = 0; i < world.objects.size(); ++i)
    paint_object(world.objects[i].kind, palette, appearance.finishes.data() + i * part_count);
}

}  // namespace datasets::synthetic
