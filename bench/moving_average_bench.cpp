// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "kernels/moving_average.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  auto& queue = *harness.queue();
  for (const test::OptimizerUpdateCase& c :
       harness.cases(test::optimizer_update_cases, test::network::optimizer_update))
    harness.row("moving_average", c.name, [&]() -> bench::Job {
      std::vector<bench::Tensor> kept;
      std::vector<kernels::MovingAverageUpdate> updates;
      double bytes = 0;
      for (const bench::Shape& shape : c.parameters) {
        const bench::Tensor average = harness.parameter(shape), value = harness.parameter(shape);
        updates.push_back({average.mutable_view(), value});
        kept.insert(kept.end(), {average, value});
        bytes += 2 * bench::bytes_of(average) + bench::bytes_of(value);
      }
      const bench::Tensor decay = engine::full({}, 0.999, bench::DType::f64, harness.queue());
      return {[=, &queue] { kernels::moving_average(queue, decay.view(), updates); }, bytes, 0};
    });
}

const bench::Registration registration(rows);

}  // namespace
