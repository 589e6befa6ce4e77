// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/gradient_clip.h"
#include "tests/cases/network_cases.h"

namespace {

struct Gradients {
  std::vector<bench::Tensor> tensors;  // Keeps them alive.
  std::vector<kernels::ConstView> read;
  std::vector<kernels::View> written;
  double bytes = 0;
};

std::shared_ptr<Gradients> gradients_of(const bench::Harness& harness, const test::OptimizerUpdateCase& c) {
  auto all = std::make_shared<Gradients>();
  for (const bench::Shape& shape : c.parameters) {
    all->tensors.push_back(harness.parameter(shape));
    all->written.push_back(all->tensors.back().mutable_view());
    all->read.push_back(all->tensors.back());
    all->bytes += bench::bytes_of(all->tensors.back());
  }
  return all;
}

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::OptimizerUpdateCase& c :
       harness.cases(test::optimizer_update_cases, test::network::optimizer_update)) {
    const auto norm_of = [&](double value) {
      return engine::full({}, value, bench::DType::f64, harness.queue());
    };
    harness.row("global_norm", c.name, [&]() -> bench::Job {
      const auto all = gradients_of(harness, c);
      const auto norm = norm_of(0);
      return {[=, &queue] { kernels::global_norm(queue, all->read, norm.mutable_view()); }, all->bytes, 0};
    });
    harness.row("clip_to_norm", c.name + ", above the limit", [&]() -> bench::Job {
      const auto all = gradients_of(harness, c);
      const auto norm = norm_of(1.0001);
      return {[=, &queue] { kernels::clip_to_norm(queue, 1.0, norm.view(), all->written); }, 2 * all->bytes, 0};
    });
    harness.row("clip_to_norm", c.name + ", within the limit", [&]() -> bench::Job {
      const auto all = gradients_of(harness, c);
      const auto norm = norm_of(0.5);
      return {[=, &queue] { kernels::clip_to_norm(queue, 1.0, norm.view(), all->written); }, 0, 0};
    });
    harness.row("clip_to_value", c.name, [&]() -> bench::Job {
      const auto all = gradients_of(harness, c);
      return {[=, &queue] { kernels::clip_to_value(queue, 0.5, all->written); }, 2 * all->bytes, 0};
    });
  }
}

const bench::Registration registration(rows);

}  // namespace
