// SPDX-License-Identifier: Apache-2.0
// Matrix products by the tiles of the convolutions. A transposed operand is read the other way round into shared
// memory; nothing is transposed in global memory.
#include "kernels/cuda/gemm.cuh"
#include "kernels/cuda/matmul_kernels.h"

namespace kernels::cuda {

namespace {

// Pointers are those of the first matrix of a batch; pitch: elements from line to line in memory.
template <class T>
struct MatmulArguments {
  const T *a, *b;
  void* y;
  const float* bias;
  int m, n, k;
  std::int64_t a_pitch, b_pitch;
  int column_tiles;
  bool y_is_bf16, vectors;  // Of y's rows.
};

template <class T>
struct RowsOfProduct {
  T* to;
  const float* bias;  // Of the tile's first column.
  std::int64_t pitch;
  template <int Width>
  __device__ __forceinline__ void write(int row, int column, float (&values)[Width]) const {
    if (bias != nullptr) {
#pragma unroll
      for (int i = 0; i < Width; ++i) values[i] += bias[column + i];
    }
    put_values(to + row * pitch + column, values);
  }
};

template <class T, Access access, Layout layout>
struct OperandOf {
  using Type = RowsOfMatrix<T, access>;
};
template <class T, Access access>
struct OperandOf<T, access, Layout::k_by_k> {
  using Type = ColumnsOfMatrix<T, access>;
};

// Block x: tile; y: matrix of the batch.
template <class Tile, Access access, int dynamic_shared_bytes = Tile::shared_bytes>
__global__ void __launch_bounds__(Tile::threads) matmul_tile(MatmulArguments<typename Tile::Element> p) {
  using T = typename Tile::Element;
  DYN_SHARED(T, stages);
  const int first_row = static_cast<int>(blockIdx.x) / p.column_tiles * Tile::m;
  const int first_column = static_cast<int>(blockIdx.x) % p.column_tiles * Tile::n;
  const std::int64_t matrix = blockIdx.y, a_matrix = matrix * p.m * p.k, b_matrix = matrix * p.k * p.n;
  const typename OperandOf<T, access, Tile::a_layout>::Type a{
      p.a + a_matrix + (Tile::a_layout == Layout::row_by_row ? first_row * p.a_pitch : first_row), p.a_pitch,
      p.m - first_row, p.k};
  const typename OperandOf<T, access, Tile::b_layout>::Type b{
      p.b + b_matrix + (Tile::b_layout == Layout::row_by_row ? first_column * p.b_pitch : first_column), p.b_pitch,
      p.n - first_column, p.k};
  typename Tile::Sums sums;
  multiply_steps<Tile>(a, b, (p.k + Tile::k - 1) / Tile::k, stages, sums);
  const float* bias = p.bias != nullptr ? p.bias + first_column : nullptr;
  const std::int64_t to = (matrix * p.m + first_row) * p.n + first_column;
  const auto write = [&]<class Y>(Y* y) {
    write_sums<Tile, Y>(sums, reinterpret_cast<float*>(stages), p.m - first_row, p.n - first_column, p.vectors,
                        RowsOfProduct<Y>{y + to, bias, p.n});
  };
  if (p.y_is_bf16)
    write(static_cast<bf16*>(p.y));
  else
    write(static_cast<float*>(p.y));
}

// One f32 operand beside one of bf16 is rounded to it.
__global__ void round_to_bf16(const float* from, bf16* to, std::int64_t count, bool aligned) {
  constexpr int width = vector_width<bf16>;
  const std::int64_t at = chunk_start<width>();
  if (aligned && at + width <= count) {
    float values[width];
    load_chunk(from + at, values);
    store_chunk(to + at, values);
  } else {
    for (std::int64_t i = at; i < at + width && i < count; ++i) store(to, i, load(from, i));
  }
}

template <class Tile>
void launch_tiles(Queue& queue, const MatmulProblem& problem, MatmulArguments<typename Tile::Element> p) {
  p.a_pitch = Tile::a_layout == Layout::row_by_row ? problem.k : problem.m;
  p.b_pitch = Tile::b_layout == Layout::row_by_row ? problem.k : problem.n;
  p.column_tiles = static_cast<int>(blocks_for(p.n, Tile::n));
  const bool vectors = takes_vectors(p.a, p.a_pitch) && takes_vectors(p.b, p.b_pitch);
  const Grid grid{.kernel = "matmul",
                  .blocks = {blocks_for(p.m, Tile::m) * static_cast<unsigned>(p.column_tiles),
                             static_cast<unsigned>(problem.batch)},
                  .threads = Tile::threads,
                  .shared_bytes = Tile::shared_bytes};
  launch(queue, grid, vectors ? matmul_tile<Tile, Access::vectors> : matmul_tile<Tile, Access::elements>, p);
}

template <Layout a, Layout b, class T>
void multiply(Queue& queue, const MatmulProblem& problem, const MatmulArguments<T>& p) {
  if constexpr (std::is_same_v<T, bf16>)
    launch_tiles<Bf16Tile<64, 64, 32, 32, a, b>>(queue, problem, p);
  else if (queue.products() == Products::tf32)
    launch_tiles<Tf32Tile<64, 64, 32, 32, a, b>>(queue, problem, p);
  else
    launch_tiles<ScalarTile<64, 64, 16, 8, a, b>>(queue, problem, p);
}

template <class T>
void multiply(Queue& queue, const MatmulProblem& problem, const MatmulOptions& options, const MatmulArguments<T>& p) {
  constexpr auto rows = Layout::row_by_row, columns = Layout::k_by_k;
  const bool a_turned = options.a == Transpose::yes, b_turned = options.b == Transpose::yes;
  // A is read along k unless it is transposed; B, [k, n], only where it is.
  if (!a_turned && b_turned) return multiply<rows, rows>(queue, problem, p);
  if (!a_turned) return multiply<rows, columns>(queue, problem, p);
  if (b_turned) return multiply<columns, rows>(queue, problem, p);
  multiply<columns, columns>(queue, problem, p);
}

}  // namespace

void matmul_by_kernels(Queue& queue, const MatmulOptions& options, ConstView a, ConstView b, ConstView bias, View y) {
  const MatmulProblem problem = matmul_problem(a.shape, b.shape, options);
  const bool y_is_bf16 = y.dtype == DType::bf16;
  const auto run = [&]<class T>(const T* left, const T* right) {
    const MatmulArguments<T> p{
        .a = left,
        .b = right,
        .y = y.data,
        .bias = bias.as<float>(),
        .m = static_cast<int>(problem.m),
        .n = static_cast<int>(problem.n),
        .k = static_cast<int>(problem.k),
        .a_pitch = 0,  // The layout's.
        .b_pitch = 0,
        .column_tiles = 0,
        .y_is_bf16 = y_is_bf16,
        .vectors = y_is_bf16 ? takes_vectors(y.as<bf16>(), problem.n) : takes_vectors(y.as<float>(), problem.n)};
    multiply(queue, problem, options, p);
  };
  if (a.dtype == DType::f32 && b.dtype == DType::f32) return run(a.as<float>(), b.as<float>());
  const auto bytes = [](const ConstView& operand) {
    return operand.dtype == DType::f32 ? static_cast<std::size_t>(operand.elements()) * sizeof(bf16) : 1;
  };
  const Workspace rounded_a(queue, bytes(a)), rounded_b(queue, bytes(b));
  const auto in_bf16 = [&](const ConstView& operand, bf16* room) -> const bf16* {
    if (operand.dtype != DType::f32) return operand.as<bf16>();
    launch(queue, elementwise_grid("matmul, rounding", operand.elements(), vector_width<bf16>), round_to_bf16,
           operand.as<float>(), room, operand.elements(), all_aligned(operand.as<float>(), room));
    return room;
  };
  run(in_bf16(a, rounded_a.as<bf16>()), in_bf16(b, rounded_b.as<bf16>()));
}

}  // namespace kernels::cuda
