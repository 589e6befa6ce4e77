// SPDX-License-Identifier: Apache-2.0
// The steps around the matrix products. Rows of pairs are reduced in sixteen lanes, so that the compiler makes vectors
// of the sums and the result does not depend on the number of threads.
#include "kernels/attention_by_products.h"
#include "kernels/cpu/blocks.h"
#include "kernels/cpu/vector_math.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t lanes = 16;

// combine(running, value(i)) over [0, count), from `start`: lane by lane, then over the lanes.
template <class Value, class Combine>
float reduce_row(std::int64_t count, float start, Value&& value, Combine&& combine) {
  float running[lanes];
  for (float& each : running) each = start;
  std::int64_t at = 0;
  for (; at + lanes <= count; at += lanes)
    for (std::int64_t i = 0; i < lanes; ++i) running[i] = combine(running[i], value(at + i));
  for (std::int64_t i = 0; at + i < count; ++i) running[i] = combine(running[i], value(at + i));
  float result = start;
  for (const float each : running) result = combine(result, each);
  return result;
}

float add(float a, float b) {
  return a + b;
}
float larger(float a, float b) {
  return a > b ? a : b;
}

template <class Body>
void for_each_row_of_pairs(Queue& queue, const AttentionGeometry& g, Body&& body) {
  const std::int64_t positions = g.positions();
  parallel_for(queue, g.rows_of_pairs(), 1 + elementwise_grain / positions, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) body(row, row * positions);
  });
}

struct Steps {
  template <class T>
  static void split(Queue& queue, std::int64_t parts, const AttentionGeometry& g, const T* from,
                    const PositionEmbeddings& embeddings, T* to) {
    const std::int64_t rows = parts * g.images * g.heads * g.positions(), d = g.channels;
    const auto *of_height = embeddings.height.as<float>(), *of_width = embeddings.width.as<float>();
    parallel_for(queue, rows, 1 + elementwise_grain / d, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {  // Of the target.
        const std::int64_t position = row % g.positions(), head = row / g.positions() % g.heads;
        const std::int64_t image = row / (g.positions() * g.heads) % g.images, part = row / (rows / parts);
        const T* source = from + (((image * g.positions() + position) * parts + part) * g.heads + head) * d;
        T* target = to + row * d;
        if (of_height != nullptr && part == 1)
          for_each_block(
              d, [](std::int64_t, float value, float h, float w) { return value + (h + w); }, target, source,
              of_height + position / g.width * d, of_width + position % g.width * d);
        else
          std::copy(source, source + d, target);
      }
    });
  }

  template <class T>
  static void merge(Queue& queue, std::int64_t parts, const AttentionGeometry& g, const T* from, T* to) {
    const std::int64_t rows = g.images * g.positions() * parts * g.heads, d = g.channels;
    parallel_for(queue, rows, 1 + elementwise_grain / d, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {  // Of the target.
        const std::int64_t head = row % g.heads, part = row / g.heads % parts;
        const std::int64_t position = row / (g.heads * parts) % g.positions(), image = row / (rows / g.images);
        const T* source = from + (((part * g.images + image) * g.heads + head) * g.positions() + position) * d;
        std::copy(source, source + d, to + row * d);
      }
    });
  }

  template <class T>
  static void normalise(Queue& queue, const AttentionGeometry& g, const float* logits, float* log_sums, T* weights) {
    const std::int64_t n = g.positions();
    const auto s = static_cast<float>(g.scale());
    for_each_row_of_pairs(queue, g, [&](std::int64_t row, std::int64_t first) {
      const float* logit = logits + first;
      const float largest = s * reduce_row(
                                    n, -INFINITY, [=](std::int64_t i) { return logit[i]; }, larger);
      const float sum = reduce_row(
          n, 0.0f, [=](std::int64_t i) { return exponential(s * logit[i] - largest); }, add);
      log_sums[row] = largest + logarithm(sum);
      const float factor = 1.0f / sum;
      for_each_block(
          n, [=](std::int64_t, float value) { return exponential(s * value - largest) * factor; }, weights + first,
          logit);
    });
  }

  template <class T>
  static void find_again(Queue& queue, const AttentionGeometry& g, const float* logits, const float* log_sums,
                         T* weights) {
    const auto s = static_cast<float>(g.scale());
    for_each_row_of_pairs(queue, g, [&](std::int64_t row, std::int64_t first) {
      const float log_sum = log_sums[row];
      for_each_block(
          g.positions(), [=](std::int64_t, float value) { return exponential(s * value - log_sum); }, weights + first,
          logits + first);
    });
  }

  template <class T>
  static void differentiate(Queue& queue, const AttentionGeometry& g, const T* weights, const float* dweights,
                            T* dlogits) {
    const std::int64_t n = g.positions();
    const auto s = static_cast<float>(g.scale());
    for_each_row_of_pairs(queue, g, [&](std::int64_t, std::int64_t first) {
      const T* weight = weights + first;
      const float* dweight = dweights + first;
      const float sum = reduce_row(
          n, 0.0f, [=](std::int64_t i) { return load(weight, i) * dweight[i]; }, add);
      for_each_block(
          n, [=](std::int64_t, float w, float d) { return s * w * (d - sum); }, dlogits + first, weight, dweight);
    });
  }

  template <class T>
  static void add_keys(Queue& queue, const AttentionGeometry& g, const T* dqkv, float* sums) {
    const std::int64_t d = g.channels;
    parallel_for(queue, g.positions(), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t position = begin; position < end; ++position) {
        float* sum = sums + position * d;
        std::fill(sum, sum + d, 0.0f);
        for (std::int64_t image = 0; image < g.images; ++image)
          for (std::int64_t head = 0; head < g.heads; ++head)
            for_each_block(
                d, [](std::int64_t, float total, float each) { return total + each; }, sum,
                static_cast<const float*>(sum),
                dqkv + (((image * g.positions() + position) * 3 + 1) * g.heads + head) * d);
      }
    });
  }

  static void matmul(Queue& queue, const MatmulOptions& options, const View& a, const View& b, const View& y) {
    cpu::matmul(queue, options, a, b, ConstView{}, y);
  }
  static void reduce_sum(Queue& queue, double scale, const ConstView& x, const View& y) {
    cpu::reduce_sum(queue, scale, x, y);
  }
};

}  // namespace

void attention_forward(Queue& queue, const AttentionOptions& options, ConstView qkv,
                       const PositionEmbeddings& positions, View log_sums, View y) {
  const AttentionGeometry g = attention_geometry(qkv.shape, positions.height.shape, positions.width.shape, options);
  visit_dtype<float, bf16>(qkv.dtype, "attention_forward", [&]<class T>() {
    attention_forward_by_products<T, Steps>(queue, g, qkv, positions, log_sums, y);
  });
}

void attention_grad(Queue& queue, const AttentionOptions& options, ConstView dy, const AttentionSaved& saved,
                    const AttentionGradients& gradients) {
  const AttentionGeometry g =
      attention_geometry(saved.qkv.shape, saved.positions.height.shape, saved.positions.width.shape, options);
  visit_dtype<float, bf16>(dy.dtype, "attention_grad",
                           [&]<class T>() { attention_grad_by_products<T, Steps>(queue, g, dy, saved, gradients); });
}

}  // namespace kernels::cpu
