// SPDX-License-Identifier: Apache-2.0
// Textures of everything but facades.
#include "datasets/synthetic/texture.h"

namespace datasets::synthetic {

Texel texel(const Surface& surface, const Finish* finish, const Appearance& appearance, float s, float t, float depth) {
  const Finish& own = finish[static_cast<int>(surface.part)];
  Texel result{own.albedo, own.emission, own.temperature};
  const std::uint32_t key = surface.pattern ^ appearance.pattern;
  switch (surface.texture) {
    case Texture::asphalt: {
      const float stain = value_noise(s * 0.55f, t * 0.35f, appearance.pattern) - 0.5f;
      float light = 1.0f + 0.36f * stain;
      if (depth < 16.0f) {
        const float near = 1.0f - depth * (1.0f / 16.0f);
        light += 0.34f * near * (lattice_uniform(floor_int(s * 45.0f), floor_int(t * 45.0f), key) - 0.5f);
        if (surface.part == Part::third)  // Worn paint.
          light -= 0.5f * smooth_step(0.62f, 0.8f, value_noise(s * 5.0f, t * 5.0f, key));
      }
      result.albedo = result.albedo * light;
      result.temperature += 1.1f * stain;
      break;
    }
    case Texture::paving: {
      const float a = s * 2.2f, b = t * 2.2f;
      const std::int32_t i = floor_int(a), j = floor_int(b);
      const float near = clamp01(1.0f - depth * (1.0f / 22.0f));
      float light = 1.0f + 0.20f * near * (lattice_uniform(i, j, key) - 0.5f) +
                    0.2f * (value_noise(s * 0.4f, t * 0.4f, key) - 0.5f);
      const float x = a - static_cast<float>(i), y = b - static_cast<float>(j);
      if (x < 0.06f || y < 0.06f) light -= 0.30f * near;
      result.albedo = result.albedo * light;
      result.temperature += 0.8f * (value_noise(s * 0.3f, t * 0.3f, key) - 0.5f);
      break;
    }
    case Texture::grass: {
      const float patch = value_noise(s * 0.6f, t * 0.6f, key), blades = value_noise(s * 9.0f, t * 5.0f, key + 1);
      result.albedo = result.albedo * (0.65f + 0.4f * patch + 0.35f * blades);
      result.temperature += 1.5f * (patch - 0.5f);
      break;
    }
    case Texture::facade:
      return facade_texel(surface, finish, appearance, s, t, depth);
    case Texture::foliage: {
      const float coarse = value_noise(s * 2.6f, t * 2.6f, key), fine = value_noise(s * 9.0f, t * 9.0f, key + 1);
      const float ball = surface.radius_t > 0 ? t / surface.radius_t : 0.0f;
      result.albedo =
          result.albedo * ((0.40f + 0.65f * coarse + 0.75f * fine * fine + 0.22f * ball) * surface.parameters[0]);
      result.temperature += 1.2f * (coarse - 0.5f) + 0.4f * ball;
      break;
    }
    case Texture::car_body: {
      const float up = clamp01(t / surface.parameters[1]);
      result.albedo = result.albedo * (0.72f + 0.36f * smooth_step(0.15f, 0.75f, up));
      result.gloss = 0.05f + 0.10f * smooth_step(0.70f, 1.0f, up);
      result.temperature += 1.2f * (up - 0.5f);
      break;
    }
    case Texture::glass: {
      const float up = clamp01(t / surface.parameters[1]), slant = s - 0.6f * t;
      const float streak = smooth_step(0.42f, 0.50f, slant) - smooth_step(0.66f, 0.74f, slant);
      result.gloss = 0.10f + 0.22f * up + 0.14f * streak;
      result.temperature -= 2.0f * (up - 0.5f);
      break;
    }
    case Texture::stripes: {
      const float q = (s + 0.35f * t) / surface.parameters[2];
      if ((floor_int(q) & 1) != 0) result.albedo = finish[static_cast<int>(Part::dark)].albedo;
      break;
    }
    case Texture::stone: {
      const float joint = s - static_cast<float>(floor_int(s));
      float light = 0.93f + 0.16f * value_noise(s * 6.0f, t * 14.0f, key);
      if (joint < 0.025f && surface.parameters[0] > 1.2f) light *= 0.55f;
      result.albedo = result.albedo * light;
      break;
    }
    case Texture::rail: {  // A W beam: two ridges.
      const float q = t / surface.parameters[1] * 2.0f, ridge = q - static_cast<float>(floor_int(q));
      result.albedo = result.albedo * (0.55f + 1.8f * ridge * (1.0f - ridge));
      break;
    }
    case Texture::grille: {
      const float q = t * 16.0f;
      if (q - static_cast<float>(floor_int(q)) < 0.42f && depth < 20.0f) result.albedo = result.albedo * 0.35f;
      break;
    }
    case Texture::flat:
    case Texture::round:
    case Texture::none:
      break;
  }
  return result;
}

}  // namespace datasets::synthetic
