// SPDX-License-Identifier: Apache-2.0
// How a surface varies over its local coordinates: paint, light and warmth at one point.
#pragma once

#include "datasets/synthetic/appearance.h"

namespace datasets::synthetic {

struct Texel {
  Vec3 albedo;
  Vec3 emission;
  float temperature;
  float gloss = 0;  // Share of reflected sky.
};

// Whether the point (s, t), in radii from the centre, belongs to a ring or to a ragged crown.
inline bool inside(const Surface& surface, float s, float t) {
  const float square = s * s + t * t;
  if (surface.shape == Shape::ring) return square >= surface.inner * surface.inner;
  const float scale = 5.0f * surface.radius_s;
  return square <= 0.45f + 0.62f * value_noise(s * scale + 40.0f, t * scale + 40.0f, surface.pattern);
}

// `finish` is the row of the surface's object; (s, t) in metres; `depth` fades details too fine to be seen.
Texel texel(const Surface& surface, const Finish* finish, const Appearance& appearance, float s, float t, float depth);

// Of a building: floors of windows with frames and curtains, a ground floor with a shop or door.
Texel facade_texel(const Surface& surface, const Finish* finish, const Appearance& appearance, float s, float t,
                   float depth);

}  // namespace datasets::synthetic
