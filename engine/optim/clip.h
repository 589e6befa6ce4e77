// SPDX-License-Identifier: Apache-2.0
// Clipping of the gradients of a list of parameters, between backward and step. Parameters without gradient are left
// out. With accumulated micro-batches it is called once, before the step.
#pragma once

#include <span>

#include "engine/named_tensor.h"

namespace engine {

// All gradients are scaled so that their norm together is at most `limit` (times min(1, limit / (norm + 1e-6)), as
// torch.nn.utils.clip_grad_norm_). Returns the norm before, f64, shape []; nothing waits for it until it is read. A
// norm that is not finite makes every gradient NaN, so that it shows. Throws UsageError unless limit > 0.
Tensor clip_gradient_norm(std::span<const NamedTensor> parameters, double limit);

// Every element is cut to [-limit, limit]. Throws UsageError unless limit > 0.
void clip_gradient_values(std::span<const NamedTensor> parameters, double limit);

}  // namespace engine
