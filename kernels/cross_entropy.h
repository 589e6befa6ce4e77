// SPDX-License-Identifier: Apache-2.0
// Softmax and cross entropy against one label per pixel, with class weights and a label that does not count:
//   loss[n, h, w] = weight[label] * (log(sum over c of exp(logits[n, c, h, w])) - logits[n, label, h, w])
// summed, averaged (divided by the sum of the weights of the pixels that count; NaN where none does) or kept.
// logits [n, c, h, w] f32 or bf16, computed in f32; labels [n, h, w] u8, i32 or i64; weight [c] f32, may be empty (all
// one); loss f32, {} or, without reduction, [n, h, w]. On reference the floating types are f64.
#pragma once

#include <optional>

#include "kernels/kernel.h"

namespace kernels {

enum class LossReduction { mean, sum, none };

struct CrossEntropyOptions {
  std::optional<std::int64_t> ignored_label =
      std::nullopt;  // Pixels of this label add nothing, to the divisor neither.
  LossReduction reduction = LossReduction::mean;
};

// What both directions read. weight may be empty.
struct CrossEntropyInputs {
  ConstView logits, labels, weight;
};
inline double bytes_of_argument(const CrossEntropyInputs& inputs) {
  return bytes_of_argument(inputs.logits) + bytes_of_argument(inputs.labels);
}

// total_weight {}: the sum of the weights of the pixels that count; written for LossReduction::mean only. A label that
// is neither ignored nor in [0, c) throws DataError with its position, where the device can throw (not on cuda, where
// it gives NaN).
using CrossEntropyForward = void(Queue&, const CrossEntropyOptions&, const CrossEntropyInputs&, View loss,
                                 View total_weight);
// dlogits = dloss * weight[label] * (softmax(logits) - one_hot(label)), 0 where the pixel is ignored; the softmax is
// found again from the logits. dloss has the shape of the loss.
using CrossEntropyGrad = void(Queue&, const CrossEntropyOptions&, const CrossEntropyInputs&, ConstView dloss,
                              ConstView total_weight, View dlogits);

namespace reference {
CrossEntropyForward cross_entropy_forward;
CrossEntropyGrad cross_entropy_grad;
}  // namespace reference
namespace cpu {
CrossEntropyForward cross_entropy_forward;
CrossEntropyGrad cross_entropy_grad;
}  // namespace cpu
namespace cuda {
CrossEntropyForward cross_entropy_forward;
CrossEntropyGrad cross_entropy_grad;
}  // namespace cuda

inline constexpr Kernel cross_entropy_forward{"cross_entropy_forward", &reference::cross_entropy_forward,
                                              &cpu::cross_entropy_forward, CUDA_SLOT(cuda::cross_entropy_forward)};
inline constexpr Kernel cross_entropy_grad{"cross_entropy_grad", &reference::cross_entropy_grad,
                                           &cpu::cross_entropy_grad, CUDA_SLOT(cuda::cross_entropy_grad)};

// The label of a pixel, checked. Throws DataError with image, row, column and value.
inline bool counts(std::int64_t label, std::int64_t pixel, const Shape& labels, std::int64_t classes,
                   const CrossEntropyOptions& options) {
  if (options.ignored_label && label == *options.ignored_label) return false;
  if (label >= 0 && label < classes) return true;
  const std::int64_t rows = labels[1], columns = labels[2];
  throw DataError("cross_entropy: label {} at image {}, row {}, column {}: expected 0 to {}{}", label,
                  pixel / (rows * columns), pixel / columns % rows, pixel % columns, classes - 1,
                  options.ignored_label ? fmt::format(" or the ignored {}", *options.ignored_label) : "");
}

}  // namespace kernels
