// SPDX-License-Identifier: Apache-2.0
#include "bench/measure.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/cast.h"
#include "kernels/concat.h"
#include "kernels/matmul.h"
#include "kernels/parallel.h"
#include "kernels/random.h"

namespace bench {

namespace {

using engine::Tensor;
using kernels::DeviceKind;
using kernels::DType;
using kernels::Queue;
using kernels::Shape;

// More than the last cache of any GPU of today; of a CPU, twice what the system says it has.
std::int64_t flushed_bytes(Queue& queue) {
  if (runs_on_gpu(queue)) return 256 << 20;
  const long last = std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
  return std::clamp(2 * last, 64L << 20, 512L << 20);
}

// How large the ceilings' problems are: seconds on any device, emulated ones included.
struct CeilingSizes {
  std::int64_t copied_bytes, matrix;
};
CeilingSizes ceiling_sizes(Queue& queue) {
  if (runs_on_gpu(queue)) return {1 << 30, 8192};
  if (queue.device().kind == DeviceKind::cpu) return {256 << 20, 1024};
  return {1 << 20, 64};
}

double quickest_copy_by_kernels(const std::shared_ptr<Queue>& queue, std::int64_t bytes, Stopwatch& stopwatch,
                                std::string& name) {
  const DType dtype = engine::master_dtype(*queue);
  const std::int64_t count = bytes / static_cast<std::int64_t>(kernels::size_of(dtype));
  const Tensor from = random_tensor(queue, {2, count / 2}, dtype, -1, 1), to = engine::empty(from.shape(), from);
  const Tensor halves[] = {random_tensor(queue, {1, count / 2}, dtype, -1, 1),
                           random_tensor(queue, {1, count / 2}, dtype, -1, 1)};
  const std::vector<kernels::ConstView> parts(std::begin(halves), std::end(halves));
  const double by_cast = stopwatch.time([&] { kernels::cast(*queue, from, to.mutable_view()); }).lower;
  const double by_concat = stopwatch.time([&] { kernels::concat_forward(*queue, 0, parts, to.mutable_view()); }).lower;
  name = by_cast < by_concat ? "cast to the same type" : "concat of two halves";
  return std::min(by_cast, by_concat);
}

double quickest_copy_by_memcpy(Queue& queue, std::int64_t bytes, Stopwatch& stopwatch, std::string& name) {
  const kernels::Workspace from(queue, static_cast<std::size_t>(bytes)), to(queue, static_cast<std::size_t>(bytes));
  std::memset(from.data(), 1, static_cast<std::size_t>(bytes));
  std::memset(to.data(), 2, static_cast<std::size_t>(bytes));
  name = "parallel memcpy";
  return stopwatch
      .time([&] {
        kernels::parallel_for(queue, bytes, 1, [&](std::int64_t begin, std::int64_t end) {
          std::memcpy(to.as<char>() + begin, from.as<char>() + begin, static_cast<std::size_t>(end - begin));
        });
      })
      .lower;
}

}  // namespace

bool runs_on_gpu(Queue& queue) {
  return queue.runtime().runs_beside_host();
}

void Stopwatch::flush_cache() {
  // Times of the reference loops and of the emulation say nothing that a cache could change.
  if (queue_->device().kind != DeviceKind::cpu && !runs_on_gpu(*queue_)) return;
  const std::int64_t bytes = flushed_bytes(*queue_);
  if (!flushed_) flushed_ = engine::empty({bytes}, DType::u8, queue_);
  queue_->fill(flushed_.mutable_view().data, 0x5A, static_cast<std::size_t>(bytes));
}

Timing Stopwatch::time(const std::function<void()>& run, const MeasureOptions& options) {
  for (int i = 0; i < options.warmup; ++i) run();
  std::vector<double> times;
  double sum = 0;
  while (static_cast<int>(times.size()) < options.most &&
         (static_cast<int>(times.size()) < options.least || sum < options.seconds)) {
    if (options.cache == Cache::cold) flush_cache();
    const auto begin = queue_->record();
    run();
    times.push_back(1e-3 * queue_->record()->milliseconds_since(*begin));
    sum += times.back();
  }
  std::sort(times.begin(), times.end());
  const std::size_t count = times.size();
  return {times[count / 2], times[count / 4], times[count * 3 / 4], static_cast<int>(count)};
}

Tensor random_tensor(const std::shared_ptr<Queue>& queue, const Shape& shape, DType dtype, double low, double high) {
  const Tensor tensor = engine::empty(shape, dtype, queue);
  const auto count = static_cast<std::size_t>(std::min<std::int64_t>(shape.elements(), 1 << 20));
  const std::size_t all = static_cast<std::size_t>(shape.elements()) * kernels::size_of(dtype);
  kernels::visit_dtype<double, float, kernels::bf16>(dtype, "bench", [&]<class T>() {
    kernels::RandomStream stream(1, "bench");
    std::vector<T> block(count);
    for (T& value : block) {
      const double unit = static_cast<double>(kernels::to_unit_float(stream.next()));
      value = T(static_cast<float>(low + (high - low) * unit));
    }
    auto* const to = static_cast<char*>(tensor.mutable_view().data);
    const std::size_t room = count * sizeof(T);
    for (std::size_t at = 0; at < all; at += room) queue->upload(to + at, block.data(), std::min(room, all - at));
  });
  return tensor;
}

Ceilings measure_ceilings(const std::shared_ptr<Queue>& queue, DType dtype, Stopwatch& stopwatch) {
  const CeilingSizes sizes = ceiling_sizes(*queue);
  Ceilings found;
  const double copying = queue->device().kind == DeviceKind::cpu
                             ? quickest_copy_by_memcpy(*queue, sizes.copied_bytes, stopwatch, found.copy)
                             : quickest_copy_by_kernels(queue, sizes.copied_bytes, stopwatch, found.copy);
  found.bytes_per_second = 2.0 * static_cast<double>(sizes.copied_bytes) / copying;
  found.copy += fmt::format(", {} MiB", sizes.copied_bytes >> 20);

  const Shape square{sizes.matrix, sizes.matrix};
  const Tensor a = random_tensor(queue, square, dtype, -1, 1), b = random_tensor(queue, square, dtype, -1, 1);
  const Tensor y = engine::empty(square, a);
  const double multiplying =
      stopwatch
          .time([&] { kernels::matmul(*queue, kernels::MatmulOptions{}, a, b, Tensor{}, y.mutable_view()); },
                {.warmup = 2})
          .lower;
  const auto side = static_cast<double>(sizes.matrix);
  found.flops_per_second = 2 * side * side * side / multiplying;
  found.matmul = fmt::format("matmul {0}x{0}x{0}", sizes.matrix);
  return found;
}

}  // namespace bench
