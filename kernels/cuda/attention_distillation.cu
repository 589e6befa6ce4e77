// SPDX-License-Identifier: Apache-2.0
// A warp per pixel finds A; a block per image divides by the norm and adds its share of the loss. The gradient takes a
// block per image for the factors of the pixels, and one pass over the features.
#include "kernels/attention_distillation.h"
#include "kernels/cuda/term_sum.cuh"

namespace kernels::cuda {

namespace {

template <class T>
__global__ void __launch_bounds__(term_threads)
    write_energies(const T* features, int channels, std::int64_t pixels, bool aligned, float* energies) {
  constexpr int width = vector_width<T>;
  const std::int64_t pixel = std::int64_t{blockIdx.x} * (term_threads / warp_size) + threadIdx.x / warp_size;
  double sum = 0;  // A warp beyond the last pixel adds nothing, but takes part.
  if (pixel < pixels)
    for (int item = static_cast<int>(threadIdx.x % warp_size); item * width < channels; item += warp_size) {
      float values[width];
      load_item(features + pixel * channels, item, channels, aligned, values);
#pragma unroll
      for (int i = 0; i < width; ++i) sum += static_cast<double>(values[i] * values[i]);
    }
  sum = warp_sum(sum);
  if (pixel < pixels && threadIdx.x % warp_size == 0)
    energies[pixel] = static_cast<float>(sum / static_cast<double>(channels));
}

// Divides a map by its norm, which is returned. All threads of the block take part.
__device__ double make_unit(float* map, std::int64_t pixels) {
  double squares = 0;
  for (std::int64_t i = threadIdx.x; i < pixels; i += term_threads)
    squares += static_cast<double>(map[i]) * static_cast<double>(map[i]);
  const double norm = sqrt(block_sum<term_threads>(squares));
  const auto inverse = static_cast<float>(1 / (norm > least_attention_norm ? norm : least_attention_norm));
  for (std::int64_t i = threadIdx.x; i < pixels; i += term_threads) map[i] *= inverse;
  return norm;
}

// A block per image.
__global__ void __launch_bounds__(term_threads)
    compare_maps(float* student, float* teacher, std::int64_t pixels, float* norm, double* partial) {
  float *q = student + blockIdx.x * pixels, *target = teacher + blockIdx.x * pixels;
  const double of_student = make_unit(q, pixels);
  make_unit(target, pixels);
  double sum = 0;  // Every thread reads what it wrote itself.
  for (std::int64_t i = threadIdx.x; i < pixels; i += term_threads)
    sum += static_cast<double>((q[i] - target[i]) * (q[i] - target[i]));
  sum = block_sum<term_threads>(sum);
  if (threadIdx.x != 0) return;
  norm[blockIdx.x] = static_cast<float>(of_student);
  partial[blockIdx.x] = sum;
}

// factors[pixel]: what 2 f / c is multiplied with, that included. A block per image.
__global__ void __launch_bounds__(term_threads)
    attention_factors(const float* student, const float* teacher, const float* norm, const float* dloss,
                      std::int64_t pixels, int channels, float* factors) {
  const float *q = student + blockIdx.x * pixels, *target = teacher + blockIdx.x * pixels;
  const float factor = 2 * dloss[0] / (static_cast<float>(pixels) * static_cast<float>(gridDim.x));
  double share = 0;
  for (std::int64_t i = threadIdx.x; i < pixels; i += term_threads)
    share += static_cast<double>(q[i] * factor * (q[i] - target[i]));
  const auto product = static_cast<float>(block_sum<term_threads>(share));
  const float of_image = norm[blockIdx.x];
  const float inverse = of_image < static_cast<float>(least_attention_norm) ? 0.0f : 1 / of_image;
  for (std::int64_t i = threadIdx.x; i < pixels; i += term_threads)
    factors[blockIdx.x * pixels + i] =
        (factor * (q[i] - target[i]) - q[i] * product) * inverse * 2 / static_cast<float>(channels);
}

template <class T>
__global__ void __launch_bounds__(term_threads) scale_pixels(const T* features, const float* factors, int channels,
                                                             std::int64_t count, bool aligned, T* dfeatures) {
  constexpr int width = vector_width<T>;
  const std::int64_t item = std::int64_t{blockIdx.x} * term_threads + threadIdx.x;
  if (item * width >= count) return;
  float values[width];
  load_item(features, item, count, aligned, values);
#pragma unroll
  for (int i = 0; i < width; ++i) {
    const std::int64_t at = item * width + i;
    if (at < count) values[i] *= factors[at / channels];
  }
  store_item(dfeatures, item, count, aligned, values);
}

template <class T>
void launch_energies(Queue& queue, ConstView features, float* energies) {
  const std::int64_t channels = features.shape.c(), pixels = features.shape.pixels();
  launch(queue,
         {"attention_distillation_forward, energies", blocks_for(pixels, term_threads / warp_size), term_threads},
         write_energies<T>, features.as<T>(), static_cast<int>(channels), pixels,
         takes_vectors(features.as<T>(), channels), energies);
}

}  // namespace

void attention_distillation_forward(Queue& queue, ConstView student, ConstView teacher, View loss,
                                    const AttentionMaps& maps) {
  const std::int64_t images = student.shape.n(), pixels = student.shape.h() * student.shape.w();
  visit_dtype<float, bf16>(student.dtype, "attention_distillation",
                           [&]<class T>() { launch_energies<T>(queue, student, maps.student.as<float>()); });
  visit_dtype<float, bf16>(teacher.dtype, "attention_distillation",
                           [&]<class T>() { launch_energies<T>(queue, teacher, maps.teacher.as<float>()); });
  const Workspace partial(queue, static_cast<std::size_t>(images) * sizeof(double));
  launch(queue, {"attention_distillation_forward, maps", static_cast<unsigned>(images), term_threads}, compare_maps,
         maps.student.as<float>(), maps.teacher.as<float>(), pixels, maps.norm.as<float>(), partial.as<double>());
  launch_join_terms(queue, "attention_distillation_forward, join", partial.as<double>(), static_cast<int>(images),
                    1 / static_cast<double>(images * pixels), loss.as<float>());
}

void attention_distillation_grad(Queue& queue, ConstView student, const AttentionMaps& maps, ConstView dloss,
                                 View dstudent) {
  const std::int64_t images = student.shape.n(), pixels = student.shape.h() * student.shape.w();
  const auto channels = static_cast<int>(student.shape.c());
  const Workspace factors(queue, static_cast<std::size_t>(images * pixels) * sizeof(float));
  launch(queue, {"attention_distillation_grad, factors", static_cast<unsigned>(images), term_threads},
         attention_factors, maps.student.as<float>(), maps.teacher.as<float>(), maps.norm.as<float>(),
         dloss.as<float>(), pixels, channels, factors.as<float>());
  visit_dtype<float, bf16>(student.dtype, "attention_distillation", [&]<class T>() {
    const auto* from = student.as<T>();
    auto* to = dstudent.as<T>();
    launch(queue,
           {"attention_distillation_grad", blocks_for(chunks_of<T>(student.elements()), term_threads), term_threads},
           scale_pixels<T>, from, factors.as<float>(), channels, student.elements(), all_aligned(from, to), to);
  });
}

}  // namespace kernels::cuda
