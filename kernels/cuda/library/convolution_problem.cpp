// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/library/convolution_problem.h"

namespace kernels::cuda::library {

std::string to_string(const ConvolutionProblem& p) {
  constexpr const char* directions[] = {"forward", "by input", "by weight"};
  constexpr const char* fused[] = {"", ", bias", ", bias and relu"};
  const char* type = p.dtype == DType::f32 && p.products == Products::tf32 ? "tf32" : name_of(p.dtype);
  return fmt::format("convolution {} {}, x {}, weight {}, y {}, stride {}, padding {}, dilation {}, groups {}{}",
                     directions[static_cast<int>(p.direction)], type, p.x, p.weight, p.y, p.options.stride,
                     p.options.padding, p.options.dilation, p.options.groups, fused[static_cast<int>(p.fused)]);
}

}  // namespace kernels::cuda::library
