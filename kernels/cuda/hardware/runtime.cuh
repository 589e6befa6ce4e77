// SPDX-License-Identifier: Apache-2.0
// What launches need of the CUDA runtime library.
#pragma once

#include <cuda_runtime.h>

#include "kernels/queue.h"

namespace kernels::cuda {

// Throws DeviceError with CUDA's words and `what` (a kernel or a call) unless the status is success. CUDA keeps the
// last error of a thread until it is asked for; it is taken back here, so that no later launch is blamed for it.
void check(cudaError_t status, const char* what);

// For destructors, where nobody is left to be told of an error.
inline void forget(cudaError_t status) noexcept {
  if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
}

// The stream of a queue of device cuda; makes the queue's device the calling thread's.
cudaStream_t stream_of(Queue& queue);

// To be called right after a launch: throws where it was refused, and notes the kernel, because errors inside of it are
// found only when the device is waited for (with CUDA_LAUNCH_BLOCKING=1, here).
void launched(Queue& queue, const char* kernel);

// To be called after a library whose own status was success: forgets what its attempts left in cudaGetLastError, which
// the next launch would be blamed for, and notes `work` as launched() does. Errors that last are found all the same.
void launched_by_library(Queue& queue, const char* work);

}  // namespace kernels::cuda
