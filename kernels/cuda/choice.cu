// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "kernels/cuda/choice.h"
#include "kernels/cuda/devices.h"
#include "kernels/error.h"

namespace kernels::cuda {

namespace {

// To be raised when a hand-written kernel that is a candidate changes, so that remembered choices are made anew.
constexpr int revision_of_kernels = 1;

// The device's time of one run.
Stopwatch device_stopwatch(Queue& queue) {
  return [&queue](const std::function<void()>& run) {
    run();  // Loads code and fetches memory.
    double least = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 5; ++round) {
      run();  // Keeps the device busy while the run that counts is queued.
      const auto begin = queue.record();
      run();
      least = std::min(least, queue.record()->milliseconds_since(*begin));
    }
    return least * 1e-3;
  };
}

}  // namespace

Surroundings surroundings_of(Queue& queue, const std::string& library_version) {
  return {.where = fmt::format("{}, {}{}{}, kernels {}", description(queue.device().index), cuda::library_version(),
                               library_version.empty() ? "" : ", ", library_version, revision_of_kernels),
          .stopwatch = devices().emulated ? Stopwatch{} : device_stopwatch(queue)};
}

}  // namespace kernels::cuda
