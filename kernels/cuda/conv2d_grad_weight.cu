// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/conv2d_grad_weight.cuh"
#include "kernels/cuda/conv2d_grad_weight.h"

namespace kernels::cuda {

namespace {

// Both are constants, not the device's, so that the order of the sums does not depend on where they are added.
constexpr std::int64_t wanted_blocks = 264;      // Two for each multiprocessor of a large device.
constexpr std::int64_t pixels_of_a_split = 256;  // At least.

constexpr int summed_columns = 32, summed_stripes = 8;

// to[at] = sum over splits of from[split][at], in stripes of splits and then stripe by stripe.
__global__ void add_splits(const float* from, float* to, std::int64_t count, int splits) {
  SHARED(float, of_stripes, [summed_stripes][summed_columns]);
  const std::int64_t at = std::int64_t{blockIdx.x} * summed_columns + threadIdx.x;
  float sum = 0;
  if (at < count)
    for (int split = static_cast<int>(threadIdx.y); split < splits; split += summed_stripes)
      sum += from[split * count + at];
  of_stripes[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y != 0 || at >= count) return;
  float total = 0;
#pragma unroll
  for (int stripe = 0; stripe < summed_stripes; ++stripe) total += of_stripes[stripe][threadIdx.x];
  to[at] = total;
}

// What each candidate is in one arithmetic.
struct Bf16Tiles {
  using Of16x128 = Bf16Tile<16, 128, 16, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of32x64 = Bf16Tile<32, 64, 16, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of64x64 = Bf16Tile<64, 64, 32, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of128x128 = Bf16Tile<128, 128, 64, 32, Layout::k_by_k, Layout::k_by_k>;
};
struct Tf32Tiles {
  using Of16x128 = Tf32Tile<16, 128, 16, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of32x64 = Tf32Tile<32, 64, 16, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of64x64 = Tf32Tile<64, 64, 32, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of128x128 = Tf32Tile<128, 128, 64, 32, Layout::k_by_k, Layout::k_by_k>;
};
struct ScalarTiles {
  using Of16x128 = ScalarTile<16, 128, 4, 32, Layout::k_by_k, Layout::k_by_k>;
  using Of32x64 = ScalarTile<32, 64, 8, 16, Layout::k_by_k, Layout::k_by_k>;
  using Of64x64 = ScalarTile<64, 64, 16, 8, Layout::k_by_k, Layout::k_by_k>;
  using Of128x128 = ScalarTile<128, 128, 16, 16, Layout::k_by_k, Layout::k_by_k>;
};

template <class Tile, Access access_dy, Access access_x>
void launch_tiles(Queue& queue, int wanted_splits, GradWeightArguments<typename Tile::Element> p, float* dweight) {
  const std::int64_t columns = std::int64_t{p.taps} * p.in_channels, count = columns * p.out_channels * p.groups;
  p.column_tiles = static_cast<int>(blocks_for(columns, Tile::n));
  const unsigned tiles = blocks_for(p.out_channels, Tile::m) * static_cast<unsigned>(p.column_tiles);
  const std::int64_t room = wanted_blocks / (std::int64_t{tiles} * p.groups), most = p.pixels / pixels_of_a_split;
  const std::int64_t chosen = wanted_splits > 0 ? wanted_splits : std::max<std::int64_t>(1, std::min(room, most));
  p.pixels_of_split = static_cast<int>(blocks_for(blocks_for(p.pixels, chosen), Tile::k)) * Tile::k;
  const unsigned splits = blocks_for(p.pixels, p.pixels_of_split);
  const Workspace partial(queue, splits == 1 ? 1 : static_cast<std::size_t>(count) * splits * sizeof(float));
  p.to = splits == 1 ? dweight : partial.as<float>();
  p.vectors = takes_vectors(p.to, columns);
  launch(queue,
         {.kernel = "conv2d_grad_weight",
          .blocks = {tiles, static_cast<unsigned>(p.groups), splits},
          .threads = Tile::threads,
          .shared_bytes = Tile::shared_bytes},
         grad_weight_tile<Tile, access_dy, access_x>, p);
  if (splits > 1)
    launch(queue,
           {"conv2d_grad_weight, sum of splits", blocks_for(count, summed_columns), {summed_columns, summed_stripes}},
           add_splits, partial.as<float>(), dweight, count, static_cast<int>(splits));
}

// The tile that wastes the fewest products on rows and columns that the weight does not have, or nearly.
GradWeightTile choose_tile(int rows, int columns) {
  if (rows <= 16 && columns > 64) return GradWeightTile::of_16x128;
  if (rows <= 32) return GradWeightTile::of_32x64;
  return rows > 64 && columns > 64 ? GradWeightTile::of_128x128 : GradWeightTile::of_64x64;
}

template <class Tiles, class T>
void launch_problem(Queue& queue, const GradWeightPlan& plan, const GradWeightArguments<T>& p, float* dweight) {
  const bool dy_vectors = takes_vectors(p.dy, p.out_channels), x_vectors = takes_vectors(p.x, p.in_channels);
  const GradWeightTile tile =
      plan.tile == GradWeightTile::automatic ? choose_tile(p.out_channels, p.taps * p.in_channels) : plan.tile;
  const auto with_access = [&]<class Tile>() {
    constexpr auto vectors = Access::vectors, elements = Access::elements;
    if (dy_vectors && x_vectors) return launch_tiles<Tile, vectors, vectors>(queue, plan.splits, p, dweight);
    if (dy_vectors) return launch_tiles<Tile, vectors, elements>(queue, plan.splits, p, dweight);
    if (x_vectors) return launch_tiles<Tile, elements, vectors>(queue, plan.splits, p, dweight);
    return launch_tiles<Tile, elements, elements>(queue, plan.splits, p, dweight);
  };
  if (tile == GradWeightTile::of_16x128) return with_access.template operator()<typename Tiles::Of16x128>();
  if (tile == GradWeightTile::of_32x64) return with_access.template operator()<typename Tiles::Of32x64>();
  if (tile == GradWeightTile::of_64x64 || !dy_vectors || !x_vectors)
    return with_access.template operator()<typename Tiles::Of64x64>();
  launch_tiles<typename Tiles::Of128x128, Access::vectors, Access::vectors>(queue, plan.splits, p, dweight);
}

}  // namespace

void conv2d_grad_weight_by(Queue& queue, const GradWeightPlan& plan, const Conv2dOptions& options, ConstView dy,
                           ConstView x, View dweight) {
  const std::int64_t image_pixels = dy.shape.h() * dy.shape.w();
  visit_dtype<float, bf16>(dy.dtype, "conv2d_grad_weight", [&]<class T>() {
    const GradWeightArguments<T> p{.dy = dy.as<T>(),
                                   .x = x.as<T>(),
                                   .to = nullptr,  // The tile decides.
                                   .groups = options.groups,
                                   .out_channels = static_cast<int>(dy.shape.c() / options.groups),
                                   .in_channels = static_cast<int>(x.shape.c() / options.groups),
                                   .x_h = static_cast<int>(x.shape.h()),
                                   .x_w = static_cast<int>(x.shape.w()),
                                   .y_w = static_cast<int>(dy.shape.w()),
                                   .stride = options.stride,
                                   .padding = options.padding,
                                   .dilation = options.dilation,
                                   .taps = static_cast<int>(dweight.shape[2] * dweight.shape[3]),
                                   .taps_w = static_cast<int>(dweight.shape[3]),
                                   .pixels_of_image = Divisor(image_pixels),
                                   .pixels_of_row = Divisor(dy.shape.w()),
                                   .image_pixels = static_cast<int>(image_pixels),
                                   .pixels = static_cast<int>(dy.shape.pixels()),
                                   .pixels_of_split = 0,
                                   .column_tiles = 0,
                                   .vectors = false};
    if constexpr (std::is_same_v<T, bf16>)
      launch_problem<Bf16Tiles>(queue, plan, p, dweight.as<float>());
    else if (queue.products() == Products::tf32)
      launch_problem<Tf32Tiles>(queue, plan, p, dweight.as<float>());
    else
      launch_problem<ScalarTiles>(queue, plan, p, dweight.as<float>());
  });
}

}  // namespace kernels::cuda
