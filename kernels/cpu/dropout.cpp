// SPDX-License-Identifier: Apache-2.0
// Dropout: by elements, the random words of a few hundred elements at a time and then one vector loop; by channels, one
// factor per image and channel.
#include "kernels/dropout.h"

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t blocks = 64;            // Philox counters that are run side by side.
constexpr std::int64_t elements = 4 * blocks;  // Each gives four words.

// The words of the counters first, first + 1, ...: word i % 4 of counter first + i / 4 is words[i]. The same ten rounds
// as philox(), with the loop over counters innermost so that it runs in vector registers.
void philox_words(const RandomKey& random, std::uint64_t first, std::uint32_t* words) {
  std::array<std::array<std::uint32_t, blocks>, 4> c;
  for (std::size_t i = 0; i < blocks; ++i) {
    c[0][i] = static_cast<std::uint32_t>(first + i);
    c[1][i] = static_cast<std::uint32_t>((first + i) >> 32);
    c[2][i] = static_cast<std::uint32_t>(random.step);
    c[3][i] = static_cast<std::uint32_t>(random.step >> 32);
  }
  auto k0 = static_cast<std::uint32_t>(random.key), k1 = static_cast<std::uint32_t>(random.key >> 32);
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < blocks; ++i) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c[0][i], p1 = std::uint64_t{0xCD9E8D57u} * c[2][i];
      c[0][i] = static_cast<std::uint32_t>(p1 >> 32) ^ c[1][i] ^ k0;
      c[1][i] = static_cast<std::uint32_t>(p1);
      c[2][i] = static_cast<std::uint32_t>(p0 >> 32) ^ c[3][i] ^ k1;
      c[3][i] = static_cast<std::uint32_t>(p0);
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (std::size_t i = 0; i < blocks; ++i)
    for (std::size_t word = 0; word < 4; ++word) words[4 * i + word] = c[word][i];
}

template <class T>
void by_element(Queue& queue, const DropoutOptions& options, const RandomKey& random, ConstView x, View y) {
  const T* from = x.as<T>();
  T* to = y.as<T>();
  const std::uint32_t threshold = dropout_threshold(options.probability);
  const auto scale = static_cast<float>(dropout_scale(options.probability));
  fixed_chunks(queue, x.elements(), 16 * elements, [=](std::int64_t, std::int64_t begin, std::int64_t end) {
    std::array<std::uint32_t, elements> words;
    for (std::int64_t at = begin; at < end; at += elements) {
      philox_words(random, static_cast<std::uint64_t>(at / 4), words.data());
      const std::uint32_t* drawn = words.data();
      const std::int64_t count = std::min(elements, end - at);
      for (std::int64_t i = 0; i < count; ++i) {
        const bool kept = !is_dropped(drawn[i], threshold);
        store(to, at + i, value_where(kept, load(from, at + i) * scale));
      }
    }
  });
}

template <class T>
void by_channel(Queue& queue, const DropoutOptions& options, const RandomKey& random, ConstView x, View y) {
  const std::int64_t images = x.shape.n(), channels = x.shape.c(), pixels = x.shape.h() * x.shape.w();
  const std::uint32_t threshold = dropout_threshold(options.probability);
  std::vector<float> factors(static_cast<std::size_t>(images * channels));
  for (std::size_t unit = 0; unit < factors.size(); ++unit) {
    const auto words = philox(random.key, random.step, unit / 4);
    factors[unit] =
        is_dropped(words[unit % 4], threshold) ? 0.0f : static_cast<float>(dropout_scale(options.probability));
  }
  parallel_for(queue, images * pixels, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t pixel = begin; pixel < end; ++pixel) {
      const float* factor = &factors[static_cast<std::size_t>(pixel / pixels * channels)];
      const T* from = x.as<T>() + pixel * channels;
      T* to = y.as<T>() + pixel * channels;
      // Chosen, not multiplied: an infinity that is dropped becomes 0.
      for (std::int64_t c = 0; c < channels; ++c) store(to, c, factor[c] == 0.0f ? 0.0f : load(from, c) * factor[c]);
    }
  });
}

}  // namespace

void dropout(Queue& queue, const DropoutOptions& options, const RandomKey& random, ConstView x, View y) {
  visit_dtype<float, bf16>(x.dtype, "dropout", [&]<class T>() {
    if (options.unit == DropoutOptions::Unit::element)
      by_element<T>(queue, options, random, x, y);
    else
      by_channel<T>(queue, options, random, x, y);
  });
}

}  // namespace kernels::cpu
