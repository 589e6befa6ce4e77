// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/dropout.h"

#include "engine/ops/common.h"

namespace engine {

Tensor dropout(const Tensor& x, const DropoutOptions& options, const RandomKey& random) {
  const char* op = "dropout";
  if (!x) throw kernels::ShapeError("{}: x is no tensor", op);
  if (!(options.probability >= 0 && options.probability <= 1))
    throw kernels::UsageError("{}: probability must be in [0, 1], got {}", op, options.probability);
  if (options.unit == DropoutOptions::Unit::channel) require_rank(op, "x", x, 4);
  const Tensor y = empty(x.shape(), x);
  kernels::dropout(x.queue(), options, random, x, y.mutable_view());
  return record(op, y, {x}, [=](const Tensor& dy, Needs) -> Gradients {
    const Tensor dx = empty(dy.shape(), dy);
    kernels::dropout(dy.queue(), options, random, dy, dx.mutable_view());
    return {dx};
  });
}

}  // namespace engine
