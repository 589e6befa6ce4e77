// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/concat.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::ConcatCase& c : harness.cases(test::concat_cases, test::network::concat)) {
    harness.row("concat_forward", c.name, [&]() -> bench::Job {
      const auto y = harness.activation(kernels::concat_shape(c.parts, c.axis));
      std::vector<bench::Tensor> parts;
      for (const kernels::Shape& part : c.parts) parts.push_back(harness.activation(part));
      return {[=, &queue, &c] {
                const std::vector<kernels::ConstView> views(parts.begin(), parts.end());
                kernels::concat_forward(queue, c.axis, views, y.mutable_view());
              },
              2 * bench::bytes_of(y)};
    });
    harness.row("concat_grad", c.name, [&]() -> bench::Job {
      const auto dy = harness.activation(kernels::concat_shape(c.parts, c.axis));
      std::vector<bench::Tensor> parts;
      for (const kernels::Shape& part : c.parts) parts.push_back(harness.activation(part));
      return {[=, &queue, &c] {
                std::vector<kernels::View> views;
                for (const bench::Tensor& part : parts) views.push_back(part.mutable_view());
                kernels::concat_grad(queue, c.axis, dy, views);
              },
              2 * bench::bytes_of(dy)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
