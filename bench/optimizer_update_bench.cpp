// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/optimizer_update.h"
#include "tests/cases/network_cases.h"

namespace {

using bench::Tensor;

struct Parameters {
  std::vector<Tensor> tensors;  // Keeps them alive.
  std::vector<kernels::ParameterUpdate> updates;
  double bytes = 0;  // Of one copy of all parameters.
};

std::shared_ptr<Parameters> parameters_of(const bench::Harness& harness, const test::OptimizerUpdateCase& c) {
  auto all = std::make_shared<Parameters>();
  for (const bench::Shape& shape : c.parameters) {
    const Tensor p = harness.parameter(shape), gradient = harness.parameter(shape);
    const Tensor first = harness.parameter(shape, 0, 1), second = harness.parameter(shape, 0, 1);
    const Tensor step = engine::full({}, 10, bench::DType::i64, harness.queue());
    all->tensors.insert(all->tensors.end(), {p, gradient, first, second, step});
    all->updates.push_back(
        {p.mutable_view(), gradient, step.mutable_view(), {first.mutable_view(), second.mutable_view(), {}}});
    all->bytes += bench::bytes_of(p);
  }
  return all;
}

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  const Tensor rate = engine::full({}, 1e-3, bench::DType::f64, harness.queue());
  for (const test::OptimizerUpdateCase& c :
       harness.cases(test::optimizer_update_cases, test::network::optimizer_update)) {
    harness.row("sgd_update", c.name, [&]() -> bench::Job {
      const auto all = parameters_of(harness, c);
      const kernels::SgdOptions options{.momentum = 0.9, .weight_decay = 5e-4};
      // Reads parameter, gradient, momentum; writes parameter, momentum.
      return {[=, &queue] { kernels::sgd_update(queue, options, rate.view(), all->updates); }, 5 * all->bytes, 0};
    });
    harness.row("adam_update", c.name, [&]() -> bench::Job {
      const auto all = parameters_of(harness, c);
      const kernels::AdamOptions options;
      return {[=, &queue] { kernels::adam_update(queue, options, rate.view(), all->updates); }, 7 * all->bytes, 0};
    });
    harness.row("adamw_update", c.name, [&]() -> bench::Job {
      const auto all = parameters_of(harness, c);
      const kernels::AdamOptions options{.weight_decay = 1e-2};
      return {[=, &queue] { kernels::adamw_update(queue, options, rate.view(), all->updates); }, 7 * all->bytes, 0};
    });
    harness.row("rmsprop_update", c.name, [&]() -> bench::Job {
      const auto all = parameters_of(harness, c);
      const kernels::RmspropOptions options;
      return {[=, &queue] { kernels::rmsprop_update(queue, options, rate.view(), all->updates); }, 5 * all->bytes, 0};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
