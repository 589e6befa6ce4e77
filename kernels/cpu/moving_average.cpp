// SPDX-License-Identifier: Apache-2.0
#include "kernels/moving_average.h"

#include "kernels/cpu/stretches.h"

namespace kernels::cpu {

namespace {

void stretch(std::int64_t count, float share, const float* __restrict value, float* __restrict average) {
  for (std::int64_t i = 0; i < count; ++i) average[i] += share * (value[i] - average[i]);
}

}  // namespace

void moving_average(Queue& queue, ConstView decay, std::span<const MovingAverageUpdate> updates) {
  const auto share = static_cast<float>(1 - decay.as<double>()[0]);
  const auto count = [&](std::size_t i) {
    return updates[i].average.elements();
  };
  for_each_stretch(queue, updates.size(), count, [&](std::size_t index, std::int64_t begin, std::int64_t end) {
    stretch(end - begin, share, updates[index].value.as<float>() + begin, updates[index].average.as<float>() + begin);
  });
}

}  // namespace kernels::cpu
