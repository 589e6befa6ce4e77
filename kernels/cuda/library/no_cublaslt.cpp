// SPDX-License-Identifier: Apache-2.0
// Device cuda in a build without cuBLASLt.
#include "kernels/cuda/devices.h"
#include "kernels/cuda/library/matmul_library.h"

namespace kernels::cuda {

std::string matmul_library_version() {
  return {};
}

namespace library {

std::unique_ptr<ProductLibrary> open_products(Queue&) {
  return nullptr;
}

}  // namespace library
}  // namespace kernels::cuda
