// SPDX-License-Identifier: Apache-2.0
// Elementary functions in f32 without branches or calls, so that the compiler vectorises the loops around them. Errors:
// exponential below 2 units in the last place, logarithm and hyperbolic tangent below 3, over all arguments
// (infinities, zeros and denormal numbers as in the standard library; NaN gives NaN).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace kernels::cpu {

// condition ? a : b in integer arithmetic. A conditional with a constant arm becomes a branch, which ends
// vectorisation.
inline float select(bool condition, float a, float b) {
  const std::uint32_t mask = 0u - static_cast<std::uint32_t>(condition);
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(a) & mask) | (std::bit_cast<std::uint32_t>(b) & ~mask));
}

// 2^n for n in [-126, 127].
inline float power_of_two(std::int32_t n) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(n + 127) << 23);
}

// e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln(2) / 2; e^r by its Taylor series up to r^7 / 7!, whose rest is
// below 6e-9 there.
inline float exponential(float x) {
  constexpr float one_over_ln2 = 0x1.715476p+0f;
  constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;  // n * ln2_high is exact: it ends in zeros.
  constexpr float round_bias = 0x1.8p+23f;  // Adding it leaves no fraction bits: the sum is rounded to an integer.
  // Beyond these bounds the result is 0 and infinity; NaN passes.
  const float above = select(x < -110.0f, -110.0f, x);
  const float bounded = select(above > 95.0f, 95.0f, above);
  const float biased = bounded * one_over_ln2 + round_bias;
  const float n = biased - round_bias;
  const float r = std::fma(-n, ln2_low, std::fma(-n, ln2_high, bounded));
  float series = 1.0f / 5040;
  series = std::fma(series, r, 1.0f / 720);
  series = std::fma(series, r, 1.0f / 120);
  series = std::fma(series, r, 1.0f / 24);
  series = std::fma(series, r, 1.0f / 6);
  series = std::fma(series, r, 0.5f);
  series = std::fma(series, r, 1.0f);
  series = std::fma(series, r, 1.0f);
  // n in the low bits of `biased`. 2^n in two factors: each is a normal number, the product may be denormal or
  // infinite, and it is rounded once.
  const auto whole =
      static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(biased) - std::bit_cast<std::uint32_t>(round_bias));
  const std::int32_t half = whole >> 1;
  return series * power_of_two(half) * power_of_two(whole - half);
}

// tanh(x) = t / (t + 2) with t = e^(2 x) - 1 = 2^n (e^r - 1) + (2^n - 1), which keeps the digits of a small x; e^r - 1
// by the series above without its first term.
inline float hyperbolic_tangent(float x) {
  constexpr float one_over_ln2 = 0x1.715476p+0f;
  constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
  constexpr float round_bias = 0x1.8p+23f;
  const float above = select(x < -10.0f, -10.0f, x);  // 1 - tanh(10) is below half a unit.
  const float twice = 2.0f * select(above > 10.0f, 10.0f, above);
  const float biased = twice * one_over_ln2 + round_bias;
  const float n = biased - round_bias;
  const float r = std::fma(-n, ln2_low, std::fma(-n, ln2_high, twice));
  float series = 1.0f / 5040;
  series = std::fma(series, r, 1.0f / 720);
  series = std::fma(series, r, 1.0f / 120);
  series = std::fma(series, r, 1.0f / 24);
  series = std::fma(series, r, 1.0f / 6);
  series = std::fma(series, r, 0.5f);
  series = std::fma(series * r, r, r);
  const auto whole =
      static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(biased) - std::bit_cast<std::uint32_t>(round_bias));
  const float scale = power_of_two(whole);
  const float t = std::fma(scale, series, scale - 1.0f);
  return t / (t + 2.0f);
}

// ln(x) = k ln 2 + ln(1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), and ln(1 + f) = 2 artanh(s), s = f / (2 + f), by its
// series up to s^9, whose rest is below 3e-9 relative.
inline float logarithm(float x) {
  constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
  constexpr std::uint32_t sqrt_half = 0x3F3504F3u;
  const bool is_denormal = x < 0x1p-126f;
  const float normal = select(is_denormal, x * 0x1p+23f, x);
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(normal);
  const auto exponent = static_cast<std::int32_t>(bits - sqrt_half) >> 23;
  const float k = static_cast<float>(exponent) - select(is_denormal, 23.0f, 0.0f);
  const float f = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(exponent) << 23)) - 1.0f;
  const float s = f / (2.0f + f), square = s * s;
  float series = 1.0f / 9;
  series = std::fma(series, square, 1.0f / 7);
  series = std::fma(series, square, 1.0f / 5);
  series = std::fma(series, square, 1.0f / 3);
  // 2 s = f - s f, whose first part is exact.
  const float correction = s * (2.0f * square * series - f);
  const float value = std::fma(k, ln2_high, f + (correction + k * ln2_low));
  const float infinity = std::bit_cast<float>(0x7F800000u), nan = std::bit_cast<float>(0x7FC00000u);
  const float finite = select(x < infinity, value, x);
  return select(x > 0.0f, finite, select(x == 0.0f, -infinity, nan));
}

}  // namespace kernels::cpu
