// SPDX-License-Identifier: Apache-2.0
// Exponential moving average (EMA) of a network's parameters, for evaluation and for teachers:
//   average = decay * average + (1 - decay) * parameter                after every optimizer step
// Buffers that are not on the list keep their live values; put the running statistics on it to average them too.
#pragma once

#include <span>
#include <vector>

#include "engine/named_tensor.h"

namespace engine {

// With a warm-up the decay of update t = 0, 1, ... is min(decay, (1 + t) / (10 + t)), so that the first values are soon
// forgotten.
enum class DecayWarmUp { no, yes };
struct MovingAverageOptions {
  double decay = 0.999;
  DecayWarmUp warm_up = DecayWarmUp::no;
};

class MovingAverage {
 public:
  // Starts with copies of the present values. Throws UsageError unless 0 <= decay <= 1.
  MovingAverage(std::vector<NamedTensor> tracked, const MovingAverageOptions& options = {});

  void update();
  std::vector<NamedTensor> averages() const { return averages_; }  // Live handles, under the names of the tracked.

  // The averages and "updates", an i64 scalar: how many updates there have been.
  std::vector<NamedTensor> state() const;
  void load_state(std::span<const NamedTensor> saved);  // Throws CheckpointError, as Optimizer::load_state.

  // While one of these lives, the network holds the averages; then it has its own values again, bit for bit.
  class SwappedIn {
   public:
    explicit SwappedIn(const MovingAverage& average);
    ~SwappedIn();
    SwappedIn(const SwappedIn&) = delete;
    SwappedIn& operator=(const SwappedIn&) = delete;

   private:
    std::vector<std::pair<Tensor, Tensor>> held_;  // The network's tensor, and a copy of what it held.
  };

 private:
  std::vector<NamedTensor> tracked_, averages_;
  MovingAverageOptions options_;
  std::int64_t count_ = 0;  // What updates_ holds: an update reads nothing from the device.
  Tensor updates_, decay_;
};

}  // namespace engine
