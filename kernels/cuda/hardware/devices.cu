// SPDX-License-Identifier: Apache-2.0
// Which GPUs there are, without making a context on any.
#include <cuda_runtime.h>

#include "kernels/cuda/devices.h"
#include "kernels/error.h"

namespace kernels::cuda {

namespace {

std::string version_text(int version) {  // 13000: 13.0
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

// The same error stands for no driver at all and for one that is too old.
std::string reason(cudaError_t status) {
  int driver = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess) static_cast<void>(cudaGetLastError());
  if (driver == 0) return "no NVIDIA driver was found (libcuda.so.1 is missing)";
  if (status == cudaErrorInsufficientDriver || driver < CUDART_VERSION / 1000 * 1000)
    return fmt::format("the NVIDIA driver here is for CUDA {}, this program needs {}", version_text(driver),
                       version_text(CUDART_VERSION));
  return fmt::format("{} ({})", cudaGetErrorString(status), cudaGetErrorName(status));
}

}  // namespace

Devices devices() {
  Devices found;
  const cudaError_t status = cudaGetDeviceCount(&found.count);
  if (status == cudaSuccess && found.count > 0) return found;
  static_cast<void>(cudaGetLastError());
  found.count = 0;
  found.none_because = status == cudaSuccess ? "the NVIDIA driver here has no GPU" : reason(status);
  return found;
}

std::string description(int index) {
  cudaDeviceProp properties{};
  const cudaError_t status = cudaGetDeviceProperties(&properties, index);
  if (status != cudaSuccess) throw DeviceError("cuda:{}: {}", index, reason(status));
  return fmt::format("{}, compute capability {}.{}", properties.name, properties.major, properties.minor);
}

std::string library_version() {
  return "CUDA " + version_text(CUDART_VERSION);
}

}  // namespace kernels::cuda
