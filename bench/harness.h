// SPDX-License-Identifier: Apache-2.0
// What every bench/<op>_bench.cpp uses: it registers a function that lists rows (op and case); the program `bench` runs
// those that match its filter and prints one line each. To add a row, add a file; nothing else is edited:
//   void rows(bench::Harness& harness) {
//     for (const test::Conv2dCase& c : harness.cases(test::conv2d_cases, test::network::conv2d))
//       harness.row("conv2d_forward", c.name, [&]() -> bench::Job { return {.run = ..., .bytes = ..., .flops = ...};
//       });
//   }
//   const bench::Registration registration(rows);
// Rows know nothing of the device: operands come from the harness, and `run` only queues work.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/measure.h"
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

struct Result {
  std::string op, name;
  Job job;
  Timing timing;
  std::string skipped = {};  // Why the row was not measured.
};

// Which of an op's cases: the small ones of its shared list (what an emulated device and the reference loops manage),
// all of them, the networks' (tests/cases/network_cases.h), or both.
enum class Cases { small, shared, network, all };

struct HarnessOptions {
  // Rows whose "op/case" matches this pattern (* and ? as in a shell) are prepared and run.
  std::string filter = "*";
  Cases cases = Cases::shared;
  MeasureOptions measure;
  // List: rows are reported without being prepared or run.
  enum class Work { measure, list } work = Work::measure;
};

class Harness {
 public:
  // Each row is given to `report` as soon as it is measured.
  Harness(std::shared_ptr<kernels::Queue> queue, DType dtype, HarnessOptions options,
          std::function<void(const Result&)> report);

  const std::shared_ptr<kernels::Queue>& queue() const { return queue_; }
  DType dtype() const { return dtype_; }  // Of activations.

  // Those of an op's shared cases and of the networks' that were asked for.
  template <class Case>
  std::vector<Case> cases(const std::vector<Case>& shared, const std::vector<Case>& network) const;

  // `prepare` allocates the operands and returns the job; it is called only where the filter matches. Skipped where the
  // device does not compute in one of the job's types.
  void row(const std::string& op, const std::string& name, const std::function<Job()>& prepare);

  // Random numbers in [low, high), the same every time.
  Tensor activation(const Shape& shape, double low = -1, double high = 1) const;  // dtype().
  Tensor parameter(const Shape& shape, double low = -1, double high = 1) const;   // The master type.
  Tensor labels(const Shape& shape, int classes, DType type) const;               // Whole numbers in [0, classes).

 private:
  std::shared_ptr<kernels::Queue> queue_;
  DType dtype_;
  HarnessOptions options_;
  std::function<void(const Result&)> report_;
  Stopwatch stopwatch_;
};

template <class Case>
bool is_large(const Case& c) {
  if constexpr (requires { c.size_class; })
    return c.size_class == decltype(c.size_class)::large;
  else
    return c.size == decltype(c.size)::large;
}

template <class Case>
std::vector<Case> Harness::cases(const std::vector<Case>& shared, const std::vector<Case>& network) const {
  std::vector<Case> chosen;
  if (options_.cases != Cases::network)
    for (const Case& c : shared)
      if (options_.cases != Cases::small || !is_large(c)) chosen.push_back(c);
  if (options_.cases == Cases::network || options_.cases == Cases::all)
    chosen.insert(chosen.end(), network.begin(), network.end());
  return chosen;
}

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
