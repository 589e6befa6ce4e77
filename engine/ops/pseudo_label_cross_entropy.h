// SPDX-License-Identifier: Apache-2.0
// Cross entropy against the classes that a teacher finds. composed_of: argmax, cross_entropy.
#pragma once

#include "engine/ops/cross_entropy.h"

namespace engine {

struct PseudoLabelLoss {
  Tensor loss;    // {}, master type: the mean over all pixels, by the weights of their classes where there are any.
  Tensor labels;  // [n, h, w] i64: the class of the largest teacher logit, the lowest among equals.
};

// student and teacher logits [n, c, h, w], f32 or bf16 each; class_weights empty or [c], master type. Differentiable in
// student. Throws ShapeError, DTypeError, DeviceError.
PseudoLabelLoss pseudo_label_cross_entropy(const Tensor& student, const Tensor& teacher,
                                           const Tensor& class_weights = {});

}  // namespace engine
