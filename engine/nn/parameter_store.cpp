// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/parameter_store.h"

#include <algorithm>

#include "kernels/error.h"

namespace engine::nn {

ParameterStore::ParameterStore(std::shared_ptr<Queue> queue, std::uint64_t seed)
    : queue_(std::move(queue)), seed_(seed) {}

Scope ParameterStore::root() {
  return {*this, ""};
}

std::vector<NamedTensor> ParameterStore::parameters() const {
  std::vector<NamedTensor> result;
  for (const StateEntry& entry : entries_)
    if (entry.kind == StateEntry::Kind::parameter) result.push_back({entry.name, entry.tensor});
  return result;
}

const StateEntry* ParameterStore::find(const std::string& name) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const StateEntry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

void ParameterStore::freeze() {
  for (StateEntry& entry : entries_)
    if (entry.kind == StateEntry::Kind::parameter) entry.tensor.set_requires_grad(false);
}

void ParameterStore::add(StateEntry entry) {
  if (find(entry.name) != nullptr) throw kernels::Error("the network has two states named '{}'", entry.name);
  entries_.push_back(std::move(entry));
}

Tensor ParameterStore::add_parameter(const std::string& name, const Shape& shape, const Initialisation& rule,
                                     StateEntry::Rows rows) {
  const DType dtype = master_dtype(*queue_);
  Tensor tensor;
  kernels::visit_dtype<double, float>(dtype, "add_parameter", [&]<class T>() {
    const std::vector<T> values = initial_values<T>(rule, shape, seed_, name);
    tensor = from_host(std::span<const T>(values), shape, dtype, queue_);
  });
  tensor.set_requires_grad(true);
  add({name, StateEntry::Kind::parameter, tensor, nullptr, rows});
  return tensor;
}

Tensor ParameterStore::add_buffer(const std::string& name, const Shape& shape, double value) {
  const Tensor tensor = full(shape, value, master_dtype(*queue_), queue_);
  add({name, StateEntry::Kind::buffer, tensor, nullptr});
  return tensor;
}

std::shared_ptr<std::int64_t> ParameterStore::add_counter(const std::string& name) {
  auto counter = std::make_shared<std::int64_t>(0);
  add({name, StateEntry::Kind::counter, {}, counter});
  return counter;
}

}  // namespace engine::nn
