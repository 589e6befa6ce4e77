// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"

#include <fnmatch.h>

#include "kernels/error.h"
#include "kernels/random.h"

namespace bench {

namespace {

std::vector<Rows>& row_list() {
  static std::vector<Rows> list;
  return list;
}

}  // namespace

Harness::Harness(std::shared_ptr<kernels::Queue> queue, DType dtype, HarnessOptions options,
                 std::function<void(const Result&)> report)
    : queue_(std::move(queue)),
      dtype_(dtype),
      options_(std::move(options)),
      report_(std::move(report)),
      stopwatch_(queue_) {}

void Harness::row(const std::string& op, const std::string& name, const std::function<Job()>& prepare) {
  if (fnmatch(options_.filter.c_str(), (op + "/" + name).c_str(), 0) != 0) return;
  if (options_.work == HarnessOptions::Work::list) {
    report_({op, name, {}, {}});
    return;
  }
  try {
    const Job job = prepare();
    report_({op, name, job, stopwatch_.time(job.run, options_.measure)});
  } catch (const kernels::DTypeError& error) {
    report_({op, name, {}, {}, error.what()});
  }
}

Tensor Harness::activation(const Shape& shape, double low, double high) const {
  return random_tensor(queue_, shape, dtype_, low, high);
}

Tensor Harness::parameter(const Shape& shape, double low, double high) const {
  return random_tensor(queue_, shape, engine::master_dtype(*queue_), low, high);
}

Tensor Harness::labels(const Shape& shape, int classes, DType type) const {
  kernels::RandomStream stream(2, "bench");
  std::vector<std::int64_t> values(static_cast<std::size_t>(shape.elements()));
  for (auto& value : values) value = stream.below(static_cast<std::uint32_t>(classes));
  return engine::from_host(std::span<const std::int64_t>(values), shape, type, queue_);
}

double bytes_of(const Tensor& tensor) {
  return tensor ? static_cast<double>(tensor.elements()) * static_cast<double>(kernels::size_of(tensor.dtype())) : 0.0;
}

Registration::Registration(Rows rows) {
  row_list().push_back(rows);
}

const std::vector<Rows>& registered_rows() {
  return row_list();
}

}  // namespace bench
