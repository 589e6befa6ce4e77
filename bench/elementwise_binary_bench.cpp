// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/broadcast.h"
#include "kernels/elementwise_binary.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::ElementwiseBinaryCase& c :
       harness.cases(test::elementwise_binary_cases, test::network::elementwise_binary))
    for (const auto& [op, name] : {std::pair{kernels::BinaryOp::add, "add"}, {kernels::BinaryOp::divide, "divide"}})
      harness.row(name, c.name, [&, operation = op]() -> bench::Job {
        const auto a = harness.activation(c.a), b = harness.activation(c.b, 0.5, 2);
        const auto y = harness.activation(kernels::broadcast_shape("bench", c.a, c.b));
        return {[=, &queue] { kernels::elementwise_binary(queue, operation, a, b, y.mutable_view()); },
                bench::bytes_of(a, b, y), static_cast<double>(y.elements())};
      });
}

const bench::Registration registration(rows);

}  // namespace
