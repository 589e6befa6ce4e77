// SPDX-License-Identifier: Apache-2.0
// Weather and light of a street scene.
#include "datasets/synthetic/appearance.h"

namespace datasets::synthetic {
namespace {

constexpr Vec3 warm_white{1.10f, 0.92f, 0.62f}, cold_white{1.0f, 1.0f, 0.95f}, red{1.0f, 0.06f, 0.04f},
    green{0.10f, 1.0f, 0.45f};

Vec3 tint(kernels::RandomStream& random, double spread) {
  return {static_cast<float>(random.uniform(1 - spread, 1 + spread)), 1.0f,
          static_cast<float>(random.uniform(1 - spread, 1 + spread))};
}

void light_the_day(kernels::RandomStream& random, Appearance& a) {
  const auto draw = [&](double low, double high) {
    return static_cast<float>(random.uniform(low, high));
  };
  a.air = draw(12, 28);
  const float q = draw(0, 1);
  a.sun = random.chance(0.3) ? q * 0.35f : 0.45f + 0.55f * q;
  a.sky_temperature = a.air - draw(6, 12) - 12 * a.sun;
  // Mostly behind or beside the camera, 40 to 80 degrees high.
  const float across = draw(-1.1, 1.1), ahead = random.chance(0.25) ? draw(0.4, 0.9) : -draw(0.4, 1.0);
  a.sun_direction = normalized({across, -draw(1.3, 2.6), ahead});
  const Vec3 white = tint(random, 0.08);
  a.sun_light = Vec3{1.04f, 1.0f, 0.93f} * white * (1.15f * a.sun);
  a.sky_light = Vec3{0.93f, 1.0f, 1.10f} * white * (0.36f + 0.20f * (1 - a.sun));
  a.shadow = draw(0.72, 1.0);
  a.cloud = clamp01(1.15f - a.sun + draw(-0.2, 0.2));
  const Vec3 blue{0.20f, 0.38f, 0.72f}, overcast{0.66f, 0.69f, 0.73f};
  a.zenith = mix(blue, overcast, a.cloud * 0.8f) * white;
  a.horizon = mix(Vec3{0.62f, 0.74f, 0.88f}, Vec3{0.78f, 0.80f, 0.82f}, a.cloud) * white;
  a.haze = a.horizon * 0.9f;
  a.haze_distance = draw(140, 420);
}

void light_the_night(const World& world, kernels::RandomStream& random, const AppearanceOptions& options,
                     Appearance& a) {
  const auto draw = [&](double low, double high) {
    return static_cast<float>(random.uniform(low, high));
  };
  const float strength = static_cast<float>(options.lamps);
  a.air = draw(4, 18);
  a.sky_temperature = a.air - draw(15, 35);
  const float ambient = draw(options.ambient_low, options.ambient_high);
  a.sky_light = Vec3{0.84f, 0.74f, 0.62f} * ambient;
  a.zenith = Vec3{0.35f, 0.40f, 0.62f} * (ambient * 0.35f);
  a.horizon = Vec3{1.05f, 0.85f, 0.62f} * (ambient * 0.85f);
  a.haze = a.horizon * 0.5f;
  a.haze_distance = 600;
  a.headlights = random.chance(0.7);
  a.window_light = draw(0.08, 0.34) * strength;
  a.night_gain = draw(1.2, 2.6);
  const Vec3 lamp_colour = random.chance(0.7) ? warm_white : cold_white;
  for (const Emitter& emitter : world.emitters) {
    const Object& object = world.objects[emitter.object];
    Finish* finish = a.finishes.data() + static_cast<std::size_t>(emitter.object) * part_count;
    if (!object.active) continue;
    PointLight light;
    light.position = emitter.position;
    Vec3 emission;
    if (object.kind == ObjectKind::lamp) {
      light.colour = lamp_colour * (draw(0.22, 0.62) * strength);
      light.radius = draw(3.4, 5.0);
      emission = lamp_colour * 3.0f;
    } else if (emitter.part == Part::headlight) {
      light.colour = cold_white * (0.35f * strength);
      light.position = light.position + normalized(light.position - object.position + Vec3{0, 0.6f, 0}) * 1.5f;
      light.radius = 1.3f;
      emission = cold_white * 4.0f;
    } else {
      const Vec3 colour = emitter.part == Part::taillight ? red : green;
      light.colour = colour * (0.06f * strength);
      light.radius = 0.9f;
      emission = colour * 0.9f;
    }
    finish[static_cast<int>(emitter.part)].emission = emission * strength;
    if (light.position.z < 45) a.lights.push_back(light);
  }
  if (a.lights.size() > 14) a.lights.resize(14);
}

}  // namespace

Appearance make_appearance(const World& world, std::uint64_t seed, std::uint64_t index, std::uint32_t variant,
                           TimeOfDay time, const AppearanceOptions& options) {
  Appearance appearance;
  appearance.night = time == TimeOfDay::night;
  const std::uint64_t key = index | (static_cast<std::uint64_t>(variant) << 32);
  kernels::RandomStream colours(seed, "synthetic colours", key);
  kernels::RandomStream light(seed, appearance.night ? "synthetic night light" : "synthetic day light", key);
  kernels::RandomStream heat(seed, appearance.night ? "synthetic night temperatures" : "synthetic day temperatures",
                             key);
  choose_colours(world, colours, appearance);
  appearance.pattern = colours.next();
  if (appearance.night)
    light_the_night(world, light, options, appearance);
  else
    light_the_day(light, appearance);
  choose_temperatures(world, heat, options.thermal_contrast, appearance);
  return appearance;
}

}  // namespace datasets::synthetic
