// SPDX-License-Identifier: Apache-2.0
// Batches that cross beside the kernels are those that the loader made.
#include "train/batch_feed.h"

#include "datasets/open.h"
#include "kernels/cuda/devices.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "train/supervised.h"

using namespace test;

namespace {

std::unique_ptr<datasets::Dataset> scenes(int day, int night) {
  return datasets::open_dataset(
      "synthetic",
      {.split = "train",
       .settings = {
           {"height", "16"}, {"width", "32"}, {"day", std::to_string(day)}, {"night", std::to_string(night)}}});
}

std::vector<unsigned char> bytes_of(const Tensor& tensor) {
  std::vector<unsigned char> bytes(static_cast<std::size_t>(tensor.elements()) * kernels::size_of(tensor.dtype()));
  tensor.queue().download(bytes.data(), tensor.view().data, bytes.size());
  return bytes;
}

datasets::LoaderOptions loader_options() {
  return {.batch_size = 2, .workers = 2, .seed = 3, .augmentation = {}};  // Flipped and cropped.
}

enum class Ahead { no, yes };

// Every batch of two epochs: one image more than whole batches.
void compare(const Where& where, Ahead ahead) {
  const auto data = scenes(4, 3);
  train::BatchFeed feed(*data, where.queue, {.loader = loader_options(), .compute = where.dtype, .multiple = 16});
  datasets::Loader loader(*data, loader_options());
  for (const int epoch : {0, 1}) {
    feed.begin_epoch(epoch);
    loader.begin_epoch(epoch);
    while (const datasets::HostBatch* host = loader.next()) {
      const std::optional<train::Batch> got = feed.next();
      REQUIRE(got);
      if (ahead == Ahead::yes) feed.prefetch();
      INFO(where.name() << ", epoch " << epoch << ", batch " << host->number);
      CHECK(feed.host().names == host->names);
      CHECK(feed.host().number == host->number);
      CHECK(got->names == host->names);
      const train::Batch want = train::upload(*host, where.queue, where.dtype, 16);
      CHECK(bytes_of(got->rgb) == bytes_of(want.rgb));
      CHECK(bytes_of(got->thermal) == bytes_of(want.thermal));
      CHECK(bytes_of(got->labels) == bytes_of(want.labels));
    }
    CHECK_FALSE(feed.next());
  }
}

}  // namespace

TEST_CASE("a feed gives the loader's batches, to the bit, whether or not they are sent ahead", "[sanitize]") {
  for (const Where& where : everywhere()) {
    compare(where, Ahead::no);
    compare(where, Ahead::yes);
  }
}

TEST_CASE("an epoch may be left in the middle with a batch on its way", "[sanitize]") {
  const auto data = scenes(4, 3);
  for (const Where& where : everywhere({DType::f32})) {
    INFO(where.name());
    train::BatchFeed feed(*data, where.queue, {.loader = loader_options(), .compute = where.dtype});
    feed.begin_epoch(0);
    REQUIRE(feed.next());
    feed.prefetch();
    feed.begin_epoch(0, 2);
    REQUIRE(feed.next());
    CHECK(feed.host().number == 2);
    feed.prefetch();  // It ends with a batch on its way.
  }
}

TEST_CASE("a steady training step has no memory from the system or the driver", "[sanitize]") {
  const auto data = scenes(12, 10);
  std::vector<kernels::Device> devices = {{DeviceKind::cpu}};
  if (kernels::cuda::devices().count > 0) devices.push_back({DeviceKind::cuda});
  for (const kernels::Device& device : devices) {
    INFO(to_string(device));
    const auto queue = std::make_shared<kernels::Queue>(device, kernels::QueueOptions{.threads = 1});
    train::Supervised recipe({.model = "mfnet", .network = {.width = 0.125}}, queue, 1);
    train::BatchFeed feed(*data, queue, {.loader = loader_options()});
    feed.begin_epoch(0);
    std::vector<std::uint64_t> growths;
    for (int step = 1; step <= 10; ++step) {
      const std::optional<train::Batch> batch = feed.next();
      REQUIRE(batch);
      recipe.differentiate(*batch, {});
      feed.prefetch();
      recipe.update();
      growths.push_back(queue->memory().statistics().growths);
    }
    CHECK(growths[2] > 0);
    CHECK(growths[9] == growths[2]);
  }
}
