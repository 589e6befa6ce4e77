// SPDX-License-Identifier: Apache-2.0
// Staging memory of a device as a memory resource of the standard library: std::pmr containers in it can be uploaded
// from while the host goes on.
#pragma once

#include <memory>
#include <memory_resource>

#include "kernels/queue.h"

namespace kernels {

class StagingMemory final : public std::pmr::memory_resource {
 public:
  explicit StagingMemory(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}

 private:
  // Page-locked memory begins at a page: any alignment that is asked for is met.
  void* do_allocate(std::size_t bytes, std::size_t) override { return queue_->runtime().allocate_staging(bytes); }
  void do_deallocate(void* memory, std::size_t, std::size_t) override { queue_->runtime().release_staging(memory); }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::shared_ptr<Queue> queue_;
};

}  // namespace kernels
