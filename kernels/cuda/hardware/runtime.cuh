// SPDX-License-Identifier: Apache-2.0
// What launches need of the CUDA runtime library.
#pragma once

#include <cuda_runtime.h>

#include "kernels/queue.h"

namespace kernels::cuda {

// Throws DeviceError with CUDA's words and `what` (a kernel or a call) unless the status is success.
void check(cudaError_t status, const char* what);

// The stream of a queue of device cuda; makes the queue's device the calling thread's.
cudaStream_t stream_of(Queue& queue);

// To be called right after a launch: throws where it was refused, and notes the kernel, because errors inside of it are
// found only when the device is waited for (with CUDA_LAUNCH_BLOCKING=1, here).
void launched(Queue& queue, const char* kernel);

}  // namespace kernels::cuda
