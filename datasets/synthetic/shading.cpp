// SPDX-License-Identifier: Apache-2.0
// Light and warmth that reach the camera.
#include "datasets/synthetic/shading.h"

#include "datasets/synthetic/texture.h"

namespace datasets::synthetic {
namespace {

struct Lit {
  Vec3 colour;
  float temperature;
};

class Shader {
 public:
  Shader(const World& world, const Appearance& appearance) : world_(world), appearance_(appearance) {
    orientations_.reserve(world.surfaces.size());
    for (const Surface& surface : world.surfaces) orientations_.push_back(orient(surface));
  }

  Lit sky(float x, float y) const {
    const float up = clamp01(-y * 1.6f);
    Vec3 colour = mix(appearance_.horizon, appearance_.zenith, up * (2.0f - up));
    const float lift = -y + 0.12f;
    if (appearance_.cloud > 0.02f && lift > 0.0f) {
      const float a = x / lift, b = 1.0f / lift;
      const float cover = 0.65f * value_noise(a * 1.3f, b * 1.3f, appearance_.pattern) +
                          0.35f * value_noise(a * 3.7f, b * 3.7f, appearance_.pattern + 1);
      const float share = smooth_step(0.75f - 0.55f * appearance_.cloud, 1.05f - 0.45f * appearance_.cloud, cover);
      colour = mix(colour, Vec3{0.92f, 0.92f, 0.93f} * (1.05f - 0.35f * appearance_.cloud * cover),
                   share * clamp01(lift * 4.0f) * 0.85f);
    }
    return {colour, appearance_.sky_temperature + 8.0f * (1.0f - up)};
  }

  Lit surface(std::uint16_t number, float x, float y, float inverse_depth, std::uint8_t shadow) const {
    const Surface& surface = world_.surfaces[number];
    const Orientation& facing = orientations_[number];
    const float depth = 1.0f / inverse_depth;
    const Vec3 point{x * depth, y * depth, depth};
    const Vec3 offset = point - surface.origin;
    const float s = dot(offset, surface.u), t = dot(offset, surface.v);
    const Finish* finish = appearance_.of_object(surface.object);
    const Texel paint = texel(surface, finish, appearance_, s, t, depth);

    float sun = facing.sun, sky = 1.0f, warmth = paint.temperature;
    if (surface.texture == Texture::round) {
      const float across =
          surface.shape == Shape::polygon ? 2.0f * s / surface.parameters[0] - 1.0f : s / surface.radius_s;
      const float q = across < -1.0f ? -1.0f : (across > 1.0f ? 1.0f : across), front = std::sqrt(1.0f - q * q);
      sun = std::max(0.0f, q * facing.sun_across + front * facing.sun_ahead);
      sky = 0.62f + 0.38f * front;
    }
    if (surface.takes_shadow) {
      sky *= 1.0f - 0.0070f * static_cast<float>(shadow & 0x7Fu);
      if ((shadow & 0x80u) != 0) {
        sun = 0;
        sky *= appearance_.shadow;
        warmth -= 2.5f * appearance_.sun;
      }
    }
    Vec3 light = appearance_.sky_light * sky + appearance_.sun_light * sun;
    if (appearance_.night) light = light + lamplight(point) * (0.25f + 0.75f * sky);
    Vec3 colour = paint.albedo * light + paint.emission;
    if (paint.gloss > 0) colour = mix(colour, appearance_.horizon, paint.gloss);
    colour = mix(colour, appearance_.haze, depth / (depth + appearance_.haze_distance) * 0.9f);
    return {colour, warmth};
  }

 private:
  struct Orientation {
    float sun = 0, sun_across = 0, sun_ahead = 0;  // Cosines between the sun and the normal, u, the side that is seen.
  };

  Orientation orient(const Surface& surface) const {
    Vec3 normal = cross(surface.u, surface.v);
    if (dot(normal, surface.origin) > 0) normal = normal * -1.0f;
    const Vec3 sun = appearance_.sun_direction;
    return {std::max(0.0f, dot(normal, sun)), dot(surface.u, sun), dot(normal, sun)};
  }

  // Street lamps, head and tail lights, and the beam of the camera's own car: 18 m far, cut off above the belt line.
  Vec3 lamplight(Vec3 point) const {
    Vec3 sum;
    for (const PointLight& light : appearance_.lights) {
      const Vec3 way = point - light.position;
      const float square = light.radius * light.radius, fall = square / (square + 0.6f * dot(way, way));
      sum = sum + light.colour * (fall * fall * 2.2f);
    }
    if (appearance_.headlights && point.z < 18.0f) {
      const float range = 1.0f - point.z * (1.0f / 18.0f), aside = point.x / (0.28f * point.z + 0.9f);
      const float height = world_.camera_height - point.y, beam = 1.0f / (1.0f + aside * aside * aside * aside);
      const float cut = height < 0.9f ? 1.0f : std::max(0.18f, 1.0f - 0.9f * (height - 0.9f));
      sum = sum + Vec3{1.0f, 0.97f, 0.88f} * (0.54f * range * beam * cut);
    }
    return sum;
  }

  const World& world_;
  const Appearance& appearance_;
  std::vector<Orientation> orientations_;
};

// Averages sample rows into pixel rows.
class Reducer {
 public:
  Reducer(Radiance& radiance, int samples)
      : radiance_(radiance), row_(4, std::vector<float>(static_cast<std::size_t>(samples))) {}

  void set(int x, const Lit& lit) {
    row_[0][x] = lit.colour.x;
    row_[1][x] = lit.colour.y;
    row_[2][x] = lit.colour.z;
    row_[3][x] = lit.temperature;
  }
  void add_row(int y) {
    if (y % 2 == 0) {
      add(y / 2, y == 0 ? 0.75f : 0.5f);
    } else {
      add(y / 2, 0.25f);
      if (y / 2 + 1 < radiance_.height) add(y / 2 + 1, 0.25f);
    }
  }

 private:
  void add(int y, float weight) {
    std::vector<float>* const planes[4] = {&radiance_.red, &radiance_.green, &radiance_.blue, &radiance_.temperature};
    for (int plane = 0; plane < 4; ++plane) {
      float* out = planes[plane]->data() + static_cast<std::size_t>(y) * radiance_.width;
      const float* in = row_[plane].data();
      out[0] += weight * (0.75f * in[0] + 0.25f * in[1]);
      for (int x = 1; x < radiance_.width; ++x)
        out[x] += weight * (0.25f * in[2 * x - 1] + 0.5f * in[2 * x] + 0.25f * in[2 * x + 1]);
    }
  }

  Radiance& radiance_;
  std::vector<std::vector<float>> row_;
};

// Light scattered in the lens around lamps that the camera sees.
void add_halos(const World& world, const Appearance& appearance, const Pinhole& pinhole, const Canvas& canvas,
               Radiance& radiance) {
  for (const Emitter& emitter : world.emitters) {
    const Vec3 emission = appearance.of_object(emitter.object)[static_cast<int>(emitter.part)].emission,
               p = emitter.position;
    if (emission == Vec3{} || p.z < 1.0f) continue;
    const double x = (pinhole.centre_x + pinhole.focal_x * p.x / p.z),
                 y = (pinhole.centre_y + pinhole.focal_y * p.y / p.z);
    if (!(x > 0 && y > 0 && x < canvas.width - 1 && y < canvas.height - 1)) continue;
    const float seen = canvas.inverse_depth[static_cast<std::size_t>(y) * canvas.width + static_cast<std::size_t>(x)];
    if (seen * p.z > 1.06f) continue;
    const float core = static_cast<float>(pinhole.focal_x) * 0.5f * emitter.size * 1.3f / p.z +
                       0.0035f * static_cast<float>(radiance.width);
    const float cx = static_cast<float>(x) * 0.5f, cy = static_cast<float>(y) * 0.5f, reach = 7.0f * core;
    const int x0 = std::max(0, floor_int(cx - reach)), x1 = std::min(radiance.width - 1, floor_int(cx + reach));
    const int y0 = std::max(0, floor_int(cy - reach)), y1 = std::min(radiance.height - 1, floor_int(cy + reach));
    for (int j = y0; j <= y1; ++j)
      for (int i = x0; i <= x1; ++i) {
        const float dx = static_cast<float>(i) - cx, dy = static_cast<float>(j) - cy,
                    square = (dx * dx + dy * dy) / (core * core);
        if (square > 49.0f) continue;
        const float fall = 1.0f / (1.0f + square), edge = 1.0f - square * (1.0f / 49.0f),
                    glow = 0.46f * fall * fall * edge;
        const std::size_t k = static_cast<std::size_t>(j) * radiance.width + i;
        radiance.red[k] += emission.x * glow;
        radiance.green[k] += emission.y * glow;
        radiance.blue[k] += emission.z * glow;
      }
  }
}

}  // namespace

Radiance shade(const World& world, const Appearance& appearance, const Pinhole& pinhole, const Canvas& canvas,
               const std::vector<std::uint8_t>& shadows) {
  Radiance radiance(canvas.height / 2, canvas.width / 2);
  const Shader shader(world, appearance);
  Reducer reducer(radiance, canvas.width);
  const double scale_x = 1.0 / pinhole.focal_x, scale_y = 1.0 / pinhole.focal_y;
  for (int y = 0; y < canvas.height; ++y) {
    const std::size_t row = static_cast<std::size_t>(y) * canvas.width;
    const float down = static_cast<float>((y - pinhole.centre_y) * scale_y);
    for (int x = 0; x < canvas.width; ++x) {
      const float right = static_cast<float>((x - pinhole.centre_x) * scale_x);
      const std::uint16_t number = canvas.surface[row + x];
      reducer.set(x, number == 0 ? shader.sky(right, down)
                                 : shader.surface(static_cast<std::uint16_t>(number - 1), right, down,
                                                  canvas.inverse_depth[row + x], shadows[row + x]));
    }
    reducer.add_row(y);
  }
  if (appearance.night) add_halos(world, appearance, pinhole, canvas, radiance);
  return radiance;
}

}  // namespace datasets::synthetic
