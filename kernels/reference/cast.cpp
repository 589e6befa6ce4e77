// SPDX-License-Identifier: Apache-2.0
#include "kernels/cast.h"

namespace kernels::reference {

void cast(Queue&, ConstView x, View y) {
  visit_dtype<double, float, bf16, std::int64_t, std::int32_t, std::uint8_t>(x.dtype, "cast", [&]<class From>() {
    visit_dtype<double, float, bf16, std::int64_t, std::int32_t, std::uint8_t>(y.dtype, "cast", [&]<class To>() {
      for (std::int64_t i = 0; i < y.elements(); ++i) y.as<To>()[i] = converted<To>(x.as<From>()[i]);
    });
  });
}

}  // namespace kernels::reference
