// SPDX-License-Identifier: Apache-2.0
// One pass over the logits in each direction. The loss is summed in f64: over the pixels of a thread, the threads of a
// block, and then the blocks, always in the same order.
#include "kernels/cross_entropy.h"
#include "kernels/cuda/lines.cuh"

namespace kernels::cuda {

namespace {

constexpr std::int64_t most_blocks_of_sum = 1024;
constexpr int joining_threads = 256;

// What a label says of its pixel.
struct LabelRule {
  const float* weight;  // May be null.
  std::int64_t ignored, classes;
  bool ignores;

  __device__ bool counts(std::int64_t label) const { return !(ignores && label == ignored); }
  __device__ bool is_class(std::int64_t label) const { return label >= 0 && label < classes; }
  __device__ float weight_of(std::int64_t label) const { return weight ? weight[label] : 1.0f; }
};

// kept[pixel] where the loss is not reduced; else partial[block] the sum, and partial[gridDim.x + block] the weights.
template <LinesBy by, class T, class L>
__global__ void __launch_bounds__(line_threads) add_losses(LineShape shape, const T* logits, const L* labels,
                                                           LabelRule rule, bool aligned, float* kept, double* partial) {
  double loss = 0, weight = 0;
  const T* none = nullptr;
  T* no_result = nullptr;
  constexpr int lines = lines_of_block(by);
  for (std::int64_t block = blockIdx.x; block * lines < shape.lines; block += gridDim.x)
    for_lines<by>(shape, block, logits, none, no_result, aligned,
                  [&](const auto& line, std::int64_t pixel, const T* numbers, const T*, T*) {
                    const std::int64_t label = labels[pixel];
                    float value = 0;
                    if (rule.counts(label)) {
                      const float largest = largest_of(line, numbers);
                      const float logarithm = logf(sum_of_exponentials(line, numbers, largest));
                      float factor = NAN;  // Of a label that is no class.
                      if (rule.is_class(label)) {
                        factor = rule.weight_of(label);
                        value = factor * (logarithm + (largest - load(numbers, label)));
                      } else {
                        value = NAN;
                      }
                      if (line.leads()) {
                        loss += static_cast<double>(value);
                        weight += static_cast<double>(factor);
                      }
                    }
                    if (kept && line.leads()) kept[pixel] = value;
                  });
  if (kept) return;
  loss = block_sum<line_threads>(loss);
  weight = block_sum<line_threads>(weight);
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = loss;
    partial[gridDim.x + blockIdx.x] = weight;
  }
}

// total_weight null: the sum; else the mean, and the divisor.
__global__ void __launch_bounds__(joining_threads)
    join_losses(const double* partial, int blocks, float* loss, float* total_weight) {
  double sum = 0, weight = 0;
  for (int block = static_cast<int>(threadIdx.x); block < blocks; block += joining_threads) {
    sum += partial[block];
    weight += partial[blocks + block];
  }
  sum = block_sum<joining_threads>(sum);
  weight = block_sum<joining_threads>(weight);
  if (threadIdx.x != 0) return;
  loss[0] = static_cast<float>(total_weight ? sum / weight : sum);
  if (total_weight) total_weight[0] = static_cast<float>(weight);
}

// dloss: one number, or one per pixel; total_weight: the divisor, or null.
struct LossGradient {
  const float *dloss, *total_weight;
  bool per_pixel;
};

template <LinesBy by, class T, class L>
__global__ void __launch_bounds__(line_threads)
    cross_entropy_gradient(LineShape shape, const T* logits, const L* labels, LabelRule rule, LossGradient gradient,
                           bool aligned, T* dlogits) {
  const T* none = nullptr;
  for_lines<by>(shape, blockIdx.x, logits, none, dlogits, aligned,
                [&](const auto& line, std::int64_t pixel, const T* numbers, const T*, T* results) {
                  const std::int64_t label = labels[pixel];
                  if (!rule.counts(label)) {  // Exactly 0, even where the logits hold a NaN.
                    line.each([&](int, std::int64_t at) { store(results, at, 0.0f); });
                    return;
                  }
                  float scale = NAN;
                  if (rule.is_class(label)) {
                    scale = gradient.dloss[gradient.per_pixel ? pixel : 0] * rule.weight_of(label);
                    if (gradient.total_weight) scale /= gradient.total_weight[0];
                  }
                  const float largest = largest_of(line, numbers);
                  const float factor = scale / sum_of_exponentials(line, numbers, largest);
                  line.each([&](int k, std::int64_t at) {
                    const float share = expf(load(numbers, at) - largest) * factor;
                    store(results, at, k == label ? share - scale : share);
                  });
                });
}

// Calls body.operator()<by, T, L>().
template <class Body>
void visit(const CrossEntropyInputs& in, const LineShape& shape, Body&& body) {
  visit_dtype<float, bf16>(in.logits.dtype, "cross_entropy", [&]<class T>() {
    visit_dtype<std::uint8_t, std::int32_t, std::int64_t>(in.labels.dtype, "cross_entropy", [&]<class L>() {
      if (lines_by(shape) == LinesBy::tile)
        body.template operator()<LinesBy::tile, T, L>();
      else
        body.template operator()<LinesBy::warp, T, L>();
    });
  });
}

LabelRule label_rule(const CrossEntropyOptions& options, const CrossEntropyInputs& in) {
  return {in.weight.as<float>(), options.ignored_label.value_or(0), in.logits.shape.c(),
          options.ignored_label.has_value()};
}

}  // namespace

void cross_entropy_forward(Queue& queue, const CrossEntropyOptions& options, const CrossEntropyInputs& in, View loss,
                           View total_weight) {
  const LineShape shape = line_shape(in.logits.shape, 1);
  const LabelRule rule = label_rule(options, in);
  const bool reduced = options.reduction != LossReduction::none;
  visit(in, shape, [&]<LinesBy by, class T, class L>() {
    const Grid grid = line_grid<T>("cross_entropy_forward", shape, by, 1, most_blocks_of_sum);
    const Workspace partial(queue, std::size_t{2} * grid.blocks.x * sizeof(double));
    launch(queue, grid, add_losses<by, T, L>, shape, in.logits.as<T>(), in.labels.as<L>(), rule,
           all_aligned(in.logits.as<T>()), reduced ? nullptr : loss.as<float>(), partial.as<double>());
    if (reduced)
      launch(queue, {"cross_entropy_forward, join", 1, joining_threads}, join_losses, partial.as<double>(),
             static_cast<int>(grid.blocks.x), loss.as<float>(),
             options.reduction == LossReduction::mean ? total_weight.as<float>() : nullptr);
  });
}

void cross_entropy_grad(Queue& queue, const CrossEntropyOptions& options, const CrossEntropyInputs& in, ConstView dloss,
                        ConstView total_weight, View dlogits) {
  const LineShape shape = line_shape(in.logits.shape, 1);
  const LossGradient gradient{dloss.as<float>(),
                              options.reduction == LossReduction::mean ? total_weight.as<float>() : nullptr,
                              options.reduction == LossReduction::none};
  visit(in, shape, [&]<LinesBy by, class T, class L>() {
    launch(queue, line_grid<T>("cross_entropy_grad", shape, by, 1), cross_entropy_gradient<by, T, L>, shape,
           in.logits.as<T>(), in.labels.as<L>(), label_rule(options, in), gradient,
           all_aligned(in.logits.as<T>(), dlogits.as<T>()), dlogits.as<T>());
  });
}

}  // namespace kernels::cuda
