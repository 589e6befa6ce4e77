// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/linear.h"

#include "engine/ops/common.h"
#include "engine/ops/matmul.h"

namespace engine {

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  require_rank("linear", "x", x, 2);
  require_rank("linear", "weight", weight, 2);
  require_master_dtype("linear", "weight", weight);
  if (x.shape()[1] != weight.shape()[1])
    throw kernels::ShapeError("linear: weight {} expects {} inputs, x {} has {}", weight.shape(), weight.shape()[1],
                              x.shape(), x.shape()[1]);
  return matmul(x, weight, bias, {.b = Transpose::yes});
}

}  // namespace engine
