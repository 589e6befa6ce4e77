// SPDX-License-Identifier: Apache-2.0
// A CUDA event, which takes its time on the device.
#pragma once

#include <cuda_runtime.h>

#include "kernels/cuda/hardware/runtime.cuh"
#include "kernels/event.h"

namespace kernels::cuda {

class CudaEvent final : public Event {
 public:
  // On the calling thread's device.
  CudaEvent() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  ~CudaEvent() override { forget(cudaEventDestroy(event_)); }
  cudaEvent_t get() const { return event_; }

  void record_on(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "cudaEventRecord"); }
  void wait() override { check(cudaEventSynchronize(event_), "waiting for an event"); }
  double milliseconds_since(Event& earlier) override {
    wait();
    earlier.wait();
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, static_cast<CudaEvent&>(earlier).event_, event_), "cudaEventElapsedTime");
    return milliseconds;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace kernels::cuda
