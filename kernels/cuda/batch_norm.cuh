// SPDX-License-Identifier: Apache-2.0
// What both directions of batch normalisation share: the argument of the activation, computed again in the gradient to
// the last bit.
#pragma once

#include "kernels/batch_norm.h"
#include "kernels/cuda/channel_rows.cuh"

namespace kernels::cuda {

enum class Statistics { of_batch, constant };

// 1 / deviation of a channel with constant statistics.
__device__ __forceinline__ float inverse_deviation_of(float variance, float epsilon) {
  return __fdiv_rn(1.0f, __fsqrt_rn(__fadd_rn(variance, epsilon)));
}

// The difference comes first: x * scale + (shift - mean * scale) would cancel where the mean is large beside the
// deviation. Spelled out, so that no compiler may contract it differently in another kernel.
__device__ __forceinline__ float normalised(float x, float mean, float scale, float shift) {
  return __fmaf_rn(__fsub_rn(x, mean), scale, shift);
}

}  // namespace kernels::cuda
