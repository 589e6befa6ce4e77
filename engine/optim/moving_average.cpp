// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/moving_average.h"

#include <algorithm>
#include <utility>

#include "kernels/error.h"
#include "kernels/moving_average.h"

namespace engine {

namespace {

Tensor copy_of(const Tensor& tensor) {
  Tensor copy = empty(tensor.shape(), tensor);
  copy_into(tensor, copy);
  return copy;
}

}  // namespace

MovingAverage::MovingAverage(std::vector<NamedTensor> tracked, const MovingAverageOptions& options)
    : tracked_(std::move(tracked)), options_(options) {
  if (!(options.decay >= 0 && options.decay <= 1))
    throw kernels::UsageError("moving average: decay: expected a number in [0, 1], got {}", options.decay);
  if (tracked_.empty()) throw kernels::UsageError("moving average: there is nothing to average");
  for (const auto& [name, tensor] : tracked_) averages_.push_back({name, copy_of(tensor)});
  const std::shared_ptr<Queue>& queue = tracked_.front().tensor.shared_queue();
  updates_ = zeros({}, DType::i64, queue);
  decay_ = full({}, options.decay, DType::f64, queue);
}

void MovingAverage::update() {
  const std::shared_ptr<Queue>& queue = decay_.shared_queue();
  if (options_.warm_up == DecayWarmUp::yes) {
    const double early = static_cast<double>(1 + count_) / static_cast<double>(10 + count_);
    copy_into(full({}, std::min(options_.decay, early), DType::f64, queue), decay_);
  }
  std::vector<kernels::MovingAverageUpdate> updates;
  for (std::size_t i = 0; i < tracked_.size(); ++i)
    updates.push_back({averages_[i].tensor.mutable_view(), tracked_[i].tensor});
  kernels::moving_average(*queue, decay_.view(), updates);
  const std::vector<std::int64_t> next = {++count_};
  copy_into(from_host(std::span<const std::int64_t>(next), {}, DType::i64, queue), updates_);
}

std::vector<NamedTensor> MovingAverage::state() const {
  std::vector<NamedTensor> result = averages_;
  result.push_back({"updates", updates_});
  return result;
}

void MovingAverage::load_state(std::span<const NamedTensor> saved) {
  copy_state("moving average", saved, state());
  count_ = download_integers(updates_)[0];
}

MovingAverage::SwappedIn::SwappedIn(const MovingAverage& average) {
  for (const NamedTensor& tracked : average.tracked_) held_.emplace_back(tracked.tensor, copy_of(tracked.tensor));
  for (std::size_t i = 0; i < held_.size(); ++i) copy_into(average.averages_[i].tensor, held_[i].first);
}

MovingAverage::SwappedIn::~SwappedIn() {
  for (const auto& [live, own] : held_) copy_into(own, live);  // Of one shape and type: nothing here throws.
}

}  // namespace engine
