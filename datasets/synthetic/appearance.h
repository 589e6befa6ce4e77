// SPDX-License-Identifier: Apache-2.0
// Colours, temperatures, weather and light of a scene, by day or by night: everything that geometry leaves open.
// Colours come from one stream for both times, temperatures and light from one stream each, so that twins show the same
// things in the same paint.
#pragma once

#include <vector>

#include "datasets/dataset.h"
#include "datasets/synthetic/geometry.h"

namespace datasets::synthetic {

struct Finish {
  Vec3 albedo{0.3f, 0.3f, 0.3f};  // Linear reflectance, R, G, B.
  Vec3 emission;                  // Linear radiance added to the reflected light.
  float temperature = 15;         // Degrees Celsius.
};

// A light at a place, falling off with the square of the distance beyond its radius.
struct PointLight {
  Vec3 position, colour;
  float radius = 3;  // Metres.
};

struct AppearanceOptions {
  double ambient_low = 0.015, ambient_high = 0.09;  // Night light of the sky.
  double lamps = 1;                                 // Strength of lamps, headlights, lit windows and halos at night.
  double thermal_contrast =
      1;  // Scales the temperature difference of kerb, car stop, guardrail, cone and bump to the air or road.
};

struct Appearance {
  bool night = false;
  float air = 15;               // Degrees Celsius.
  float sun = 0;                // 0 overcast ... 1 clear.
  Vec3 sun_direction{0, 1, 0};  // To the sun; below the ground at night.
  Vec3 sun_light, sky_light;    // Irradiance, linear.
  float shadow = 1;             // Share of the sky light that is left in a cast shadow.
  Vec3 zenith, horizon, haze;   // Colours of the sky and of the distance.
  float haze_distance = 300;    // Metres at which half of the light is haze.
  float cloud = 0;              // 0 clear ... 1 covered.
  float sky_temperature = -10;  // At the zenith; 8 degrees more at the horizon.
  bool headlights = false;      // Of the camera's own car.
  float window_light = 0;       // Share of lit windows.
  float night_gain = 1;
  std::uint32_t pattern = 0;
  std::vector<PointLight> lights;
  std::vector<Finish> finishes;  // Index: object * part_count + part.

  const Finish& finish(const Surface& surface) const {
    return of_object(surface.object)[static_cast<int>(surface.part)];
  }
  const Finish* of_object(std::size_t object) const { return finishes.data() + object * part_count; }
};

// `variant` repaints the same geometry: other colours, temperatures and weather.
Appearance make_appearance(const World& world, std::uint64_t seed, std::uint64_t index, std::uint32_t variant,
                           TimeOfDay time, const AppearanceOptions& options);

// The two halves of make_appearance, one per file: what things look like, and how warm they are.
void choose_colours(const World& world, kernels::RandomStream& random, Appearance& appearance);
void choose_temperatures(const World& world, kernels::RandomStream& random, double contrast, Appearance& appearance);

}  // namespace datasets::synthetic
