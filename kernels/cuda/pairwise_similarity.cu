// SPDX-License-Identifier: Apache-2.0
// A block per pixel writes its unit vector in f32; the similarities are a batch of matrix products, all images together
// where the gradient wants them, else one image at a time in the same memory.
#include "kernels/cuda/term_sum.cuh"
#include "kernels/matmul.h"
#include "kernels/pairwise_similarity.h"

namespace kernels::cuda {

namespace {

constexpr int unit_threads = 128;

// Of the pixels from `first` on, one per block. inverse_norm may be null.
template <class T>
__global__ void __launch_bounds__(unit_threads) write_unit_vectors(const T* features, int channels, std::int64_t first,
                                                                   bool aligned, float* unit, float* inverse_norm) {
  constexpr int width = vector_width<T>;
  const std::int64_t pixel = first + blockIdx.x;
  const T* from = features + pixel * channels;
  float* to = unit + std::int64_t{blockIdx.x} * channels;
  double squares = 0;
  for (int item = static_cast<int>(threadIdx.x); item * width < channels; item += unit_threads) {
    float values[width];
    load_item(from, item, channels, aligned, values);
#pragma unroll
    for (int i = 0; i < width; ++i) squares += static_cast<double>(values[i] * values[i]);
  }
  squares = block_sum<unit_threads>(squares);
  const auto inverse = static_cast<float>(1 / (sqrt(squares) + similarity_epsilon));
  for (int item = static_cast<int>(threadIdx.x); item * width < channels; item += unit_threads) {
    float values[width];
    load_item(from, item, channels, aligned, values);
#pragma unroll
    for (int i = 0; i < width; ++i) values[i] *= inverse;
    if (aligned) {  // Then the channels are whole items.
      store_chunk(to + item * width, values);
    } else {
#pragma unroll
      for (int i = 0; i < width; ++i)
        if (item * width + i < channels) to[item * width + i] = values[i];
    }
  }
  if (inverse_norm && threadIdx.x == 0) inverse_norm[pixel] = inverse;
}

// The squares of difference -= wanted.
struct SquaredSimilarityDifferences {
  float* difference;
  const float* wanted;
  __device__ double operator()(std::int64_t i) const {
    const float d = difference[i] - wanted[i];
    difference[i] = d;
    return static_cast<double>(d * d);
  }
};

// factor[i, j] = scale * dloss * difference[i, j] / (|f_i| |f_j|).
__global__ void __launch_bounds__(elementwise_threads)
    pair_factors(const float* difference, const float* inverse_norm, const float* dloss, float scale, int pixels,
                 std::int64_t count, float* factor) {
  const std::int64_t at = std::int64_t{blockIdx.x} * elementwise_threads + threadIdx.x;
  if (at >= count) return;
  const std::int64_t row = at / pixels, first = row / pixels * pixels;
  factor[at] = scale * dloss[0] * inverse_norm[row] * difference[at] * inverse_norm[first + at % pixels];
}

std::size_t bytes_of_floats(std::int64_t count) {
  return static_cast<std::size_t>(count) * sizeof(float);
}

}  // namespace

void pairwise_similarity_forward(Queue& queue, ConstView student, ConstView teacher, View loss,
                                 const SimilaritySaved& saved) {
  const std::int64_t images = student.shape.n(), m = student.shape.h() * student.shape.w();
  const std::int64_t group = saved.difference ? images : 1, groups = images / group;
  const std::int64_t most_channels = std::max(student.shape.c(), teacher.shape.c());
  const Workspace unit(queue, bytes_of_floats(group * m * most_channels));
  const Workspace of_teacher(queue, bytes_of_floats(group * m * m));
  const Workspace of_student(queue, saved.difference ? sizeof(float) : bytes_of_floats(group * m * m));
  float* difference = saved.difference ? saved.difference.as<float>() : of_student.as<float>();
  const auto similarities = [&](ConstView features, std::int64_t first, float* inverse_norm, float* map) {
    const std::int64_t channels = features.shape.c();
    visit_dtype<float, bf16>(features.dtype, "pairwise_similarity", [&]<class T>() {
      launch(queue, {"pairwise_similarity_forward, unit", static_cast<unsigned>(group * m), unit_threads},
             write_unit_vectors<T>, features.as<T>(), static_cast<int>(channels), first * m,
             takes_vectors(features.as<T>(), channels), unit.as<float>(), inverse_norm);
    });
    const ConstView u{unit.data(), DType::f32, {group, m, channels}};
    matmul(queue, {.b = Transpose::yes}, u, u, ConstView{}, View{map, DType::f32, {group, m, m}});
  };
  const unsigned blocks = term_blocks(group * m * m);
  const Workspace partial(queue, static_cast<std::size_t>(groups) * blocks * sizeof(double));
  for (std::int64_t number = 0; number < groups; ++number) {
    similarities(teacher, number * group, nullptr, of_teacher.as<float>());
    similarities(student, number * group, saved.inverse_norm.as<float>(), difference);
    launch_add_terms(queue, "pairwise_similarity_forward, squares",
                     SquaredSimilarityDifferences{difference, of_teacher.as<float>()}, group * m * m,
                     partial.as<double>() + number * blocks);
  }
  launch_join_terms(queue, "pairwise_similarity_forward, join", partial.as<double>(), static_cast<int>(groups * blocks),
                    1 / static_cast<double>(m * m * images), loss.as<float>());
}

void pairwise_similarity_grad(Queue& queue, ConstView student, const SimilaritySaved& saved, ConstView dloss,
                              View dstudent) {
  const std::int64_t images = student.shape.n(), m = student.shape.h() * student.shape.w();
  const std::int64_t count = images * m * m;
  const Workspace factors(queue, bytes_of_floats(count));
  launch(queue, elementwise_grid("pairwise_similarity_grad, factors", count, 1), pair_factors,
         saved.difference.as<float>(), saved.inverse_norm.as<float>(), dloss.as<float>(),
         static_cast<float>(4 / static_cast<double>(count)), static_cast<int>(m), count, factors.as<float>());
  const Shape rows{images, m, student.shape.c()};
  matmul(queue, {}, ConstView{factors.data(), DType::f32, {images, m, m}}, ConstView{student.data, student.dtype, rows},
         ConstView{}, View{dstudent.data, dstudent.dtype, rows});
}

}  // namespace kernels::cuda
