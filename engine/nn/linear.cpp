// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/linear.h"

#include "engine/ops/linear.h"

namespace engine::nn {

Linear::Linear(const Scope& at, int in, int out) {
  const Shape shape{out, in};
  weight = at.parameter("weight", shape, default_uniform(shape));
  bias = at.parameter("bias", {out}, default_uniform(shape));
}

Tensor Linear::operator()(const Tensor& x) const {
  return linear(x, weight, bias);
}

Tensor Linear::without_bias(const Tensor& x) const {
  return linear(x, weight, {});
}

}  // namespace engine::nn
