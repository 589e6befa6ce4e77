// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "kernels/parallel.h"
#include "kernels/random.h"

namespace bench {

namespace {

double seconds_of(const std::function<void()>& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Memory that is several times the last cache. Writing it leaves nothing of a job's operands behind.
class CacheFlush {
 public:
  CacheFlush() {
    const long last = std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
    memory_.resize(static_cast<std::size_t>(std::clamp(2 * last, 64L << 20, 512L << 20)) / sizeof(std::uint64_t));
  }
  void operator()() {
    for (std::uint64_t& word : memory_) ++word;
  }

 private:
  std::vector<std::uint64_t> memory_;
};

std::vector<Rows>& row_list() {
  static std::vector<Rows> list;
  return list;
}

Tensor random_tensor(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype, double low,
                     double high) {
  kernels::RandomStream stream(1, "bench");
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (float& value : values)
    value = static_cast<float>(low + (high - low) * static_cast<double>(kernels::to_unit_float(stream.next())));
  return engine::from_host(std::span<const float>(values), shape, dtype, queue);
}

}  // namespace

Timing measure(const kernels::Queue&, const std::function<void()>& run, const MeasureOptions& options) {
  static CacheFlush flush;
  run();
  std::vector<double> times;
  double sum = 0;
  while (static_cast<int>(times.size()) < options.most &&
         (static_cast<int>(times.size()) < options.least || sum < options.seconds)) {
    if (options.cache == Cache::cold) flush();
    times.push_back(seconds_of(run));
    sum += times.back();
  }
  std::sort(times.begin(), times.end());
  const std::size_t count = times.size();
  return {times[count / 2], times[count / 4], times[count * 3 / 4], static_cast<int>(count)};
}

double copy_bandwidth(kernels::Queue& queue) {
  constexpr std::int64_t bytes = 256 << 20;
  const kernels::Workspace from(queue, bytes), to(queue, bytes);
  std::memset(from.data(), 1, bytes);
  std::memset(to.data(), 2, bytes);
  const Timing timing = measure(queue, [&] {
    kernels::parallel_for(queue, bytes, 1, [&](std::int64_t begin, std::int64_t end) {
      std::memcpy(to.as<char>() + begin, from.as<char>() + begin, static_cast<std::size_t>(end - begin));
    });
  });
  return 2.0 * static_cast<double>(bytes) / timing.lower;
}

Harness::Harness(std::shared_ptr<kernels::Queue> queue, DType dtype, std::string filter, MeasureOptions options,
                 std::function<void(const Result&)> report)
    : queue_(std::move(queue)),
      dtype_(dtype),
      filter_(std::move(filter)),
      options_(options),
      report_(std::move(report)) {}

void Harness::row(const std::string& op, const std::string& name, const std::function<Job()>& prepare) {
  if (fnmatch(filter_.c_str(), (op + "/" + name).c_str(), 0) != 0) return;
  const Job job = prepare();
  report_({op, name, job, measure(*queue_, job.run, options_)});
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
