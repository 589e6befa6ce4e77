// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/pixel_difference.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::PixelDifferenceCase& c :
       harness.cases(test::pixel_difference_cases, test::network::pixel_difference)) {
    const auto kind = kernels::PixelDifference::radial;
    const kernels::Shape plain = kernels::pixel_difference_shape(c.weight, kind);
    harness.row("pixel_difference_forward", c.name, [&]() -> bench::Job {
      const auto weight = harness.parameter(c.weight), y = harness.parameter(plain);
      return {[=, &queue] { kernels::pixel_difference_forward(queue, kind, weight, y.mutable_view()); },
              bench::bytes_of(weight, y)};
    });
    harness.row("pixel_difference_grad", c.name, [&]() -> bench::Job {
      const auto dy = harness.parameter(plain), dweight = harness.parameter(c.weight);
      return {[=, &queue] { kernels::pixel_difference_grad(queue, kind, dy, dweight.mutable_view()); },
              bench::bytes_of(dy, dweight)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
