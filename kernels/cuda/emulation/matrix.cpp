// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/matrix.h"

#include <bit>

namespace kernels::cuda::emulation {

namespace {

float lower_bf16(std::uint32_t pair) {
  return std::bit_cast<float>(pair << 16);
}
float upper_bf16(std::uint32_t pair) {
  return std::bit_cast<float>(pair & 0xFFFF0000u);
}
float tf32(std::uint32_t bits) {
  return std::bit_cast<float>(bits & 0xFFFFE000u);
}

// The operands of one lane.
struct Fragments {
  const std::uint32_t *a, *b;
  float* d;
};

// d[m][n] += sum over k of a[m][k] b[n][k]; each lane holds four of the 16x8 results.
template <int K>
void accumulate(const float (&a)[16][K], const float (&b)[8][K], void* const* operands) {
  float product[16][8];
  for (int m = 0; m < 16; ++m)
    for (int n = 0; n < 8; ++n) {
      float sum = 0;
      for (int k = 0; k < K; ++k) sum += a[m][k] * b[n][k];
      product[m][n] = sum;
    }
  for (int lane = 0; lane < 32; ++lane) {
    float* d = static_cast<Fragments*>(operands[lane])->d;
    for (int i = 0; i < 4; ++i) d[i] += product[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
  }
}

}  // namespace

void load_matrices(std::uint32_t* registers, int count, bool transposed, const void* row, Site site) {
  check_aligned(row, 16, site);
  struct Rows {
    const void* own;
    const std::uint16_t* of_all[32];
  } rows{row, {}};
  running_block().meet(0xFFFFFFFFu, &rows, site, [](void* const* operands) {
    for (int lane = 0; lane < 32; ++lane)
      for (int from = 0; from < 32; ++from)
        static_cast<Rows*>(operands[lane])->of_all[from] =
            static_cast<const std::uint16_t*>(static_cast<const Rows*>(operands[from])->own);
  });
  const std::uint16_t* taken[4][2];
  {
    const Unwatched unwatched;
    const unsigned lane = running_block().thread().number % warp_lanes, major = lane / 4, pair = lane % 4 * 2;
    for (unsigned m = 0; m < static_cast<unsigned>(count); ++m)
      for (unsigned i = 0; i < 2; ++i)
        taken[m][i] = transposed ? rows.of_all[m * 8 + pair + i] + major : rows.of_all[m * 8 + major] + pair + i;
  }
  // Each lane reads its own words, so that sanitizers blame the right thread.
  for (int m = 0; m < count; ++m) registers[m] = std::uint32_t{*taken[m][0]} | (std::uint32_t{*taken[m][1]} << 16);
}

void multiply_add_bf16(float* d, const std::uint32_t* a, const std::uint32_t* b, Site site) {
  Fragments fragments{a, b, d};
  running_block().meet(0xFFFFFFFFu, &fragments, site, [](void* const* operands) {
    float left[16][16], right[8][16];
    for (int lane = 0; lane < 32; ++lane) {
      const Fragments& own = *static_cast<Fragments*>(operands[lane]);
      const int row = lane / 4, column = lane % 4 * 2;
      for (int i = 0; i < 4; ++i) {
        left[row + i % 2 * 8][column + i / 2 * 8] = lower_bf16(own.a[i]);
        left[row + i % 2 * 8][column + i / 2 * 8 + 1] = upper_bf16(own.a[i]);
      }
      for (int i = 0; i < 2; ++i) {
        right[row][column + i * 8] = lower_bf16(own.b[i]);
        right[row][column + i * 8 + 1] = upper_bf16(own.b[i]);
      }
    }
    accumulate(left, right, operands);
  });
}

void multiply_add_tf32(float* d, const std::uint32_t* a, const std::uint32_t* b, Site site) {
  Fragments fragments{a, b, d};
  running_block().meet(0xFFFFFFFFu, &fragments, site, [](void* const* operands) {
    float left[16][8], right[8][8];
    for (int lane = 0; lane < 32; ++lane) {
      const Fragments& own = *static_cast<Fragments*>(operands[lane]);
      const int row = lane / 4, column = lane % 4;
      for (int i = 0; i < 4; ++i) left[row + i % 2 * 8][column + i / 2 * 4] = tf32(own.a[i]);
      for (int i = 0; i < 2; ++i) right[row][column + i * 4] = tf32(own.b[i]);
    }
    accumulate(left, right, operands);
  });
}

}  // namespace kernels::cuda::emulation
