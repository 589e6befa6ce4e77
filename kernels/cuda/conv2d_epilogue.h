// SPDX-License-Identifier: Apache-2.0
// What stands before and behind a library's plain convolution, which knows no factors, residuals or leaky activations.
#pragma once

#include "kernels/conv2d.h"

namespace kernels::cuda {

// to[o, ...] = scale[o] weight[o, ...] in the type of `to`, rounded once. scale may be empty.
void scale_weights(Queue& queue, ConstView weight, ConstView scale, View to);

// sums = act(sums + bias + residual), in place. bias [c] f32 and residual, of the type of the sums, may be empty.
void finish_sums(Queue& queue, ConstView bias, ConstView residual, const Activation& activation, View sums);

}  // namespace kernels::cuda
