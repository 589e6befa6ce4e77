// SPDX-License-Identifier: Apache-2.0
// The name of a GPU and of its driver.
#include <cuda_runtime.h>
#include <fmt/format.h>

#include "kernels/cuda/devices.h"
#include "kernels/cuda/hardware/runtime.cuh"

namespace kernels::cuda {

DeviceFacts facts_of(int index) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  int driver = 0;
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  return {fmt::format("{}, {} multiprocessors, {} GiB", properties.name, properties.multiProcessorCount,
                      properties.totalGlobalMem >> 30),
          fmt::format("CUDA {}.{}", driver / 1000, driver % 1000 / 10)};
}

}  // namespace kernels::cuda
