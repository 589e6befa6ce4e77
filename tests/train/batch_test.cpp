// SPDX-License-Identifier: Apache-2.0
// Batches from the loader to the device: the same bits whoever augments.
#include "train/batch.h"

#include "datasets/loader.h"
#include "datasets/open.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

std::vector<unsigned char> bytes_of(const Tensor& tensor) {
  std::vector<unsigned char> bytes(static_cast<std::size_t>(tensor.elements()) * kernels::size_of(tensor.dtype()));
  tensor.queue().download(bytes.data(), tensor.view().data, bytes.size());
  return bytes;
}

std::unique_ptr<datasets::Dataset> scenes() {
  return datasets::open_dataset(
      "synthetic", {.split = "train", .settings = {{"height", "33"}, {"width", "50"}, {"day", "3"}, {"night", "2"}}});
}

}  // namespace

TEST_CASE("a batch has the same bits whether the host or the device augments it", "[sanitize]") {
  const auto data = scenes();
  datasets::LoaderOptions options{.batch_size = 3, .workers = 1, .seed = 5, .augmentation = {}};
  options.normalisation.rgb = {.mean = {0.485f, 0.456f, 0.406f}, .deviation = {0.229f, 0.224f, 0.225f}};
  for (const auto filter : {datasets::PairFilter::nearest, datasets::PairFilter::bicubic})
    for (const auto scale : {datasets::ThermalScale::full_range, datasets::ThermalScale::standardise})
      for (const int multiple : {1, 16}) {
        options.augmentation.pair_filter = filter;
        options.normalisation.thermal.scale = scale;
        options.augmenter = datasets::Augmenter::host;
        datasets::Loader host(*data, options);
        options.augmenter = datasets::Augmenter::device;
        datasets::Loader stored(*data, options);
        host.begin_epoch(2);
        stored.begin_epoch(2);
        while (const datasets::HostBatch* normalised = host.next()) {
          const datasets::HostBatch* raw = stored.next();
          REQUIRE(raw != nullptr);
          CHECK(raw->rgb.empty());
          CHECK(raw->names == normalised->names);
          CHECK(raw->labelled == normalised->labelled);
          for (const Where& where : everywhere()) {
            INFO(where.name() << ", batch " << raw->number << ", multiple " << multiple);
            const train::Batch want = train::upload(*normalised, where.queue, where.dtype, multiple);
            const train::Batch got = train::upload(*raw, where.queue, where.dtype, multiple);
            CHECK(got.rgb.shape() == Shape{raw->n, 3, multiple == 1 ? 33 : 48, multiple == 1 ? 50 : 64});
            CHECK(got.rgb.dtype() == where.dtype);
            CHECK(bytes_of(got.rgb) == bytes_of(want.rgb));
            CHECK(bytes_of(got.thermal) == bytes_of(want.thermal));
            CHECK(bytes_of(got.labels) == bytes_of(want.labels));
          }
        }
        CHECK(stored.next() == nullptr);
      }
}

TEST_CASE("device cuda augments itself, the others take what the loader has augmented", "[sanitize]") {
  CHECK(train::augmenter_for(*queue_of(DeviceKind::cpu)) == datasets::Augmenter::host);
  CHECK(train::augmenter_for(*reference_queue()) == datasets::Augmenter::host);
  for (const Where& where : everywhere({DType::f32}))
    if (where.queue->device().kind == DeviceKind::cuda)
      CHECK(train::augmenter_for(*where.queue) == datasets::Augmenter::device);
}

TEST_CASE("a batch for the device is a third of its size in network units", "[sanitize]") {
  const auto data = scenes();
  datasets::Loader loader(*data, {.batch_size = 2, .workers = 1, .augmenter = datasets::Augmenter::device});
  loader.begin_epoch(0);
  const datasets::HostBatch* batch = loader.next();
  REQUIRE(batch != nullptr);
  std::size_t bytes = 0;
  for (const datasets::StoredSample& sample : batch->stored) bytes += sample.bytes.size();
  CHECK(bytes * 2 < batch->stored.size() * 33 * 50 * 17);
}
