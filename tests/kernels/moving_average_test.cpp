// SPDX-License-Identifier: Apache-2.0
#include "kernels/moving_average.h"

#include "tests/cases/optimizer_update_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

// Averages after two updates towards the same values; the same numbers on every device.
std::vector<Guarded> averages(const OptimizerUpdateCase& c, const Where& where) {
  const bool on_reference = where.queue->device().kind == DeviceKind::reference;
  const Where here{on_reference ? queue_of(DeviceKind::cpu) : where.queue, DType::f32};
  std::vector<Guarded> results;
  std::vector<Tensor> values;
  std::vector<kernels::MovingAverageUpdate> updates;
  for (std::size_t i = 0; i < c.parameters.size(); ++i) {
    // Positive, so that no result is small beside its rounding.
    const Twin start = random_parameter(here, c.parameters[i], i, 1, 2);
    const Twin value = random_parameter(here, c.parameters[i], 5000 + i, 1, 2);
    values.push_back(on_reference ? value.reference : value.here);
    results.emplace_back(where.queue, c.parameters[i], where.dtype);
    results.back().start_from(on_reference ? start.reference : start.here);
    updates.push_back({results.back().view(), values.back()});
  }
  const Tensor decay = engine::full({}, 0.7, DType::f64, where.queue);
  for (int step = 0; step < 2; ++step) kernels::moving_average(*where.queue, decay, updates);
  return results;
}

}  // namespace

TEST_CASE("moving averages agree with the reference", "[sanitize]") {
  std::vector<OptimizerUpdateCase> cases = small_parameter_lists();
  cases.push_back(thousands_of_parameters);
  for (const OptimizerUpdateCase& c : cases) {
    const std::vector<Guarded> want = averages(c, {reference_queue(), DType::f64});
    for (const Where& where : everywhere({DType::f32})) {
      const std::vector<Guarded> got = averages(c, where);
      for (std::size_t i = 0; i < got.size(); ++i)
        expect_close(got[i], want[i], tolerance(DType::f32, 2),
                     c.name + ", " + where.name() + ", tensor " + std::to_string(i));
    }
  }
}

TEST_CASE("moving averages repeat bit for bit, whatever the threads", "[sanitize]") {
  for (const OptimizerUpdateCase& c : small_parameter_lists())
    for (const Where& where : everywhere({DType::f32})) {
      const std::vector<Guarded> got = averages(c, where), again = averages(c, where),
                                 otherwise = averages(c, where.otherwise());
      for (std::size_t i = 0; i < got.size(); ++i) {
        expect_identical(got[i], again[i], c.name + ", " + where.name() + ", twice");
        expect_identical(got[i], otherwise[i], c.name + ", " + where.name() + ", with other threads");
      }
    }
}
