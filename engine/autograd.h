// SPDX-License-Identifier: Apache-2.0
// Reverse-mode differentiation on an eager tape. An op computes its result, then records a rule that returns the
// gradients of its inputs; accumulation and un-broadcasting happen here, once, for all ops.
#pragma once

#include <bitset>
#include <initializer_list>
#include <string>

#include "engine/tensor.h"

namespace engine {

// needs[i]: whether the gradient of input i is wanted.
using Needs = std::bitset<64>;
// One entry per input, in order; an empty tensor where none is needed. The gradient of an input may have the shape
// before broadcasting was applied to it: the engine sums it down.
using Gradients = std::vector<Tensor>;
// dy is the gradient of the op's result. Each rule runs once and is then forgotten together with what it saved.
using GradientRule = std::function<Gradients(const Tensor& dy, Needs needs)>;

// A tensor that a rule needs later. Reading it after the data was changed in place throws an Error that names the op.
class Saved {
 public:
  Saved() = default;
  Saved(const char* op, const Tensor& tensor);
  const Tensor& get() const;
  // Lets go of the tensor. A rule does so after the last use, where its data could make room for what follows.
  void release() { *this = {}; }
  operator const Tensor&() const { return get(); }
  operator ConstView() const { return get(); }
  explicit operator bool() const { return static_cast<bool>(tensor_); }

 private:
  const char* op_ = "";
  Tensor tensor_;
  std::uint64_t version_ = 0;
};

// Whether an op on these inputs would be recorded: recording is on and one of them has a history or wants a gradient.
bool needs_gradient(std::initializer_list<Tensor> inputs);

// Attaches the rule to `result` where a gradient is needed; otherwise drops it. Returns result. Inputs may be empty
// tensors (absent optional arguments).
Tensor record(const char* op, const Tensor& result, const std::vector<Tensor>& inputs, GradientRule rule);

// d loss / d leaf is added to grad() of every leaf that requires one. `loss` has one element; `scale` multiplies the
// gradient (1 / N for N accumulated micro-batches). The tape is consumed.
void backward(const Tensor& loss, double scale = 1.0);
// The same from a given gradient of `output`.
void backward_from(const Tensor& output, const Tensor& doutput);

// While one of these lives on a thread, nothing is recorded there.
class NoGradient {
 public:
  NoGradient();
  ~NoGradient();
  NoGradient(const NoGradient&) = delete;
  NoGradient& operator=(const NoGradient&) = delete;

 private:
  bool before_;
};

// While one of these lives on a thread, it is told of every op that runs there, recorded or not. The latest one wins.
class OpObserver {
 public:
  using Listener = std::function<void(const char* op, const Tensor& result, const std::vector<Tensor>& inputs)>;
  explicit OpObserver(Listener listener);
  ~OpObserver();
  OpObserver(const OpObserver&) = delete;
  OpObserver& operator=(const OpObserver&) = delete;

 private:
  Listener listener_;
  const Listener* before_;
};

// A listener that throws an Error naming the first op that made a NaN or an infinity of finite inputs. Slow: used to
// find the culprit after the fact.
OpObserver::Listener finite_check();

}  // namespace engine
