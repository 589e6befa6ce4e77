// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/library/matmul_library.h"

namespace kernels::cuda::library {

std::string to_string(const ProductProblem& p) {
  const auto turned = [](Transpose transpose) {
    return transpose == Transpose::yes ? " transposed" : "";
  };
  const char* factors = p.factors == DType::f32 && p.products == Products::tf32 ? "tf32" : name_of(p.factors);
  return fmt::format("matmul {} to {}, batch {}, [{}, {}]{} by [{}, {}]{}{}", factors, name_of(p.y), p.size.batch,
                     p.size.m, p.size.k, turned(p.options.a), p.size.k, p.size.n, turned(p.options.b),
                     p.bias ? ", bias" : "");
}

}  // namespace kernels::cuda::library
