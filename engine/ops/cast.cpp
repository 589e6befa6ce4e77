// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/cast.h"

#include "engine/ops/common.h"

namespace engine {

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  const Tensor y = empty(x.shape(), dtype, x.shared_queue());
  kernels::cast(x.queue(), x, y.mutable_view());
  if (!kernels::is_floating(dtype) || !kernels::is_floating(x.dtype())) return y;
  return record("cast", y, {x}, [from = x.dtype()](const Tensor& dy, Needs) -> Gradients { return {cast(dy, from)}; });
}

void copy_into(const Tensor& source, const Tensor& destination) {
  require_same_queue("copy_into", {source, destination});
  require_shape("copy_into", "source", source, destination.shape());
  kernels::cast(source.queue(), source, destination.mutable_view());
}

}  // namespace engine
