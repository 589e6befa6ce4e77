// SPDX-License-Identifier: Apache-2.0
#include "engine/optim/moving_average.h"

#include <algorithm>

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"

using namespace engine;
using kernels::DeviceKind;
using test::queue_of;

namespace {

// Gives the tensor new values, as an optimizer would: in place.
void change(const Tensor& tensor, std::uint64_t seed) {
  copy_into(test::random_tensor(tensor.shared_queue(), tensor.shape(), tensor.dtype(), seed), tensor);
}

}  // namespace

TEST_CASE("a moving average follows its recurrence", "[sanitize]") {
  for (const auto warm_up : {DecayWarmUp::no, DecayWarmUp::yes})
    for (const auto& queue : test::every_queue()) {
      const DType dtype = master_dtype(*queue);
      const Tensor a = test::random_tensor(queue, {5, 3, 2, 3}, dtype, 1),
                   b = test::random_tensor(queue, {40001}, dtype, 2);
      MovingAverage average({{"a", a}, {"b", b}}, {.decay = 0.3, .warm_up = warm_up});
      std::vector<double> want_a = download(a), want_b = download(b);
      for (int t = 0; t < 5; ++t) {
        change(a, 10 + static_cast<std::uint64_t>(t));
        change(b, 20 + static_cast<std::uint64_t>(t));
        average.update();
        const double decay = warm_up == DecayWarmUp::yes ? std::min(0.3, (1.0 + t) / (10.0 + t)) : 0.3;
        const std::vector<double> live_a = download(a), live_b = download(b);
        for (std::size_t i = 0; i < want_a.size(); ++i) want_a[i] = decay * want_a[i] + (1 - decay) * live_a[i];
        for (std::size_t i = 0; i < want_b.size(); ++i) want_b[i] = decay * want_b[i] + (1 - decay) * live_b[i];
      }
      const double tolerance = dtype == DType::f64 ? 1e-15 : 1e-6;
      test::expect_close(download(average.averages()[0].tensor), want_a, tolerance, "a");
      test::expect_close(download(average.averages()[1].tensor), want_b, tolerance, "b");
    }
}

TEST_CASE("a moving average is the same on one thread and on two", "[sanitize]") {
  std::vector<std::vector<double>> results;
  for (const int threads : {1, 2}) {
    const Tensor p = test::random_tensor(queue_of(DeviceKind::cpu, threads), {100003}, DType::f32, 1);
    MovingAverage average({{"p", p}}, {.decay = 0.9});
    change(p, 2);
    average.update();
    results.push_back(download(average.averages()[0].tensor));
  }
  CHECK(results[0] == results[1]);
}

TEST_CASE("the average is swapped in for a while, and the network's own values come back", "[sanitize]") {
  for (const auto& queue : test::working_queues()) {
    INFO(to_string(queue->device()));
    const Tensor p = test::random_tensor(queue, {3, 4}, DType::f32, 1);
    MovingAverage average({{"p", p}}, {.decay = 0.5});
    change(p, 2);
    average.update();
    const std::vector<double> own = download(p), averaged = download(average.averages()[0].tensor);
    REQUIRE(own != averaged);
    const std::uint64_t version = p.version();
    {
      const MovingAverage::SwappedIn swapped(average);
      CHECK(download(p) == averaged);
      CHECK(p.version() > version);  // Packed copies of the weight are stale.
    }
    CHECK(download(p) == own);
    CHECK(download(average.averages()[0].tensor) == averaged);
  }
}

TEST_CASE("a moving average continues from its state bit for bit", "[sanitize]") {
  for (const auto& queue : test::working_queues()) {
    INFO(to_string(queue->device()));
    const Tensor p = test::random_tensor(queue, {11}, DType::f32, 1);
    const MovingAverageOptions options{.decay = 0.99, .warm_up = DecayWarmUp::yes};
    MovingAverage whole({{"p", p}}, options);
    change(p, 2);
    whole.update();
    MovingAverage resumed({{"p", p}}, options);
    resumed.load_state(whole.state());
    change(p, 3);
    whole.update();
    resumed.update();
    CHECK(download(resumed.averages()[0].tensor) == download(whole.averages()[0].tensor));
    CHECK_THROWS_AS(resumed.load_state(whole.averages()), kernels::CheckpointError);  // "updates" is missing.
    CHECK_THROWS_AS(MovingAverage({{"p", p}}, {.decay = 1.5}), kernels::UsageError);
  }
}
