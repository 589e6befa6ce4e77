// SPDX-License-Identifier: Apache-2.0
#include "kernels/profile.h"

#include "kernels/cuda/devices.h"
#include "kernels/kernel.h"
#include "kernels/optimizer_update.h"
#include "kernels/prelu.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::Profile;

namespace {

// Queues of their own: the shared ones stay without a profile.
std::vector<std::shared_ptr<kernels::Queue>> fresh_queues() {
  std::vector<kernels::Device> devices = {{DeviceKind::reference}, {DeviceKind::cpu}};
  if (kernels::cuda::devices().count > 0) devices.push_back({DeviceKind::cuda});
  std::vector<std::shared_ptr<kernels::Queue>> queues;
  for (const kernels::Device& device : devices) queues.push_back(std::make_shared<kernels::Queue>(device));
  return queues;
}

void run_prelu(const std::shared_ptr<kernels::Queue>& queue) {
  const Tensor x = engine::full({2, 3, 5, 7}, -1, engine::master_dtype(*queue), queue);
  const Tensor slope = engine::full({3}, 0.25, engine::master_dtype(*queue), queue), y = engine::empty(x.shape(), x);
  kernels::prelu_forward(*queue, x, slope, y.mutable_view());
}

}  // namespace

TEST_CASE("a profile counts the calls, the time and the bytes of every row", "[sanitize]") {
  for (const auto& queue : fresh_queues()) {
    INFO(to_string(queue->device()));
    queue->start_profile();
    for (int i = 0; i < 3; ++i) {
      const kernels::Range phase(*queue, {.name = "forward"});
      run_prelu(queue);
    }
    const auto phases = queue->profile()->entries(Profile::Kind::phase);
    REQUIRE(phases.size() == 1);
    CHECK(phases[0].name == "forward");
    CHECK(phases[0].calls == 3);
    const auto rows = queue->profile()->entries(Profile::Kind::row);
    const auto row =
        std::find_if(rows.begin(), rows.end(), [](const auto& entry) { return entry.name == "prelu_forward"; });
    REQUIRE(row != rows.end());
    CHECK(row->calls == 3);
    CHECK(row->milliseconds > 0);
    CHECK(row->milliseconds <= phases[0].milliseconds);
    const double number = queue->device().kind == DeviceKind::reference ? 8 : 4;
    CHECK(row->bytes == 3 * number * (2 * 210 + 3));
    for (std::size_t i = 1; i < rows.size(); ++i) CHECK(rows[i - 1].milliseconds >= rows[i].milliseconds);
    CHECK(queue->profile()->wall_milliseconds() >= phases[0].milliseconds);
  }
}

TEST_CASE("a queue that nobody watches keeps no times", "[sanitize]") {
  kernels::Queue queue({DeviceKind::cpu});
  CHECK_FALSE(queue.is_watched());
  CHECK(queue.profile() == nullptr);
  const kernels::Range range(queue, {.name = "forward"});  // Does nothing.
}

TEST_CASE("the time of a row that throws is kept, and the error goes on", "[sanitize]") {
  using Nothing = void(kernels::Queue&);
  Nothing* const fails = [](kernels::Queue&) {
    throw kernels::Error("as planned");
  };
  const kernels::Kernel<Nothing> row{"frobnicate", fails, fails, nullptr};
  kernels::Queue queue({DeviceKind::cpu});
  queue.start_profile();
  CHECK_THROWS_WITH(row(queue), "as planned");
  CHECK(queue.profile()->entries(Profile::Kind::row).at(0).calls == 1);
}

TEST_CASE("bytes are counted in views, lists of views and updates of parameters", "[sanitize]") {
  float data[12] = {};
  const kernels::View view{data, DType::f32, {3, 4}};
  CHECK(kernels::bytes_of_argument(view) == 48);
  CHECK(kernels::bytes_of_argument(kernels::ConstView{}) == 0);
  CHECK(kernels::bytes_of_argument(std::vector<kernels::ConstView>{view, view}) == 96);
  CHECK(kernels::bytes_of_argument(3.0) == 0);
  const std::vector<kernels::ParameterUpdate> updates(2, {view, view, {}, {view, view, {}}});
  CHECK(kernels::bytes_of_argument(kernels::ParameterUpdates(updates)) == 2 * 7 * 48);  // Momenta too, both ways.
}
