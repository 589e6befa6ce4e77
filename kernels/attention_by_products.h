// SPDX-License-Identifier: Apache-2.0
// Attention as batched matrix products, a few images at a time: the order of the steps, which cpu and cuda share. What
// a device adds is a struct Steps with its own matmul and reduce_sum, and
//   split(queue, parts, g, from, embeddings or empty, to)  [images, positions, parts, heads, channels] to [parts,
//   images,
//                                                     heads, positions, channels]; embeddings are added to part 1
//   merge(queue, parts, g, from, to)                  the way back
//   normalise(queue, g, logits f32, log_sums, weights)   weights = softmax of the rows of scale * logits; log_sums are
//                                                     written
//   find_again(queue, g, logits f32, log_sums, weights)  the same from log_sums as they are
//   differentiate(queue, g, weights, dweights f32, dlogits)  dlogits = scale weights (dweights - sum of weights
//                                                     dweights), row by row
//   add_keys(queue, g, dqkv, sums f32 [positions, channels])  sums = dk over images and heads
// In f32 weights lie in the memory of logits, and dlogits in that of dweights.
#pragma once

#include <algorithm>

#include "kernels/attention.h"
#include "kernels/matmul.h"
#include "kernels/reduce.h"

namespace kernels {

// As many images as a map of pairs of 32 MiB holds: small maps share their launches, large ones stay in the caches.
inline std::int64_t images_at_once(const AttentionGeometry& g) {
  constexpr std::int64_t most_pairs = std::int64_t{1} << 23;
  return std::clamp<std::int64_t>(most_pairs / g.of_images(1).pairs(), 1, g.images);
}

// Temporary panels [images heads, positions, channels] and maps [images heads, positions, positions].
template <class T>
class AttentionPanels {
 public:
  AttentionPanels(Queue& queue, const AttentionGeometry& most, std::int64_t panels, std::int64_t maps)
      : panels_(queue, static_cast<std::size_t>(panels * most.panel()) * sizeof(T)),
        maps_(queue, static_cast<std::size_t>(maps * most.pairs()) * sizeof(float)),
        rounded_(queue, is_f32 ? 1 : static_cast<std::size_t>(maps * most.pairs()) * sizeof(T)) {}

  // Of g, which has at most as many images as room was made for; panels of one g lie one behind the other.
  View panel(const AttentionGeometry& g, std::int64_t index) const {
    return {
        panels_.template as<T>() + index * g.panel(), dtype_of<T>(), {g.images * g.heads, g.positions(), g.channels}};
  }
  View map(const AttentionGeometry& g, std::int64_t index) const {
    return {maps_.template as<float>() + index * g.pairs(), DType::f32, map_shape(g)};
  }
  // The same map in T: the same memory where T is f32.
  View rounded_map(const AttentionGeometry& g, std::int64_t index) const {
    if constexpr (is_f32)
      return map(g, index);
    else
      return {rounded_.template as<T>() + index * g.pairs(), dtype_of<T>(), map_shape(g)};
  }

 private:
  static constexpr bool is_f32 = dtype_of<T>() == DType::f32;
  static Shape map_shape(const AttentionGeometry& g) { return {g.images * g.heads, g.positions(), g.positions()}; }

  Workspace panels_, maps_, rounded_;
};

// Calls body(first image, geometry of the images from there) for all images.
template <class Body>
void for_few_images(const AttentionGeometry& g, Body&& body) {
  const std::int64_t step = images_at_once(g);
  for (std::int64_t first = 0; first < g.images; first += step)
    body(first, g.of_images(std::min(step, g.images - first)));
}

template <class T, class Steps>
void attention_forward_by_products(Queue& queue, const AttentionGeometry& g, ConstView qkv,
                                   const PositionEmbeddings& embeddings, View log_sums, View y) {
  const AttentionGeometry one = g.of_images(1), most = g.of_images(images_at_once(g));
  const AttentionPanels<T> room(queue, most, 4, 1);
  const Workspace unwanted(queue, log_sums ? 1 : static_cast<std::size_t>(most.rows_of_pairs()) * sizeof(float));
  for_few_images(g, [&](std::int64_t first, const AttentionGeometry& few) {
    const View q = room.panel(few, 0), k = room.panel(few, 1), v = room.panel(few, 2), out = room.panel(few, 3);
    const View logits = room.map(few, 0), weights = room.rounded_map(few, 0);
    float* sums = log_sums ? log_sums.as<float>() + first * one.rows_of_pairs() : unwanted.as<float>();
    Steps::split(queue, 3, few, qkv.as<T>() + first * 3 * one.panel(), embeddings, q.as<T>());
    Steps::matmul(queue, {.b = Transpose::yes}, q, k, logits);
    Steps::normalise(queue, few, static_cast<const float*>(logits.as<float>()), sums, weights.as<T>());
    Steps::matmul(queue, {}, weights, v, out);
    Steps::merge(queue, 1, few, static_cast<const T*>(out.as<T>()), y.as<T>() + first * one.panel());
  });
}

template <class T, class Steps>
void attention_grad_by_products(Queue& queue, const AttentionGeometry& g, ConstView dy, const AttentionSaved& saved,
                                const AttentionGradients& gradients) {
  const AttentionGeometry one = g.of_images(1);
  const AttentionPanels<T> room(queue, g.of_images(images_at_once(g)), 7, 2);
  for_few_images(g, [&](std::int64_t first, const AttentionGeometry& few) {
    const View q = room.panel(few, 0), k = room.panel(few, 1), v = room.panel(few, 2), dout = room.panel(few, 3);
    const View dq = room.panel(few, 4), dk = room.panel(few, 5), dv = room.panel(few, 6);
    const View logits = room.map(few, 0), weights = room.rounded_map(few, 0);
    const View dweights = room.map(few, 1), dlogits = room.rounded_map(few, 1);
    const float* sums = saved.log_sums.as<float>() + first * one.rows_of_pairs();
    Steps::split(queue, 3, few, saved.qkv.as<T>() + first * 3 * one.panel(), saved.positions, q.as<T>());
    Steps::split(queue, 1, few, dy.as<T>() + first * one.panel(), PositionEmbeddings{}, dout.as<T>());
    Steps::matmul(queue, {.b = Transpose::yes}, q, k, logits);
    Steps::find_again(queue, few, static_cast<const float*>(logits.as<float>()), sums, weights.as<T>());
    Steps::matmul(queue, {.a = Transpose::yes}, weights, dout, dv);
    Steps::matmul(queue, {.b = Transpose::yes}, dout, v, dweights);
    Steps::differentiate(queue, few, static_cast<const T*>(weights.as<T>()),
                         static_cast<const float*>(dweights.as<float>()), dlogits.as<T>());
    Steps::matmul(queue, {}, dlogits, k, dq);
    Steps::matmul(queue, {.a = Transpose::yes}, dlogits, q, dk);
    Steps::merge(queue, 3, few, static_cast<const T*>(dq.as<T>()), gradients.dqkv.as<T>() + first * 3 * one.panel());
  });
  if (!gradients.dheight && !gradients.dwidth) return;
  const Workspace sums(queue, static_cast<std::size_t>(g.positions() * g.channels) * sizeof(float));
  Steps::add_keys(queue, g, static_cast<const T*>(gradients.dqkv.as<T>()), sums.as<float>());
  const ConstView of_positions{sums.data(), DType::f32, {g.height, g.width, g.channels}};
  const auto add = [&](const View& to, const Shape& shape) {
    if (to) Steps::reduce_sum(queue, 1.0, of_positions, View{to.data, to.dtype, shape});
  };
  add(gradients.dheight, {g.height, 1, g.channels});
  add(gradients.dwidth, {1, g.width, g.channels});
}

}  // namespace kernels
