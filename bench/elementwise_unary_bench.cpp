// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/elementwise_unary.h"
#include "tests/cases/network_cases.h"

namespace {

// A function on a shape.
struct Case {
  std::string name;
  const test::ElementwiseUnaryCase* c;
  kernels::Shape shape;
  test::CaseSize size;
};

std::vector<Case> on(const std::vector<kernels::Shape>& shapes, test::CaseSize size) {
  std::vector<Case> all;
  for (const test::ElementwiseUnaryCase& c : test::elementwise_unary_cases)
    for (const kernels::Shape& shape : shapes) all.push_back({c.name + ", " + to_string(shape), &c, shape, size});
  return all;
}

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  std::vector<Case> shared = on(test::elementwise_unary_shapes, test::CaseSize::small);
  for (Case& large : on({{4, 16, 480, 640}}, test::CaseSize::large)) shared.push_back(std::move(large));
  const std::vector<Case> network = on(test::network::elementwise_unary_shapes, test::CaseSize::large);
  for (const Case& each : harness.cases(shared, network)) {
    const test::ElementwiseUnaryCase& c = *each.c;
    harness.row("elementwise_unary_forward", each.name, [&]() -> bench::Job {
      const auto x = harness.activation(each.shape, c.low, c.high), y = harness.activation(each.shape);
      return {[=, &queue, &c] { kernels::elementwise_unary_forward(queue, c.function, x, y.mutable_view()); },
              bench::bytes_of(x, y)};
    });
    harness.row("elementwise_unary_grad", each.name, [&]() -> bench::Job {
      const bool reads = kernels::gradient_reads(c.function) != kernels::GradientReads::nothing;
      const auto saved = reads ? harness.activation(each.shape, c.low, c.high) : bench::Tensor{};
      const auto dy = harness.activation(each.shape), dx = harness.activation(each.shape);
      return {[=, &queue, &c] { kernels::elementwise_unary_grad(queue, c.function, dy, saved, dx.mutable_view()); },
              bench::bytes_of(saved, dy, dx)};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
