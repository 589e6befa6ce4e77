// SPDX-License-Identifier: Apache-2.0
// Bookkeeping of parameters and state; the arithmetic is one kernel call per step.
#include "engine/optim/optimizer.h"

#include <limits>
#include <set>

#include "kernels/error.h"

namespace engine {

void require_option(const char* optimizer, const char* option, double value, double low, double high) {
  if (!(value >= low && value < high))  // Not a NaN either.
    throw kernels::UsageError("{}: {}: expected a number in [{}, {}), got {}", optimizer, option, low, high, value);
}

Optimizer::Optimizer(std::vector<NamedTensor> parameters, double rate, std::array<std::string, 3> slots)
    : parameters_(std::move(parameters)), slot_names_(std::move(slots)) {
  if (parameters_.empty()) throw kernels::UsageError("optimizer: there is no parameter to train");
  std::set<std::string> seen;
  for (const auto& [name, parameter] : parameters_) {
    if (!seen.insert(name).second) throw kernels::UsageError("optimizer: two parameters are named '{}'", name);
    if (parameter.dtype() != master_dtype(parameter.queue()))
      throw kernels::DTypeError("optimizer: parameter '{}' is {}, masters on this device are {}", name,
                                kernels::name_of(parameter.dtype()), kernels::name_of(master_dtype(parameter.queue())));
    State& state = states_.emplace_back();
    state.step = zeros({}, DType::i64, parameter.shared_queue());
    for (std::size_t slot = 0; slot < slot_names_.size(); ++slot)
      if (!slot_names_[slot].empty())
        state.slots[slot] = zeros(parameter.shape(), parameter.dtype(), parameter.shared_queue());
  }
  rate_on_device_ = zeros({}, DType::f64, parameters_.front().tensor.shared_queue());
  set_rate(rate);
}

void Optimizer::set_rate(double rate) {
  require_option("optimizer", "learning rate", rate, 0, std::numeric_limits<double>::infinity());
  rate_ = rate;
  copy_into(full({}, rate, DType::f64, rate_on_device_.shared_queue()), rate_on_device_);
}

void Optimizer::step() {
  for (const auto& [name, parameter] : parameters_) {
    const Tensor gradient = parameter.grad();
    if (!gradient) continue;
    if (gradient.shape() != parameter.shape())
      throw kernels::ShapeError("optimizer: parameter '{}' has shape {}, its gradient {}", name, parameter.shape(),
                                gradient.shape());
    if (gradient.dtype() != parameter.dtype())
      throw kernels::DTypeError("optimizer: parameter '{}' is {}, its gradient {}", name,
                                kernels::name_of(parameter.dtype()), kernels::name_of(gradient.dtype()));
  }
  std::vector<kernels::ParameterUpdate> updates;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& parameter = parameters_[i].tensor;
    if (!parameter.grad()) continue;
    const State& state = states_[i];
    updates.push_back({parameter.mutable_view(),
                       parameter.grad(),
                       state.step.mutable_view(),
                       {state.slots[0].mutable_view(), state.slots[1].mutable_view(), state.slots[2].mutable_view()}});
  }
  if (!updates.empty()) update(parameters_.front().tensor.queue(), rate_on_device_, updates);
}

void Optimizer::zero_gradients() {
  for (const NamedTensor& parameter : parameters_) parameter.tensor.clear_grad();
}

std::vector<NamedTensor> Optimizer::state() const {
  std::vector<NamedTensor> result;
  for (std::size_t slot = 0; slot < slot_names_.size(); ++slot)
    for (std::size_t i = 0; i < parameters_.size(); ++i)
      if (!slot_names_[slot].empty())
        result.push_back({slot_names_[slot] + "." + parameters_[i].name, states_[i].slots[slot]});
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    result.push_back({"step." + parameters_[i].name, states_[i].step});
  return result;
}

void Optimizer::load_state(std::span<const NamedTensor> saved) {
  copy_state("optimizer", saved, state());
}

}  // namespace engine
