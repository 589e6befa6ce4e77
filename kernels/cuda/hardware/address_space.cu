// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime.h>

#include "kernels/cuda/hardware/address_space.cuh"
#include "kernels/cuda/hardware/runtime.cuh"
#include "kernels/error.h"

namespace kernels::cuda {

namespace {

// A function of the driver library, which is not linked: a machine without it runs the rest of the program.
template <class Function>
Function* driver_function(const char* name) {
  void* address = nullptr;
  cudaDriverEntryPointQueryResult result{};
  check(cudaGetDriverEntryPointByVersion(name, &address, 12000, cudaEnableDefault, &result), name);
  if (result != cudaDriverEntryPointSuccess || address == nullptr)
    throw DeviceError("the CUDA driver has no function {}", name);
  return reinterpret_cast<Function*>(address);
}

struct Driver {
  decltype(cuMemGetAllocationGranularity)* granularity =
      driver_function<decltype(cuMemGetAllocationGranularity)>("cuMemGetAllocationGranularity");
  decltype(cuMemAddressReserve)* reserve = driver_function<decltype(cuMemAddressReserve)>("cuMemAddressReserve");
  decltype(cuMemAddressFree)* free = driver_function<decltype(cuMemAddressFree)>("cuMemAddressFree");
  decltype(cuMemCreate)* create = driver_function<decltype(cuMemCreate)>("cuMemCreate");
  decltype(cuMemRelease)* release = driver_function<decltype(cuMemRelease)>("cuMemRelease");
  decltype(cuMemMap)* map = driver_function<decltype(cuMemMap)>("cuMemMap");
  decltype(cuMemUnmap)* unmap = driver_function<decltype(cuMemUnmap)>("cuMemUnmap");
  decltype(cuMemSetAccess)* set_access = driver_function<decltype(cuMemSetAccess)>("cuMemSetAccess");
  decltype(cuGetErrorName)* error_name = driver_function<decltype(cuGetErrorName)>("cuGetErrorName");
};

const Driver& driver() {
  static const Driver functions;
  return functions;
}

void check_driver(CUresult status, const char* call) {
  if (status == CUDA_SUCCESS) return;
  const char* name = nullptr;
  const bool known = driver().error_name(status, &name) == CUDA_SUCCESS && name != nullptr;
  throw DeviceError("{}: the CUDA driver answers {} ({})", call, known ? name : "an unknown error",
                    static_cast<int>(status));
}

CUmemAllocationProp memory_of(int device) {
  CUmemAllocationProp properties{};
  properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
  properties.location.id = device;
  return properties;
}

}  // namespace

DeviceRuntime::AddressRange AddressSpace::reserve(std::size_t bytes, std::size_t granularity, int device) {
  const CUmemAllocationProp properties = memory_of(device);
  std::size_t least = 0;
  check_driver(driver().granularity(&least, &properties, CU_MEM_ALLOC_GRANULARITY_MINIMUM),
               "cuMemGetAllocationGranularity");
  if (least == 0 || granularity % least != 0)
    throw DeviceError("cuda:{}: the driver maps memory in units of {} bytes, which {} is no multiple of", device, least,
                      granularity);
  CUdeviceptr base = 0;
  check_driver(driver().reserve(&base, bytes, 0, 0, 0), "cuMemAddressReserve");
  return {reinterpret_cast<std::byte*>(base), bytes};
}

bool AddressSpace::map(std::byte* from, std::size_t bytes, int device) {
  const CUmemAllocationProp properties = memory_of(device);
  Mapping mapping{reinterpret_cast<CUdeviceptr>(from), bytes, 0};
  CUresult status = driver().create(&mapping.memory, bytes, &properties, 0);
  if (status == CUDA_ERROR_OUT_OF_MEMORY) return false;
  check_driver(status, "cuMemCreate");
  const char* call = "cuMemMap";
  status = driver().map(mapping.at, bytes, 0, mapping.memory, 0);
  if (status == CUDA_SUCCESS) {
    CUmemAccessDesc access{};
    access.location = properties.location;
    access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
    call = "cuMemSetAccess";
    status = driver().set_access(mapping.at, bytes, &access, 1);
    if (status == CUDA_SUCCESS) {
      mappings_.push_back(mapping);
      return true;
    }
    static_cast<void>(driver().unmap(mapping.at, bytes));
  }
  static_cast<void>(driver().release(mapping.memory));
  if (status == CUDA_ERROR_OUT_OF_MEMORY) return false;  // Of tables for the addresses.
  check_driver(status, call);
  return false;
}

void AddressSpace::release(const DeviceRuntime::AddressRange& range) noexcept {
  // Nobody is left to be told of an error.
  for (const Mapping& mapping : mappings_) {
    static_cast<void>(driver().unmap(mapping.at, mapping.bytes));
    static_cast<void>(driver().release(mapping.memory));
  }
  mappings_.clear();
  static_cast<void>(driver().free(reinterpret_cast<CUdeviceptr>(range.base), range.bytes));
}

}  // namespace kernels::cuda
