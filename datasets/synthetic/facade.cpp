// SPDX-License-Identifier: Apache-2.0
// The texture of house fronts. Parameters of the surface: width, height, height of a floor, width of a window bay.
#include "datasets/synthetic/texture.h"

namespace datasets::synthetic {
namespace {

constexpr Vec3 warm_room{1.0f, 0.74f, 0.38f}, cold_room{0.80f, 0.92f, 1.0f};

void window(const Finish* finish, const Appearance& appearance, std::uint32_t key, std::int32_t bay, std::int32_t floor,
            float x, float y, bool shop, Texel& result) {
  const std::uint32_t room = lattice_hash(bay, floor, key);
  const Finish& glass = finish[static_cast<int>(Part::glass)];
  result.albedo = glass.albedo;
  result.temperature = glass.temperature + 2.4f * (lattice_uniform(bay, floor, key + 7) - 0.5f);
  result.gloss = 0.10f + 0.30f * y;
  const bool lit =
      appearance.night && lattice_uniform(bay, floor, key + 11) < appearance.window_light * (shop ? 1.6f : 1.0f);
  const float curtain = 0.10f + 0.30f * static_cast<float>(room & 255u) * (1.0f / 255.0f);
  const bool covered = !shop && (x < curtain || x > 1.0f - curtain || ((room & 0x300u) == 0 && y > 0.45f));
  if (covered) {
    result.albedo = Vec3{0.42f, 0.40f, 0.36f};
    result.gloss *= 0.5f;
  }
  if (shop && y < 0.32f) {  // Goods behind the pane.
    const float shade = lattice_uniform(floor_int(x * 9.0f), bay, key + 13);
    result.albedo = Vec3{0.10f + 0.25f * shade, 0.10f + 0.15f * (1.0f - shade), 0.12f};
  }
  if (lit) {
    const float strength = (covered ? 0.22f : 0.34f) + 0.35f * lattice_uniform(bay, floor, key + 17);
    const Vec3 colour = (room & 0x400u) != 0 || shop ? cold_room : warm_room;
    result.emission = colour * (strength * (0.70f + 0.45f * y));
  }
}

}  // namespace

Texel facade_texel(const Surface& surface, const Finish* finish, const Appearance& appearance, float s, float t,
                   float depth) {
  const float width = surface.parameters[0], height = surface.parameters[1];
  const float floor_height = surface.parameters[2], margin = 0.35f;
  const std::uint32_t key = surface.pattern;
  const bool bricks = lattice_uniform(3, 0, key) < 0.4f, shops = lattice_uniform(4, 0, key) < 0.55f;
  const Finish& wall = finish[static_cast<int>(Part::main)];
  const Finish& frame = finish[static_cast<int>(Part::third)];
  Texel result{wall.albedo, {}, wall.temperature};

  // Bays share the width between the margins evenly.
  const float bays = static_cast<float>(std::max(1, floor_int((width - 2 * margin) / surface.parameters[3])));
  const float bay_width = (width - 2 * margin) / bays;
  const float along = (s - margin) / bay_width, up = t / floor_height;
  const std::int32_t bay = floor_int(along), floor = floor_int(up);
  const float x = along - static_cast<float>(bay), y = up - static_cast<float>(floor);
  const bool inside_bays = bay >= 0 && along < bays;

  if (bricks && depth < 14.0f) {
    const float row = t * 12.0f;
    const std::int32_t course = floor_int(row);
    const float brick = s * 4.2f + 0.5f * static_cast<float>(course & 1);
    const std::int32_t column = floor_int(brick);
    const float near = 1.0f - depth * (1.0f / 14.0f);
    float light = 1.0f + 0.35f * near * (lattice_uniform(column, course, key) - 0.5f);
    if (row - static_cast<float>(course) < 0.16f || brick - static_cast<float>(column) < 0.07f) light += 0.35f * near;
    result.albedo = result.albedo * light;
  }
  const float weather = value_noise(s * 0.5f, t * 0.25f, key) - 0.5f;
  result.albedo = result.albedo * (1.0f + 0.14f * weather - 0.14f * clamp01(1.0f - t));
  result.temperature += 1.2f * weather + 0.5f * clamp01(1.0f - t * 0.5f);
  if (t < 0.35f) result.albedo = result.albedo * 0.62f;  // Plinth.
  if (t > height - 0.32f) {                              // Cornice.
    result.albedo = frame.albedo * 0.85f;
    return result;
  }
  if (floor > 0 && y < 0.05f) {  // Slab between floors: a thermal bridge.
    result.albedo = result.albedo * 0.80f;
    result.temperature += 0.6f;
    return result;
  }
  if (!inside_bays || height - static_cast<float>(floor) * floor_height < 0.92f * floor_height) return result;

  if (floor == 0) {
    if (shops && y > 0.76f && y < 0.95f) {  // Sign board.
      const Finish& board = finish[static_cast<int>(Part::second)];
      const float letters = lattice_uniform(floor_int(s * 5.0f), 0, key + 3);
      result.albedo = y > 0.80f && y < 0.91f && letters > 0.45f && depth < 40 ? Vec3{0.7f, 0.7f, 0.66f} : board.albedo;
      result.temperature = board.temperature;
      if (appearance.night && lattice_uniform(5, 0, key) < appearance.window_light)
        result.emission = board.albedo * 0.9f;
      return result;
    }
    const bool door = (lattice_hash(bay, 0, key + 5) & 3u) == 0;
    if (door) {
      if (x > 0.28f && x < 0.72f && y < 0.70f) {
        const bool edge = x < 0.31f || x > 0.69f || y > 0.67f;
        result.albedo = edge ? frame.albedo : finish[static_cast<int>(Part::second)].albedo * 0.8f;
        result.temperature = frame.temperature;
        if (!edge && y > 0.40f && x > 0.38f && x < 0.62f)
          window(finish, appearance, key, bay, floor, (x - 0.38f) / 0.24f, (y - 0.40f) / 0.27f, true, result);
      }
      return result;
    }
  }
  const bool shop = floor == 0 && shops;
  const float left = shop ? 0.06f : 0.5f - (0.22f + 0.10f * lattice_uniform(6, 0, key)), right = 1.0f - left;
  const float low = shop ? 0.16f : 0.32f, high = shop ? 0.74f : 0.80f;
  if (x < left || x > right || y < low - 0.05f || y > high) return result;
  const float line = 0.05f / bay_width, rise = 0.05f / floor_height;
  const bool mullion = !shop && x > 0.5f - 0.5f * line && x < 0.5f + 0.5f * line;
  if (y < low) {  // Sill.
    result.albedo = frame.albedo * 0.9f;
  } else if (x < left + line || x > right - line || y > high - rise || y < low + rise || mullion) {
    result.albedo = frame.albedo;
    result.temperature = frame.temperature;
  } else {
    window(finish, appearance, key, bay, floor, (x - left) / (right - left), (y - low) / (high - low), shop, result);
  }
  return result;
}

}  // namespace datasets::synthetic
