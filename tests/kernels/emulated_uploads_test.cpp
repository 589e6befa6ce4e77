// SPDX-License-Identifier: Apache-2.0
// Uploads beside the kernels, as the emulated device shows them: what forgets to wait gets other values.
#include <vector>

#include "kernels/cuda/emulation/launch.h"
#include "kernels/staging.h"
#include "tests/support/catch.h"

namespace test {
namespace {

using kernels::Transfer;
using kernels::cuda::emulation::AsyncCopy;

constexpr std::size_t count = 1000;

// A device whose uploads arrive at that moment, memory on it, and staging memory full of ones.
struct Upload {
  explicit Upload(AsyncCopy moment)
      : queue(std::make_shared<kernels::Queue>(kernels::Device{kernels::DeviceKind::cuda})),
        staging(queue),
        host(count, 1.0f, &staging),
        there(*queue, count * sizeof(float)) {
    kernels::cuda::emulation::Options options = kernels::cuda::emulation::options();
    options.async_copy = moment;
    kernels::cuda::emulation::set_options(*queue, options);
    queue->fill(there.data(), 0, count * sizeof(float));
    const Transfer transfer{there.data(), host.data(), count * sizeof(float)};
    arrived = queue->start_uploads({&transfer, 1}, *queue->record());
  }
  // How many of the values on the device are ones.
  std::size_t ones() {
    std::vector<float> values(count);
    queue->download(values.data(), there.data(), count * sizeof(float));
    return static_cast<std::size_t>(std::count(values.begin(), values.end(), 1.0f));
  }

  std::shared_ptr<kernels::Queue> queue;
  kernels::StagingMemory staging;
  std::pmr::vector<float> host;
  kernels::Workspace there;
  std::shared_ptr<kernels::Event> arrived;
};

TEST_CASE("an upload that is waited for has arrived, early or late", "[emulation][sanitize]") {
  for (const AsyncCopy moment : {AsyncCopy::late, AsyncCopy::eager}) {
    Upload by_the_queue(moment), by_the_host(moment);
    by_the_queue.queue->wait_for(*by_the_queue.arrived);
    by_the_host.arrived->wait();
    CHECK(by_the_queue.ones() == count);
    CHECK(by_the_host.ones() == count);
  }
}

TEST_CASE("an upload that nobody waits for is found", "[emulation][sanitize]") {
  CHECK(Upload(AsyncCopy::late).ones() == 0);  // It neither arrived nor left what was there: NaN.
  CHECK(Upload(AsyncCopy::eager).ones() == count);
  Upload waits_for_another(AsyncCopy::late);
  waits_for_another.queue->wait_for(*waits_for_another.queue->record());
  waits_for_another.queue->synchronize();
  CHECK(waits_for_another.ones() == 0);
}

TEST_CASE("a buffer that is written again before its upload has ended is found", "[emulation][sanitize]") {
  Upload late(AsyncCopy::late);
  late.host[3] = 7.0f;
  late.arrived->wait();
  CHECK(late.ones() == count - 1);
  late.host[5] = 7.0f;  // The upload has ended: nobody reads this.
  CHECK(late.ones() == count - 1);
}

TEST_CASE("uploads arrive in the order in which they were started", "[emulation][sanitize]") {
  Upload first(AsyncCopy::late);
  std::pmr::vector<float> twos(count, 2.0f, &first.staging);
  const Transfer transfer{first.there.data(), twos.data(), 10 * sizeof(float)};
  const auto second = first.queue->start_uploads({&transfer, 1}, *first.queue->record());
  first.queue->wait_for(*second);
  CHECK(first.ones() == count - 10);
  CHECK(second->milliseconds_since(*first.arrived) >= 0);
}

TEST_CASE("an upload from memory that is no staging memory is refused", "[emulation][sanitize]") {
  Upload upload(AsyncCopy::late);
  const std::vector<float> elsewhere(count);
  const Transfer transfer{upload.there.data(), elsewhere.data(), count * sizeof(float)};
  CHECK_THROWS_WITH(upload.queue->start_uploads({&transfer, 1}, *upload.arrived),
                    Catch::Matchers::Contains("an upload of 4000 bytes was started from memory that is no staging"));
  const Transfer beyond{upload.there.data(), upload.host.data() + 1, count * sizeof(float)};
  CHECK_THROWS_AS(upload.queue->start_uploads({&beyond, 1}, *upload.arrived), kernels::DeviceError);
}

}  // namespace
}  // namespace test
