// SPDX-License-Identifier: Apache-2.0
// How long something takes on a device, and what the device reaches at best: the ceilings beside every row.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/tensor.h"

namespace bench {

// Seconds of the repeats: the middle one and the quartiles around it.
struct Timing {
  double median = 0, lower = 0, upper = 0;
  int repeats = 0;
};

enum class Cache { cold, warm };

struct MeasureOptions {
  double seconds = 0.5;       // Repeats until so much time is measured...
  int least = 5, most = 200;  // ... but at least and at most so often. `warmup` more runs come first, uncounted.
  int warmup = 1;
  Cache cache = Cache::cold;  // Cold: memory several times the last cache is written before every repeat.
};

// Times work on one queue by the events of its device. On a GPU the host therefore counts only where it is slower than
// the device: emptying the cache keeps the device busy while the host launches.
class Stopwatch {
 public:
  explicit Stopwatch(std::shared_ptr<kernels::Queue> queue) : queue_(std::move(queue)) {}

  Timing time(const std::function<void()>& run, const MeasureOptions& options = {});

 private:
  void flush_cache();

  std::shared_ptr<kernels::Queue> queue_;
  engine::Tensor flushed_;  // Written to empty the caches; allocated by the first cold run.
};

// Uniform in [low, high); the same numbers every time. They repeat after a million: enough to keep a processor from
// finding anything to skip, few enough to be made at once.
engine::Tensor random_tensor(const std::shared_ptr<kernels::Queue>& queue, const kernels::Shape& shape,
                             kernels::DType dtype, double low, double high);

// What the device reaches in the same run, and how it was reached.
struct Ceilings {
  double bytes_per_second = 0;  // Read and written by a plain copy: nothing that passes over memory once is quicker.
  double flops_per_second = 0;  // Of a large matrix product in the rows' type.
  std::string copy, matmul;     // "parallel memcpy, 256 MiB", "matmul 2048x2048x2048".
};
Ceilings measure_ceilings(const std::shared_ptr<kernels::Queue>& queue, kernels::DType dtype, Stopwatch& stopwatch);

// Whether a queue's kernels run on a GPU, and not in its emulation.
bool runs_on_gpu(kernels::Queue& queue);

}  // namespace bench
