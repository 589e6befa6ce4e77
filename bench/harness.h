// SPDX-License-Identifier: Apache-2.0
// What every bench/<op>_bench.cpp uses: it registers a function that lists rows (op and case); the program `bench` runs
// those that match its filter and prints one line each. To add a row, add a file; nothing else is edited:
//   void rows(bench::Harness& harness) {
//     for (const test::Conv2dCase& c : test::conv2d_cases)
//       harness.row("conv2d_forward", c.name, [&]() -> bench::Job { ... return {.run = ..., .bytes = ..., .flops =
//       ...}; });
//   }
//   const bench::Registration registration(rows);
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/tensor.h"

namespace bench {

using engine::Tensor;
using kernels::DType;
using kernels::Shape;

// One thing to time. `run` does it once. `bytes`: what must at least be read and written; `flops`: what must at least
// be computed (a multiply-add is two). Either may be 0: then its column stays empty.
struct Job {
  std::function<void()> run;
  double bytes = 0, flops = 0;
};

// Seconds of the repeats: the middle one and the quartiles around it.
struct Timing {
  double median = 0, lower = 0, upper = 0;
  int repeats = 0;
};

enum class Cache { cold, warm };

struct MeasureOptions {
  double seconds = 0.5;       // Repeats until so much time is measured...
  int least = 5, most = 200;  // ... but at least and at most so often. One more run warms up and is not counted.
  Cache cache = Cache::cold;  // Cold: memory several times the last cache is streamed through before every repeat.
};

// Times `run`, all of whose work is done on `queue` when it returns.
Timing measure(const kernels::Queue& queue, const std::function<void()>& run, const MeasureOptions& options = {});

// Bytes per second, read and written, of a plain copy on the threads of the queue: the ceiling of anything that passes
// over memory once.
double copy_bandwidth(kernels::Queue& queue);

struct Result {
  std::string op, name;
  Job job;
  Timing timing;
};

class Harness {
 public:
  // `filter`: rows whose "op/case" matches this pattern (* and ? as in a shell) are prepared and run; each is given to
  // `report` as soon as it is measured.
  Harness(std::shared_ptr<kernels::Queue> queue, DType dtype, std::string filter, MeasureOptions options,
          std::function<void(const Result&)> report);

  const std::shared_ptr<kernels::Queue>& queue() const { return queue_; }
  DType dtype() const { return dtype_; }  // Of activations.

  // `prepare` allocates the operands and returns the job; it is called only where the filter matches.
  void row(const std::string& op, const std::string& name, const std::function<Job()>& prepare);

  // Random numbers in [low, high), the same every time.
  Tensor activation(const Shape& shape, double low = -1, double high = 1) const;  // dtype().
  Tensor parameter(const Shape& shape, double low = -1, double high = 1) const;   // The master type.
  Tensor labels(const Shape& shape, int classes, DType type) const;               // Whole numbers in [0, classes).

 private:
  std::shared_ptr<kernels::Queue> queue_;
  DType dtype_;
  std::string filter_;
  MeasureOptions options_;
  std::function<void(const Result&)> report_;
};

// Bytes of a tensor's data.
double bytes_of(const Tensor& tensor);
template <class... Tensors>
double bytes_of(const Tensor& first, const Tensors&... rest) {
  return bytes_of(first) + (bytes_of(rest) + ...);
}

using Rows = void (*)(Harness&);

// A static one of these in each bench/<op>_bench.cpp adds its rows to the program.
class Registration {
 public:
  explicit Registration(Rows rows);
};
const std::vector<Rows>& registered_rows();

}  // namespace bench
