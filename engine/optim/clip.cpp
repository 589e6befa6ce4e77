// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/clip.h"

#include <set>
#include <vector>

#include "kernels/error.h"
#include "kernels/gradient_clip.h"

namespace engine {

namespace {

void require_limit(const char* op, double limit) {
  if (!(limit > 0)) throw kernels::UsageError("{}: expected a limit above 0, got {}", op, limit);
}

// Two parameters may share one gradient in memory; it must be changed once.
std::vector<View> distinct_gradients(std::span<const NamedTensor> parameters) {
  std::set<std::uint64_t> seen;
  std::vector<View> gradients;
  for (const NamedTensor& parameter : parameters) {
    const Tensor gradient = parameter.tensor.grad();
    if (gradient && seen.insert(gradient.view().storage).second) gradients.push_back(gradient.mutable_view());
  }
  return gradients;
}

}  // namespace

Tensor clip_gradient_norm(std::span<const NamedTensor> parameters, double limit) {
  require_limit("clip_gradient_norm", limit);
  if (parameters.empty()) throw kernels::UsageError("clip_gradient_norm: there is no parameter");
  std::vector<ConstView> gradients;
  for (const NamedTensor& parameter : parameters)
    if (const Tensor gradient = parameter.tensor.grad()) gradients.push_back(gradient);
  const std::shared_ptr<Queue>& queue = parameters.front().tensor.shared_queue();
  const Tensor norm = empty({}, DType::f64, queue);
  kernels::global_norm(*queue, gradients, norm.mutable_view());
  kernels::clip_to_norm(*queue, limit, norm.view(), distinct_gradients(parameters));
  return norm;
}

void clip_gradient_values(std::span<const NamedTensor> parameters, double limit) {
  require_limit("clip_gradient_values", limit);
  if (parameters.empty()) return;
  kernels::clip_to_value(parameters.front().tensor.queue(), limit, distinct_gradients(parameters));
}

}  // namespace engine
