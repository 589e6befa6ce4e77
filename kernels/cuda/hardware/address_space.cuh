// SPDX-License-Identifier: Apache-2.0
// Device memory mapped piece by piece into one range of addresses, by the driver's virtual memory management.
#pragma once

#include <cuda.h>

#include <vector>

#include "kernels/device_runtime.h"

namespace kernels::cuda {

// The driver is asked for its functions when the first range is reserved: the program starts without a driver.
class AddressSpace {
 public:
  // Throws DeviceError where the driver refuses. The range holds no memory yet; it will be had in multiples of
  // `granularity`, which must be one of the driver's.
  DeviceRuntime::AddressRange reserve(std::size_t bytes, std::size_t granularity, int device);
  // Puts memory of the device behind [from, from + bytes). False where it has no more.
  bool map(std::byte* from, std::size_t bytes, int device);
  void release(const DeviceRuntime::AddressRange& range) noexcept;

 private:
  struct Mapping {
    CUdeviceptr at;
    std::size_t bytes;
    CUmemGenericAllocationHandle memory;
  };
  std::vector<Mapping> mappings_;
};

}  // namespace kernels::cuda
