// SPDX-License-Identifier: Apache-2.0
// Batch normalisation with running statistics as what follows the sum of the convolution before it:
//   scale[o] = weight[o] / sqrt(running_variance[o] + epsilon),
//   shift[o] = (convolution_bias[o] - running_mean[o]) * scale[o] + bias[o].
// Everything [o], master type throughout. The convolution's bias may be empty.
#pragma once

#include "kernels/batch_norm.h"

namespace kernels {

using FoldBatchNorm = void(Queue&, double epsilon, ConstView convolution_bias, const BatchNormParameters&,
                           ConstView running_mean, ConstView running_variance, View scale, View shift);

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
