// SPDX-License-Identifier: Apache-2.0
// Batch normalisation with running statistics folded into the convolution before it:
//   scale = weight / sqrt(running_variance + epsilon), folded_kernel[o, ...] = kernel[o, ...] * scale[o],
//   folded_bias[o] = (convolution_bias[o] - running_mean[o]) * scale[o] + bias[o].
// kernel (o, i, kh, kw), everything else [o]; master type throughout. The convolution's bias may be empty.
#pragma once

#include "kernels/batch_norm.h"

namespace kernels {

using FoldBatchNorm = void(Queue&, double epsilon, ConstView kernel, ConstView convolution_bias,
                           const BatchNormParameters&, ConstView running_mean, ConstView running_variance,
                           View folded_kernel, View folded_bias);

namespace reference {
FoldBatchNorm fold_batch_norm;
}
namespace cpu {
FoldBatchNorm fold_batch_norm;
}
namespace cuda {
FoldBatchNorm fold_batch_norm;
}

inline constexpr Kernel fold_batch_norm{"fold_batch_norm", &reference::fold_batch_norm, &cpu::fold_batch_norm,
                                        CUDA_SLOT(cuda::fold_batch_norm)};

}  // namespace kernels
