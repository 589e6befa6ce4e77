// SPDX-License-Identifier: Apache-2.0
// Files are read, rendered and written from several threads, one index each.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace datasets {

// Calls work(0) ... work(count - 1) from `threads` threads, in no particular order; the first exception ends all and
// reaches the caller.
template <class Work>
void for_each_index(int threads, int count, const Work& work) {
  std::atomic<int> next{0};
  std::mutex guard;
  std::exception_ptr error;
  const auto attempt = [&](int i) {
    try {
      work(i);
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!error) error = std::current_exception();
      next = count;
    }
  };
  const auto loop = [&] {
    for (int i = next++; i < count; i = next++) attempt(i);
  };
  std::vector<std::jthread> workers;
  for (int i = 1; i < std::min(threads, count); ++i) workers.emplace_back(loop);
  loop();
  workers.clear();
  if (error) std::rethrow_exception(error);
}

}  // namespace datasets
