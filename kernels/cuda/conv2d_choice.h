// SPDX-License-Identifier: Apache-2.0
// The products of convolutions by whatever the queue's autotuner takes for a problem: one of the hand-written tiles
// (named "native", "native 128x64" ...) or a plan of the library ("cudnn 62 k2=4 ..."). Without a choice to be made
// (Provider::unset in a build or on a device without library) by the hand-written kernels and their own rule.
#pragma once

#include "kernels/cuda/conv2d_gather.h"
#include "kernels/cuda/conv2d_grad_weight.h"
#include "kernels/cuda/library/convolution_library.h"

namespace kernels::cuda {

// As gather_products and conv2d_grad_weight_by.
void gather_products_by_choice(Queue& queue, const GatherProblem& problem, ConstView source, ConstView weight,
                               const Conv2dEpilogue& epilogue, View result);
void conv2d_grad_weight_by_choice(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView x, View dweight);

// What choices are made with; the device's own library and clock unless this is called. Forgets what was chosen.
void set_convolution_library(Queue& queue, std::unique_ptr<library::ConvolutionLibrary> convolutions,
                             Stopwatch stopwatch);

}  // namespace kernels::cuda
