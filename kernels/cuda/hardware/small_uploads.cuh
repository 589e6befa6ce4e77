// SPDX-License-Identifier: Apache-2.0
// Uploads of a few bytes (a learning rate, the scale of a loss) without waiting for the device: they are copied into
// page-locked memory of our own first. Two halves of it take turns; one is used again when its copies have ended.
#pragma once

#include <cuda_runtime.h>

#include <cstring>

#include "kernels/cuda/hardware/event.cuh"

namespace kernels::cuda {

class SmallUploads {
 public:
  static constexpr std::size_t most_bytes = std::size_t{1} << 16;  // Of one upload.

  SmallUploads() { check(cudaHostAlloc(&memory_, 2 * half, cudaHostAllocDefault), "cudaHostAlloc"); }
  SmallUploads(const SmallUploads&) = delete;
  SmallUploads& operator=(const SmallUploads&) = delete;
  ~SmallUploads() { forget(cudaFreeHost(memory_)); }

  // The copy is queued on the stream; `from` may be changed at once.
  cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaStream_t stream) {
    if (used_ + bytes > half) {
      ends_[current_].record_on(stream);
      current_ = 1 - current_;
      used_ = 0;
      ends_[current_].wait();  // An event that was never recorded has nothing before it.
    }
    std::byte* place = static_cast<std::byte*>(memory_) + static_cast<std::size_t>(current_) * half + used_;
    std::memcpy(place, from, bytes);
    used_ += bytes;
    return cudaMemcpyAsync(to, place, bytes, cudaMemcpyHostToDevice, stream);
  }

 private:
  static constexpr std::size_t half = std::size_t{1} << 20;

  void* memory_ = nullptr;
  CudaEvent ends_[2];  // Of the copies from each half.
  int current_ = 0;
  std::size_t used_ = 0;
};

}  // namespace kernels::cuda
