// SPDX-License-Identifier: Apache-2.0
// Small kernels that can be built with one fault each, to prove that the emulator finds it.
#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/random.h"

namespace test {

using kernels::bf16;

enum class Fault {
  none,
  missing_barrier,       // A value is read before it has been written.
  missing_tail_barrier,  // A buffer is overwritten while it is still read.
  divergent_barrier,     // A barrier that half of the threads pass by.
  different_barriers,    // Both halves come to a barrier, but not to the same one.
  wrong_mask,            // A shuffle whose mask names only half of the lanes that take part.
  wide_mask,             // A shuffle whose mask names lanes that do not take part.
  different_products,    // Half of a warp comes to another product of the tensor cores than the rest.
  early_exit,            // A lane returns although the others still need it.
  off_by_one,            // An index one beyond the end of a shared array.
  missing_wait,          // Asynchronous copies are read without a wait.
  misaligned             // A 128-bit access to an address that is no multiple of 16.
};

// y[4 i ...]: the words of counter i.
static __global__ void philox_words(std::uint64_t key, std::uint64_t counter_high, std::uint32_t* y, int counters) {
  const auto i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= counters) return;
  const auto words = kernels::philox(key, counter_high, static_cast<std::uint64_t>(i));
  for (int word = 0; word < 4; ++word) y[4 * i + word] = words[static_cast<std::size_t>(word)];
}

// The sum of one value per thread, to all threads. `partial` has room for one value per warp.
template <Fault fault>
__device__ inline float block_sum(float value, float* partial) {
  const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  if (fault == Fault::wide_mask && lane < 16) return value;
  const unsigned mask = fault == Fault::wrong_mask && lane == 7 ? 0xFFFFu : kernels::cuda::whole_warp;
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(mask, value, distance);
  if (lane == 0) partial[fault == Fault::off_by_one ? warp + 1 : warp] = value;
  if (fault != Fault::missing_barrier) __syncthreads();
  float sum = 0;
  for (unsigned w = 0; w < warps; ++w) sum += partial[w];
  if (fault != Fault::missing_tail_barrier) __syncthreads();  // Before `partial` is used again.
  return sum;
}

// y = (x - mean) / mean of the squares, row by row: a block per row, `columns` at most the number of threads.
template <Fault fault>
__global__ void normalise_rows(const float* x, float* y, int columns) {
  SHARED(float, partial, [4]);
  const auto column = static_cast<int>(threadIdx.x);
  const bool inside = column < columns;
  const std::int64_t at = std::int64_t{blockIdx.x} * columns + column;
  const float value = inside ? x[at] : 0.0f;
  if (fault == Fault::early_exit && column == 5) return;
  if (fault == Fault::divergent_barrier && column < 64) __syncthreads();
  if (fault == Fault::different_barriers) {
    if (column < 64)
      __syncthreads();
    else
      __syncthreads();
  }
  const float mean = block_sum<fault>(value, partial) / static_cast<float>(columns);
  const float centred = inside ? value - mean : 0.0f;
  const float square = block_sum<fault>(centred * centred, partial) / static_cast<float>(columns);
  if (inside) y[at] = centred / square;
}

// y[i] = sum over steps s of x[s][(i + 1) % width], through two stages of shared memory that are filled asynchronously.
template <Fault fault>
__global__ void rotated_sum(const float* x, float* y, int steps) {
  constexpr int width = 256;  // Four numbers per thread.
  DYN_SHARED(float, stages);
  const int first = static_cast<int>(threadIdx.x) * 4;
  const auto load_step = [&](int step) {
    if (step < steps)
      kernels::cuda::cp_async(stages + step % 2 * width + first + (fault == Fault::misaligned ? 1 : 0),
                              x + step * width + first);
    kernels::cuda::cp_async_commit();
  };
  float sums[4] = {};
  load_step(0);
  for (int step = 0; step < steps; ++step) {
    load_step(step + 1);
    if (fault != Fault::missing_wait) kernels::cuda::cp_async_wait<1>();
    if (fault != Fault::missing_barrier) __syncthreads();
    for (int i = 0; i < 4; ++i) sums[i] += stages[step % 2 * width + (first + i + 1) % width];
    if (fault != Fault::missing_tail_barrier) __syncthreads();
  }
  for (int i = 0; i < 4; ++i) y[first + i] = sums[i];
}

// y (16x8) = a (16xk) b (8xk) transposed, k a multiple of 16, by one warp. b may also be given as kx8 (columns).
enum class Columns { along_k, along_n };
template <Columns columns>
__global__ void warp_product_bf16(const bf16* a, const bf16* b, float* y, int k) {
  SHARED(bf16, left, [16][16]);
  SHARED(bf16, right, [16][16]);
  const auto lane = static_cast<int>(threadIdx.x);
  float d[4] = {};
  for (int k0 = 0; k0 < k; k0 += 16) {
    kernels::cuda::cp_async(&left[lane / 2][lane % 2 * 8], a + lane / 2 * k + k0 + lane % 2 * 8);
    if (lane < 16) {
      if (columns == Columns::along_k)
        kernels::cuda::cp_async(&right[lane / 2][lane % 2 * 8], b + lane / 2 * k + k0 + lane % 2 * 8);
      else
        kernels::cuda::cp_async(&right[lane][0], b + (k0 + lane) * 8);
    }
    kernels::cuda::cp_async_commit();
    kernels::cuda::cp_async_wait<0>();
    __syncwarp();
    std::uint32_t fragment_a[4], fragment_b[2];
    kernels::cuda::ldmatrix(fragment_a, &left[lane % 16][lane / 16 * 8]);
    if (columns == Columns::along_k)
      kernels::cuda::ldmatrix(fragment_b, &right[lane % 8][lane / 8 % 2 * 8]);
    else
      kernels::cuda::ldmatrix_transposed(fragment_b, &right[lane % 16][0]);
    kernels::cuda::mma_m16n8k16_bf16(d, fragment_a, fragment_b);
    __syncwarp();
  }
  for (int i = 0; i < 4; ++i) y[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = d[i];
}

// The same in tf32, straight from global memory, k a multiple of 8.
template <Fault fault>
__global__ void warp_product_tf32(const float* a, const float* b, float* y, int k) {
  const auto lane = static_cast<int>(threadIdx.x);
  float d[4] = {};
  if (fault == Fault::early_exit && lane == 5) return;
  for (int k0 = 0; k0 < k; k0 += 8) {
    std::uint32_t fragment_a[4], fragment_b[2];
    for (int i = 0; i < 4; ++i)
      fragment_a[i] = kernels::cuda::to_tf32(a[(lane / 4 + i % 2 * 8) * k + k0 + lane % 4 + i / 2 * 4]);
    for (int i = 0; i < 2; ++i) fragment_b[i] = kernels::cuda::to_tf32(b[lane / 4 * k + k0 + lane % 4 + i * 4]);
    if (fault == Fault::different_products && lane < 16)
      kernels::cuda::mma_m16n8k8_tf32(d, fragment_a, fragment_b);
    else
      kernels::cuda::mma_m16n8k8_tf32(d, fragment_a, fragment_b);
  }
  for (int i = 0; i < 4; ++i) y[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = d[i];
}

}  // namespace test
