// SPDX-License-Identifier: Apache-2.0
// Arithmetic of the street scenes. Only +, -, *, / and sqrt in a fixed order, which IEEE 754 rounds in one way, so that
// a scene has the same bytes on every machine; sin, exp and their kin differ between C libraries and are not used.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace datasets::synthetic {

struct Vec3 {
  float x = 0, y = 0, z = 0;

  friend constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr Vec3 operator*(Vec3 a, float k) { return {a.x * k, a.y * k, a.z * k}; }
  friend constexpr Vec3 operator*(Vec3 a, Vec3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
  friend constexpr bool operator==(Vec3 a, Vec3 b) { return a.x == b.x && a.y == b.y && a.z == b.z; }
};

constexpr float dot(Vec3 a, Vec3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float length(Vec3 a) {
  return std::sqrt(dot(a, a));
}
inline Vec3 normalized(Vec3 a) {
  return a * (1.0f / length(a));
}
constexpr Vec3 mix(Vec3 a, Vec3 b, float share) {
  return a * (1.0f - share) + b * share;
}
constexpr float clamp01(float x) {
  return x < 0.0f ? 0.0f : (x > 1.0f ? 1.0f : x);
}

// 0 below `low`, 1 above `high`, a cubic between.
constexpr float smooth_step(float low, float high, float x) {
  const float q = clamp01((x - low) / (high - low));
  return q * q * (3.0f - 2.0f * q);
}

// Cosine and sine of one angle, from the tangent of its half: exact where library functions are not.
struct Rotation {
  float cosine = 1, sine = 0;
};
constexpr Rotation rotation_of_half_tangent(float t) {
  return {(1.0f - t * t) / (1.0f + t * t), 2.0f * t / (1.0f + t * t)};
}

// exp(-x) for x >= 0, to about seven digits: the cubic of x / 64, squared six times.
constexpr double exp_negative(double x) {
  const double q = x / 64;
  double value = 1 / (1 + q * (1 + q * (0.5 + q * (1.0 / 6 + q * (1.0 / 24)))));
  for (int i = 0; i < 6; ++i) value *= value;
  return value;
}

// A well mixed 32-bit number of two lattice coordinates and a key.
constexpr std::uint32_t lattice_hash(std::int32_t i, std::int32_t j, std::uint32_t key) {
  std::uint32_t h = key ^ (static_cast<std::uint32_t>(i) * 0x8DA6B343u) ^ (static_cast<std::uint32_t>(j) * 0xD8163841u);
  h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
  h = (h ^ (h >> 12)) * 0x297A2D39u;
  return h ^ (h >> 15);
}
constexpr float lattice_uniform(std::int32_t i, std::int32_t j, std::uint32_t key) {
  return static_cast<float>(lattice_hash(i, j, key) >> 8) * (1.0f / 16777216.0f);
}

// floor() of a number that fits an int.
constexpr std::int32_t floor_int(float x) {
  const auto truncated = static_cast<std::int32_t>(x);
  return truncated - (static_cast<float>(truncated) > x ? 1 : 0);
}

// Smooth noise in [0, 1) with one random value per unit square.
constexpr float value_noise(float x, float y, std::uint32_t key) {
  const std::int32_t i = floor_int(x), j = floor_int(y);
  float a = x - static_cast<float>(i), b = y - static_cast<float>(j);
  a = a * a * (3.0f - 2.0f * a);
  b = b * b * (3.0f - 2.0f * b);
  const float top = lattice_uniform(i, j, key) * (1.0f - a) + lattice_uniform(i + 1, j, key) * a;
  const float bottom = lattice_uniform(i, j + 1, key) * (1.0f - a) + lattice_uniform(i + 1, j + 1, key) * a;
  return top * (1.0f - b) + bottom * b;
}

// Nearly normal noise (mean 0, variance 1, within 3.5) of 32 random bits: the sum of four bytes.
constexpr float normal_of_bits(std::uint32_t bits) {
  const std::uint32_t pairs = (bits & 0x00FF00FFu) + ((bits >> 8) & 0x00FF00FFu);
  const int sum = static_cast<int>((pairs & 0xFFFFu) + (pairs >> 16));
  return static_cast<float>(sum - 510) * (1.0f / 147.80f);
}

}  // namespace datasets::synthetic
