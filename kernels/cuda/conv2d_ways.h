// SPDX-License-Identifier: Apache-2.0
// The ways in which one problem of a convolution can be computed: what the autotuner chooses from.
#pragma once

#include "kernels/cuda/choice.h"
#include "kernels/cuda/conv2d_gather.h"
#include "kernels/cuda/conv2d_grad_weight.h"
#include "kernels/cuda/library/convolution_library.h"

namespace kernels::cuda {

struct GatherCall {
  GatherProblem problem;
  ConstView source, weight;
  Conv2dEpilogue epilogue;
  View result;
};

struct GradWeightCall {
  Conv2dOptions options;
  ConstView dy, x;
  View dweight;
};

using GatherWays = std::vector<Way<GatherCall>>;
using GradWeightWays = std::vector<Way<GradWeightCall>>;

// What the library would be asked for.
library::ConvolutionProblem problem_of(Queue& queue, const GatherCall& call);
library::ConvolutionProblem problem_of(Queue& queue, const GradWeightCall& call);

// By the hand-written kernels; the first is their own rule.
GatherWays native_ways(const GatherCall& call);
GradWeightWays native_ways(const GradWeightCall& call);

// By the library; none where it does not do the problem.
GatherWays library_ways(Queue& queue, library::ConvolutionLibrary& convolutions, const library::PlanRequest& request,
                        const GatherCall& call);
GradWeightWays library_ways(Queue& queue, library::ConvolutionLibrary& convolutions,
                            const library::PlanRequest& request, const GradWeightCall& call);

// Whether the library's result is as exact as the row's type says. Not so the gradient of a weight from bf16: cuDNN
// gives it in bf16 alone, while the kernels keep f32 sums. It is taken where --conv library asks for it, never by auto.
inline bool as_exact(const GatherCall&) {
  return true;
}
inline bool as_exact(const GradWeightCall& call) {
  return call.x.dtype == DType::f32;
}

}  // namespace kernels::cuda
