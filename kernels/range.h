// SPDX-License-Identifier: Apache-2.0
// A named stretch of a queue's work, from its construction to its end: shown by profilers of the device (NVTX), and
// added to the queue's profile where it keeps one.
//   const kernels::Range forward(queue, {.name = "forward"});
#pragma once

#include <memory>

#include "kernels/queue.h"

namespace kernels {

class Range {
 public:
  Range(Queue& queue, const Profile::Span& span) : queue_(queue.is_watched() ? &queue : nullptr) {
    if (queue_ != nullptr) begin(span);
  }
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
  ~Range() {
    if (queue_ != nullptr) end();
  }

 private:
  void begin(const Profile::Span& span);
  void end() noexcept;

  Queue* queue_;
  Profile::Span span_;
  std::shared_ptr<Event> begin_;
};

}  // namespace kernels
