// SPDX-License-Identifier: Apache-2.0
// A block of memory on a queue, with an identity and a count of writes.
#pragma once

#include <cstdint>
#include <memory>

#include "kernels/queue.h"

namespace engine {

class Storage {
 public:
  Storage(std::shared_ptr<kernels::Queue> queue, std::size_t bytes);
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage();

  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t id() const { return id_; }
  std::uint64_t version() const { return version_; }
  void written() { ++version_; }
  const std::shared_ptr<kernels::Queue>& queue() const { return queue_; }

 private:
  std::shared_ptr<kernels::Queue> queue_;
  std::size_t bytes_;
  void* data_;
  std::uint64_t id_;
  std::uint64_t version_ = 1;
};

}  // namespace engine
