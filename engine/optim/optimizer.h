// SPDX-License-Identifier: Apache-2.0
// What all optimizers share: a list of parameters, one learning rate, one state per parameter. Parts of a network with
// rates of their own have optimizers of their own.
//
// Gradients of several micro-batches accumulate where they are: backward(loss, 1.0 / n) n times, then one step, then
// zero_gradients, equals one step on the n batches together (for a mean loss over batches of one size and no batch
// statistics).
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/named_tensor.h"
#include "kernels/optimizer_update.h"

namespace engine {

class Optimizer {
 public:
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  // Updates every parameter that has a gradient; the others, and their state, stay as they are. Throws ShapeError or
  // DTypeError, and changes nothing, where a gradient does not fit its parameter.
  void step();
  void zero_gradients();  // No parameter has a gradient afterwards.

  double rate() const { return rate_; }
  void set_rate(double rate);  // Of the next step. Throws UsageError unless finite and not negative.
  const std::vector<NamedTensor>& parameters() const { return parameters_; }

  // Handles of the live state: "momentum.KEY" and the like, shaped as the parameter KEY, and "step.KEY", an i64 scalar:
  // how many updates KEY has seen.
  std::vector<NamedTensor> state() const;
  // Copies what state() of an optimizer of the same kind returned. Throws CheckpointError, and changes nothing, where
  // names or shapes differ.
  void load_state(std::span<const NamedTensor> saved);

 protected:
  // slots: the name of each state that the kernel takes, "" for one that the options make no use of.
  Optimizer(std::vector<NamedTensor> parameters, double rate, std::array<std::string, 3> slots);
  virtual void update(Queue& queue, ConstView rate, kernels::ParameterUpdates updates) = 0;

 private:
  struct State {
    Tensor step;
    std::array<Tensor, 3> slots;
  };
  std::vector<NamedTensor> parameters_;
  std::array<std::string, 3> slot_names_;
  std::vector<State> states_;  // In the order of parameters_.
  double rate_;
  Tensor rate_on_device_;
};

// Throws UsageError that names optimizer, option and value unless low <= value < high.
void require_option(const char* optimizer, const char* option, double value, double low, double high);

}  // namespace engine
