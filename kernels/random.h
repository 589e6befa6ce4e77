// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// The value is a pure function of (key, counter), so any element of any stream can be computed on any device, in any
// order, by any number of threads, and is the same everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kernels {

// Ten rounds of Philox on a 128-bit counter under a 64-bit key. Integer arithmetic only.
constexpr std::array<std::uint32_t, 4> philox(std::uint64_t key, std::uint64_t counter_high,
                                              std::uint64_t counter_low) {
  std::uint32_t c0 = static_cast<std::uint32_t>(counter_low), c1 = static_cast<std::uint32_t>(counter_low >> 32);
  std::uint32_t c2 = static_cast<std::uint32_t>(counter_high), c3 = static_cast<std::uint32_t>(counter_high >> 32);
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0, p1 = std::uint64_t{0xCD9E8D57u} * c2;
    const std::uint32_t n0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
    const std::uint32_t n2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<std::uint32_t>(p1);
    c3 = static_cast<std::uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {c0, c1, c2, c3};
}

// A key for (seed, purpose): streams of different purposes never meet. FNV-1a over the purpose, mixed with the seed.
constexpr std::uint64_t stream_key(std::uint64_t seed, std::string_view purpose) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char letter : purpose) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
  const auto mixed = philox(hash, 0, seed);
  return (std::uint64_t{mixed[0]} << 32) | mixed[1];
}

// [0, 1) with 24 random bits: exactly representable in float32, so every device and precision agrees.
constexpr float to_unit_float(std::uint32_t bits) {
  return static_cast<float>(bits >> 8) * (1.0f / 16777216.0f);
}

// [0, 1) with 53 random bits.
constexpr double to_unit_double(std::uint32_t high, std::uint32_t low) {
  return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * (1.0 / 9007199254740992.0);
}

// A sequential reader of one stream, for host-side choices (augmentation, scenes, initial weights).
// `index` separates draws of one purpose, for example the sample or the scene.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0)
      : key_(stream_key(seed, purpose)), index_(index) {}

  std::uint32_t next() {
    if (used_ == 4) {
      block_ = philox(key_, index_, counter_++);
      used_ = 0;
    }
    return block_[used_++];
  }
  double uniform() {  // [0, 1).
    const std::uint32_t high = next();
    return to_unit_double(high, next());
  }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // An integer in [0, bound), bound > 0, without bias beyond 2^-32 (multiply-shift).
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>((std::uint64_t{next()} * bound) >> 32); }
  bool chance(double probability) { return uniform() < probability; }

 private:
  std::uint64_t key_, index_;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace kernels
