// SPDX-License-Identifier: Apache-2.0
// The product of a block: a pipeline of stages in shared memory, filled by asynchronous copies while the stage before
// is multiplied, and the way of the sums back to global memory.
#pragma once

#include "kernels/cuda/elementwise.cuh"
#include "kernels/cuda/gemm_operands.cuh"
#include "kernels/cuda/gemm_tensor_cores.cuh"

namespace kernels::cuda {

// sums += the products of `steps` steps of Tile::k. Ends with a barrier: the shared memory is free.
template <class Tile, class OperandA, class OperandB>
__device__ __forceinline__ void multiply_steps(const OperandA& a, const OperandB& b, int steps,
                                               typename Tile::Element* shared, typename Tile::Sums& sums) {
  const auto fetch = [&](int step) {
    if (step < steps) {
      typename Tile::Element* to = shared + step % Tile::stages * Tile::stage_elements;
      a.template fetch<typename Tile::A, Tile::m, Tile::k, Tile::threads>(step, to);
      b.template fetch<typename Tile::B, Tile::n, Tile::k, Tile::threads>(step, to + Tile::A::elements);
    }
    cp_async_commit();  // Of nothing behind the last step, so that the number of groups on their way stays the same.
  };
#pragma unroll
  for (int step = 0; step < Tile::stages - 1; ++step) fetch(step);
  for (int step = 0; step < steps; ++step) {
    cp_async_wait<Tile::stages - 2>();
    // Everybody's part of this stage is there, and everybody has left the one that is filled next.
    __syncthreads();
    fetch(step + Tile::stages - 1);
    const typename Tile::Element* from = shared + step % Tile::stages * Tile::stage_elements;
    Tile::multiply(from, from + Tile::A::elements, sums);
  }
  cp_async_wait<0>();
  __syncthreads();
}

// Hands the sums out in memory order: result.write(row, column, values), for rows and columns of the tile below `rows`
// and `columns`. Values are vector_width<T> neighbours where `vectors` (which `columns` is then a multiple of), else
// one. `shared` is the memory of the stages.
template <class Tile, class T, class Result>
__device__ __forceinline__ void write_sums(const typename Tile::Sums& sums, float* shared, int rows, int columns,
                                           bool vectors, const Result& result) {
  Tile::put(sums, shared);
  __syncthreads();
  const auto write = [&]<int Width>(float(&values)[Width]) {
    for (int at = thread_number(); at < Tile::m * (Tile::n / Width); at += Tile::threads) {
      const int row = at / (Tile::n / Width), column = at % (Tile::n / Width) * Width;
      if (row >= rows || column >= columns) continue;
#pragma unroll
      for (int i = 0; i < Width; ++i) values[i] = shared[row * Tile::result_pitch + column + i];
      result.write(row, column, values);
    }
  };
  if (vectors) {
    float values[vector_width<T>];
    write(values);
  } else {
    float values[1];
    write(values);
  }
}

// `values` to consecutive elements of f32 or bf16; whole 128-bit accesses, or one element.
template <class T, int Width>
__device__ __forceinline__ void put_values(T* to, const float (&values)[Width]) {
  if constexpr (Width == 1)
    store(to, 0, values[0]);
  else
    store_chunk(to, values);
}

}  // namespace kernels::cuda
