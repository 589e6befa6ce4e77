// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/conv2d_weight_layout.cuh"
#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

namespace {

constexpr int transposed_side = 32, transposed_rows = 8;

// For a convolution the rows are those of the weight. One thread writes one 128-bit piece.
template <class T>
__global__ void copy_rows(const float* weight, T* to, std::int64_t rows, int depth, int pitch, bool aligned) {
  constexpr int width = vector_width<T>;
  const std::int64_t at = chunk_start<width>();
  const std::int64_t row = at / pitch;
  const int k = static_cast<int>(at % pitch);
  if (row >= rows) return;
  float values[width];
  if (aligned) {  // And depth equals pitch.
    load_chunk(weight + at, values);
  } else {
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] = k + i < depth ? weight[row * depth + k + i] : 0.0f;
  }
  store_chunk(to + at, values);
}

// For an adjoint the result's channels are the weight's inner ones: a block turns a square of [o][i] of one tap.
template <class T>
__global__ void transpose_taps(Gather g, const float* weight, T* to, int pitch) {
  SHARED(float, square, [transposed_side][transposed_side + 1]);
  const int out = g.source_channels, in = g.result_channels;  // Of the convolution, per group.
  const int squares_across = (in + transposed_side - 1) / transposed_side;
  const int first_o = static_cast<int>(blockIdx.x) / squares_across * transposed_side;
  const int first_i = static_cast<int>(blockIdx.x) % squares_across * transposed_side;
  const int tap = static_cast<int>(blockIdx.y), group = static_cast<int>(blockIdx.z), taps = g.h.taps * g.w.taps;
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(threadIdx.y);
  for (int o = y; o < transposed_side; o += transposed_rows)
    if (first_o + o < out && first_i + x < in)
      square[o][x] = weight[((std::int64_t{group} * out + first_o + o) * taps + tap) * in + first_i + x];
  __syncthreads();
  // The phase of results that this tap contributes to, and its place among their taps.
  const auto phase_at = [](const GatherAxis& axis, int r) {
    const int remainder = (r * axis.dilation - axis.padding) % axis.stride;
    return remainder < 0 ? remainder + axis.stride : remainder;
  };
  const int r = tap / g.w.taps, s = tap % g.w.taps;
  const int phase_h = phase_at(g.h, r), phase_w = phase_at(g.w, s);
  const int place = r / taps_between(g.h) * phase_of(g.w, phase_w).taps + s / taps_between(g.w);
  const std::int64_t phase_row = (std::int64_t{phase_h} * g.w.phases() + phase_w) * g.groups + group;
  for (int i = y; i < transposed_side; i += transposed_rows)
    if (first_i + i < in && first_o + x < out)
      store(to, (phase_row * in + first_i + i) * pitch + place * out + first_o + x, square[x][i]);
}

}  // namespace

template <class T>
void lay_out_weights(Queue& queue, const Gather& g, const float* weight, const WeightLayout& layout, T* to) {
  const int taps = g.h.taps * g.w.taps;
  if (g.h.gathering == Gathering::convolution) {
    const std::int64_t rows = std::int64_t{g.groups} * g.result_channels;
    const int depth = taps * g.source_channels;
    launch(queue, elementwise_grid("conv2d, weights", layout.elements, vector_width<T>), copy_rows<T>, weight, to, rows,
           depth, layout.pitch, depth == layout.pitch && all_aligned(weight));
    return;
  }
  // What lies behind the last tap of a row is read where that tap ends inside a 128-bit access.
  if (g.source_channels % vector_width<T> != 0)
    queue.fill(to, 0, static_cast<std::size_t>(layout.elements) * sizeof(T));
  const unsigned squares =
      blocks_for(g.source_channels, transposed_side) * blocks_for(g.result_channels, transposed_side);
  launch(queue,
         {"conv2d, transposed weights",
          {squares, static_cast<unsigned>(taps), static_cast<unsigned>(g.groups)},
          {transposed_side, transposed_rows}},
         transpose_taps<T>, g, weight, to, layout.pitch);
}

template void lay_out_weights(Queue&, const Gather&, const float*, const WeightLayout&, float*);
template void lay_out_weights(Queue&, const Gather&, const float*, const WeightLayout&, bf16*);

}  // namespace kernels::cuda
