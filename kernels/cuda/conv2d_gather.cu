// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/conv2d_gather.cuh"
#include "kernels/cuda/conv2d_gather.h"
#include "kernels/cuda/conv2d_weight_layout.cuh"

namespace kernels::cuda {

namespace {

constexpr std::int64_t busy_blocks = 132;  // As many as a large device has multiprocessors.

std::int64_t most_pixels(const Gather& g) {
  return std::int64_t{g.images} * phase_of(g.h, 0).positions * phase_of(g.w, 0).positions;
}

// The largest tile that is not wider than the channels and still keeps the device busy.
GatherTile choose_tile(const Gather& g) {
  const auto busy = [&](int width) {
    const std::int64_t rows = (most_pixels(g) + 127) / 128, columns = (g.result_channels + width - 1) / width;
    return rows * columns * g.phases() * g.groups >= busy_blocks;
  };
  const int channels = g.result_channels;
  if (channels > 64 && busy(128)) return GatherTile::of_128x128;
  if (channels > 32 && busy(64)) return GatherTile::of_128x64;
  if (channels > 16 && channels <= 32 && busy(32)) return GatherTile::of_128x32;
  if (channels <= 16 && busy(16)) return GatherTile::of_128x16;
  return GatherTile::of_64x32;
}

// What each candidate is in one arithmetic.
struct Bf16Tiles {
  using Of64x32 = Bf16Tile<64, 32, 32, 16>;
  using Of128x16 = Bf16Tile<128, 16, 32, 16>;
  using Of128x32 = Bf16Tile<128, 32, 32, 32>;
  using Of128x64 = Bf16Tile<128, 64, 64, 32>;
  using Of128x128 = Bf16Tile<128, 128, 64, 32>;
};
struct Tf32Tiles {
  using Of64x32 = Tf32Tile<64, 32, 32, 16>;
  using Of128x16 = Tf32Tile<128, 16, 32, 16>;
  using Of128x32 = Tf32Tile<128, 32, 32, 32>;
  using Of128x64 = Tf32Tile<128, 64, 64, 32>;
  using Of128x128 = Tf32Tile<128, 128, 64, 32>;
};
struct ScalarTiles {
  using Of64x32 = ScalarTile<64, 32, 16, 8>;
  using Of128x16 = ScalarTile<128, 16, 16, 8>;
  using Of128x32 = ScalarTile<128, 32, 16, 8>;
  using Of128x64 = ScalarTile<128, 64, 16, 8>;
  using Of128x128 = ScalarTile<128, 128, 16, 16>;
};

template <class Tiles, class Body>
void visit_tile(GatherTile tile, Body&& body) {
  switch (tile) {
    case GatherTile::automatic:
    case GatherTile::of_64x32:
      return body.template operator()<typename Tiles::Of64x32>();
    case GatherTile::of_128x16:
      return body.template operator()<typename Tiles::Of128x16>();
    case GatherTile::of_128x32:
      return body.template operator()<typename Tiles::Of128x32>();
    case GatherTile::of_128x64:
      return body.template operator()<typename Tiles::Of128x64>();
    case GatherTile::of_128x128:
      return body.template operator()<typename Tiles::Of128x128>();
  }
}

template <class Tile>
void launch_tiles(Queue& queue, const char* kernel, GatherArguments<typename Tile::Element> arguments) {
  const Gather& g = arguments.gather;
  arguments.column_tiles = static_cast<int>(blocks_for(g.result_channels, Tile::n));
  const Grid grid{.kernel = kernel,
                  .blocks = {blocks_for(most_pixels(g), Tile::m) * static_cast<unsigned>(arguments.column_tiles),
                             static_cast<unsigned>(g.phases()), static_cast<unsigned>(g.groups)},
                  .threads = Tile::threads,
                  .shared_bytes = Tile::shared_bytes};
  const bool vectors = takes_vectors(arguments.source, g.source_channels);
  launch(queue, grid, vectors ? gather_tile<Tile, Access::vectors> : gather_tile<Tile, Access::elements>, arguments);
}

}  // namespace

void gather_products(Queue& queue, const GatherProblem& problem, ConstView source, ConstView weight,
                     const Conv2dEpilogue& epilogue, View result) {
  const Gather gather = gather_of(problem.gathering, problem.options, source.shape, weight.shape, result.shape);
  const GatherTile tile = problem.tile == GatherTile::automatic ? choose_tile(gather) : problem.tile;
  visit_dtype<float, bf16>(source.dtype, problem.kernel, [&]<class T>() {
    const WeightLayout layout = weight_layout<T>(gather);
    // An f32 convolution reads the masters themselves where their rows take 128-bit accesses.
    const std::int64_t depth = weight.elements() / weight.shape[0];
    const bool as_it_is = std::is_same_v<T, float> && problem.gathering == Gathering::convolution &&
                          takes_vectors(weight.as<float>(), depth);
    const Workspace laid_out(queue, as_it_is ? 1 : static_cast<std::size_t>(layout.elements) * sizeof(T));
    if (!as_it_is) lay_out_weights(queue, gather, weight.as<float>(), layout, laid_out.as<T>());
    const GatherArguments<T> arguments{
        .gather = gather,
        .source_channels = Divisor(gather.source_channels),
        .source = source.as<T>(),
        .weight = as_it_is ? static_cast<const T*>(weight.data) : laid_out.as<T>(),
        .weight_pitch = layout.pitch,
        .column_tiles = 0,  // The tile's.
        .result = result.as<T>(),
        .residual = epilogue.residual.as<T>(),
        .scale = epilogue.scale.as<float>(),
        .bias = epilogue.bias.as<float>(),
        .slope = static_cast<float>(problem.options.activation.slope),
        .vectors = takes_vectors(result.as<T>(), gather.result_channels) && all_aligned(epilogue.residual.as<T>())};
    const auto run = [&]<class Tile>() {
      launch_tiles<Tile>(queue, problem.kernel, arguments);
    };
    if constexpr (std::is_same_v<T, bf16>)
      visit_tile<Bf16Tiles>(tile, run);
    else if (queue.products() == Products::tf32)
      visit_tile<Tf32Tiles>(tile, run);
    else
      visit_tile<ScalarTiles>(tile, run);
  });
}

}  // namespace kernels::cuda
