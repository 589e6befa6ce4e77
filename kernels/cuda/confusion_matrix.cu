// SPDX-License-Identifier: Apache-2.0
// A block counts in shared memory and adds what it has to the totals at its end. Atomics on whole numbers give the same
// result in any order. Images have blocks of their own, so that a block adds to one matrix.
#include "kernels/confusion_matrix.h"
#include "kernels/cuda/argmax.cuh"
#include "kernels/cuda/divisor.cuh"

namespace kernels::cuda {

namespace {

constexpr int most_classes_in_shared = 32;  // Tables of more classes are counted in global memory.
constexpr std::int64_t busy_blocks = 1024;  // Fill any GPU; more would add their tables to the totals more often.

// The pixels of one image.
struct PixelFrame {
  Divisor by_width;  // Of the logits.
  int width, label_height, label_width;
};

struct CountingRule {
  int ignored;  // -1: none.
  int matrices;
  std::int64_t first_image;
};

// Where CUDA's atomics know only these types.
struct Totals {
  unsigned long long* counts;
  long long* refused;
};

template <LinesBy by, class T>
__global__ void __launch_bounds__(line_threads)
    count_pairs(LineShape image, PixelFrame frame, CountingRule rule, const T* logits, const std::uint8_t* labels,
                const std::int32_t* matrix_of_image, Totals totals, std::uint8_t* prediction) {
  SHARED(unsigned, pairs, [most_classes_in_shared * most_classes_in_shared]);
  const std::int64_t n = blockIdx.y;
  const int matrix = matrix_of_image[n], classes = static_cast<int>(image.extent), cells = classes * classes;
  const bool counts = matrix >= 0 && matrix < rule.matrices, in_shared = classes <= most_classes_in_shared;
  if (!counts && !prediction) return;
  unsigned long long* cells_of_matrix = totals.counts + (counts ? static_cast<std::int64_t>(matrix) * cells : 0);
  if (in_shared)
    for (int cell = static_cast<int>(threadIdx.x); cell < cells; cell += line_threads) pairs[cell] = 0;
  __syncthreads();
  const T* none = nullptr;
  T* no_result = nullptr;
  const T* of_image = logits + n * image.lines * classes;
  const bool aligned = reinterpret_cast<std::uintptr_t>(of_image) % 16 == 0;
  const std::int64_t labels_before = n * frame.label_height * frame.label_width;
  for (std::int64_t block = blockIdx.x; block * lines_of_block(by) < image.lines; block += gridDim.x)
    for_lines<by>(image, block, of_image, none, no_result, aligned,
                  [&](const auto& line, std::int64_t number, const T* numbers, const T*, T*) {
                    const int predicted = place_of_largest(line, numbers);
                    const auto place = static_cast<int>(number);
                    const int row = frame.by_width.quotient(place), column = place - row * frame.width;
                    if (!line.leads() || row >= frame.label_height || column >= frame.label_width) return;
                    const std::int64_t pixel = static_cast<std::int64_t>(row) * frame.label_width + column;
                    if (prediction) prediction[labels_before + pixel] = static_cast<std::uint8_t>(predicted);
                    const int label = labels[labels_before + pixel];
                    if (!counts || label == rule.ignored) return;
                    const int cell = label * classes + predicted;
                    if (label >= classes)
                      atomicMin(totals.refused, static_cast<long long>(to_refusal(rule.first_image + n, pixel, label)));
                    else if (in_shared)
                      atomicAdd(&pairs[cell], 1u);
                    else
                      atomicAdd(&cells_of_matrix[cell], 1ULL);
                  });
  __syncthreads();
  if (!counts || !in_shared) return;
  for (int cell = static_cast<int>(threadIdx.x); cell < cells; cell += line_threads)
    if (pairs[cell] != 0) atomicAdd(&cells_of_matrix[cell], static_cast<unsigned long long>(pairs[cell]));
}

}  // namespace

void confusion_matrix(Queue& queue, const ConfusionMatrixOptions& options, const ConfusionMatrixInputs& in,
                      const ConfusionMatrixTotals& totals, View prediction) {
  const Shape &logits = in.logits.shape, &labels = in.labels.shape;
  const LineShape image{logits.h() * logits.w(), logits.c(), 1};
  const PixelFrame frame{Divisor(logits.w()), static_cast<int>(logits.w()), static_cast<int>(labels[1]),
                         static_cast<int>(labels[2])};
  const CountingRule rule{options.ignored_label.value_or(-1), static_cast<int>(totals.counts.shape[0]),
                          options.first_image};
  static_assert(sizeof(std::int64_t) == sizeof(long long));
  const Totals to{reinterpret_cast<unsigned long long*>(totals.counts.as<std::int64_t>()),
                  reinterpret_cast<long long*>(totals.refused.as<std::int64_t>())};
  visit_dtype<float, bf16>(in.logits.dtype, "confusion_matrix", [&]<class T>() {
    const auto run = [&]<LinesBy by>() {
      const std::int64_t most = std::max<std::int64_t>(1, busy_blocks / std::max<std::int64_t>(1, logits.n()));
      Grid grid = line_grid<T>("confusion_matrix", image, by, 1, most);
      grid.blocks.y = static_cast<unsigned>(logits.n());
      launch(queue, grid, count_pairs<by, T>, image, frame, rule, in.logits.as<T>(), in.labels.as<std::uint8_t>(),
             in.matrix_of_image.as<std::int32_t>(), to, prediction.as<std::uint8_t>());
    };
    if (lines_by(image) == LinesBy::tile)
      run.template operator()<LinesBy::tile>();
    else
      run.template operator()<LinesBy::warp>();
  });
}

}  // namespace kernels::cuda
