// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/many_tensors.cuh"
#include "kernels/moving_average.h"

namespace kernels::cuda {

namespace {

struct Entry {
  float* average;
  const float* value;
  std::int64_t elements;
};

__global__ void follow(const TensorTable<Entry> __grid_constant__ table, const double* decay) {
  const int index = entry_of_block(table);
  const Entry& entry = table.entries[index];
  const auto share = static_cast<float>(1 - *decay);
  const Stretch stretch = stretch_of_block(table, index, one_access_each);
  for_each_access(on_vectors(entry.average, entry.value), stretch.begin, stretch.end, [&](auto width, std::int64_t at) {
    float average[width()], value[width()];
    load_access(entry.average + at, average);
    load_access(entry.value + at, value);
#pragma unroll
    for (int i = 0; i < width(); ++i) average[i] += share * (value[i] - average[i]);
    store_access(entry.average + at, average);
  });
}

}  // namespace

void moving_average(Queue& queue, ConstView decay, std::span<const MovingAverageUpdate> updates) {
  const auto entry = [&](std::size_t i) {
    return Entry{updates[i].average.as<float>(), updates[i].value.as<float>(), updates[i].average.elements()};
  };
  for_each_table(updates.size(), one_access_each, entry, [&](const TensorTable<Entry>& table) {
    launch(queue, many_tensors_grid("moving_average", table), follow, table, decay.as<double>());
  });
}

}  // namespace kernels::cuda
