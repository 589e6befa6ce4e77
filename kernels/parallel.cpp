// SPDX-License-Identifier: Apache-2.0
#include "kernels/parallel.h"

#include <exception>
#include <mutex>

#ifdef _OPENMP
#include <omp.h>
#else
#include <thread>
#include <vector>
#endif

namespace kernels {

namespace detail {

void parallel_ranges(int threads, std::int64_t count, RangeFunction function, void* context) {
  std::exception_ptr failure;
  std::mutex mutex;
  const auto run = [&](int part) {
    try {
      function(context, count * part / threads, count * (part + 1) / threads);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
  {
    // The runtime may grant fewer threads than asked for; the split stays the one for `threads`.
    for (int part = omp_get_thread_num(); part < threads; part += omp_get_num_threads()) run(part);
  }
#else
  // Threads of this call alone: slower than a team that waits, but understood by ThreadSanitizer.
  {
    std::vector<std::jthread> others;
    for (int part = 1; part < threads; ++part) others.emplace_back(run, part);
    run(0);
  }
#endif
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail

void set_library_threads(int threads) {
#ifdef _OPENMP
  omp_set_num_threads(threads);
#else
  static_cast<void>(threads);
#endif
}

}  // namespace kernels
