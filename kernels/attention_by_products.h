// SPDX-License-Identifier: Apache-2.0
// Attention as batched matrix products, one image at a time: the order of the steps, which cpu and cuda share. What a
// device adds is a struct Steps with its own matmul and reduce_sum, and
//   split(queue, parts, g, from, positions or empty, to)  [positions, parts, heads, channels] to [parts, heads,
//                                                         positions, channels]; embeddings are added to part 1
//   merge(queue, parts, g, from, to)                      the way back
//   normalise(queue, g, logits f32, log_sums, weights)    weights = softmax of the rows of scale * logits; log_sums are
//                                                         written
//   find_again(queue, g, logits f32, log_sums, weights)   the same from log_sums as they are
//   differentiate(queue, g, weights, dweights f32, dlogits)  dlogits = scale weights (dweights - sum of weights
//                                                         dweights) row by row
//   add_keys(queue, g, dqkv, sums f32 [positions, channels])  sums = dk over images and heads
// In f32 weights lie in the memory of logits, and dlogits in that of dweights.
#pragma once

#include "kernels/attention.h"
#include "kernels/matmul.h"
#include "kernels/reduce.h"

namespace kernels {

// Temporary panels of one image: [heads, positions, channels] and [heads, positions, positions].
template <class T>
class AttentionPanels {
 public:
  AttentionPanels(Queue& queue, const AttentionGeometry& g, std::int64_t panels, std::int64_t maps)
      : geometry_(g),
        panels_(queue, static_cast<std::size_t>(panels * g.panel()) * sizeof(T)),
        maps_(queue, static_cast<std::size_t>(maps * g.pairs()) * sizeof(float)),
        rounded_(queue, dtype_of<T>() == DType::f32 ? 1 : static_cast<std::size_t>(maps * g.pairs()) * sizeof(T)) {}

  View panel(std::int64_t index) const {
    return {panels_.template as<T>() + index * geometry_.panel(),
            dtype_of<T>(),
            {geometry_.heads, geometry_.positions(), geometry_.channels}};
  }
  View map(std::int64_t index) const {
    return {maps_.template as<float>() + index * geometry_.pairs(), DType::f32, map_shape()};
  }
  // The same map in T: the same memory where T is f32.
  View rounded_map(std::int64_t index) const {
    if constexpr (dtype_of<T>() == DType::f32) return map(index);
    return {rounded_.template as<T>() + index * geometry_.pairs(), dtype_of<T>(), map_shape()};
  }

 private:
  Shape map_shape() const { return {geometry_.heads, geometry_.positions(), geometry_.positions()}; }

  AttentionGeometry geometry_;
  Workspace panels_, maps_, rounded_;
};

template <class T, class Steps>
void attention_forward_by_products(Queue& queue, const AttentionGeometry& g, ConstView qkv,
                                   const PositionEmbeddings& positions, View log_sums, View y) {
  const AttentionPanels<T> panels(queue, g, 4, 1);
  const View q = panels.panel(0), k = panels.panel(1), v = panels.panel(2), out = panels.panel(3);
  const Workspace unwanted(queue, log_sums ? 1 : static_cast<std::size_t>(g.heads * g.positions()) * sizeof(float));
  for (std::int64_t image = 0; image < g.images; ++image) {
    auto* sums = log_sums ? log_sums.as<float>() + image * g.heads * g.positions() : unwanted.as<float>();
    Steps::split(queue, 3, g, qkv.as<T>() + image * 3 * g.panel(), positions, q.as<T>());
    Steps::matmul(queue, {.b = Transpose::yes}, q, k, panels.map(0));
    Steps::normalise(queue, g, panels.map(0).template as<float>(), sums, panels.rounded_map(0).template as<T>());
    Steps::matmul(queue, {}, panels.rounded_map(0), v, out);
    Steps::merge(queue, 1, g, out.as<T>(), y.as<T>() + image * g.panel());
  }
}

template <class T, class Steps>
void attention_grad_by_products(Queue& queue, const AttentionGeometry& g, ConstView dy, const AttentionSaved& saved,
                                const AttentionGradients& gradients) {
  const AttentionPanels<T> panels(queue, g, 7, 2);
  const View q = panels.panel(0), k = panels.panel(1), v = panels.panel(2), dout = panels.panel(3);
  const View dq = panels.panel(4), dk = panels.panel(5), dv = panels.panel(6);
  const View weights = panels.rounded_map(0), dlogits = panels.rounded_map(1);
  for (std::int64_t image = 0; image < g.images; ++image) {
    const auto* sums = saved.log_sums.as<float>() + image * g.heads * g.positions();
    Steps::split(queue, 3, g, saved.qkv.as<T>() + image * 3 * g.panel(), saved.positions, q.as<T>());
    Steps::split(queue, 1, g, dy.as<T>() + image * g.panel(), PositionEmbeddings{}, dout.as<T>());
    Steps::matmul(queue, {.b = Transpose::yes}, q, k, panels.map(0));
    Steps::find_again(queue, g, panels.map(0).template as<float>(), sums, weights.as<T>());
    Steps::matmul(queue, {.a = Transpose::yes}, weights, dout, dv);
    Steps::matmul(queue, {.b = Transpose::yes}, dout, v, panels.map(1));
    Steps::differentiate(queue, g, weights.as<T>(), panels.map(1).template as<float>(), dlogits.as<T>());
    Steps::matmul(queue, {}, dlogits, k, dq);
    Steps::matmul(queue, {.a = Transpose::yes}, dlogits, q, dk);
    Steps::merge(queue, 3, g, dq.as<T>(), gradients.dqkv.as<T>() + image * 3 * g.panel());
  }
  if (!gradients.dheight && !gradients.dwidth) return;
  const Workspace sums(queue, static_cast<std::size_t>(g.positions() * g.channels) * sizeof(float));
  Steps::add_keys(queue, g, gradients.dqkv.as<T>(), sums.as<float>());
  const ConstView of_positions{sums.data(), DType::f32, {g.height, g.width, g.channels}};
  const auto add = [&](const View& to, const Shape& shape) {
    if (to) Steps::reduce_sum(queue, 1.0, of_positions, View{to.data, to.dtype, shape});
  };
  add(gradients.dheight, {g.height, 1, g.channels});
  add(gradients.dwidth, {1, g.width, g.channels});
}

}  // namespace kernels
