// SPDX-License-Identifier: Apache-2.0
// Device cuda in a build without cuDNN.
#include "kernels/cuda/devices.h"
#include "kernels/cuda/library/convolution_library.h"

namespace kernels::cuda {

std::string convolution_library_version() {
  return {};
}

namespace library {

std::unique_ptr<ConvolutionLibrary> open_convolutions(Queue&) {
  return nullptr;
}

}  // namespace library
}  // namespace kernels::cuda
