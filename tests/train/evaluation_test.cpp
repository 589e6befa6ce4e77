// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include "datasets/open.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "train/network.h"

using namespace test;

namespace {

datasets::HostBatch random_batch(int height, int width) {
  datasets::HostBatch batch;
  batch.n = 1;
  batch.h = height;
  batch.w = width;
  const auto fill = [&](std::vector<float>& values, int channels, std::uint64_t seed) {
    const Tensor data = random_tensor(reference_queue(), {height * width * channels}, DType::f64, seed, 0, 1);
    values = engine::download_float(data);
  };
  fill(batch.rgb, 3, 1);
  fill(batch.thermal, 1, 2);
  batch.labels.assign(static_cast<std::size_t>(height) * width, 0);
  batch.names = {"random"};
  return batch;
}

}  // namespace

TEST_CASE("an image of any size is predicted at its size", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto network = train::open_network("mfnet", {.width = 0.125}, queue);
  const auto fits = random_batch(32, 48);
  CHECK(train::predict_labels(*network->model, fits, queue, DType::f32)[0].width == 48);
  for (const auto& [height, width] : {std::pair{33, 50}, std::pair{17, 16}, std::pair{5, 9}}) {
    const auto maps = train::predict_labels(*network->model, random_batch(height, width), queue, DType::f32);
    REQUIRE(maps.size() == 1);
    CHECK(maps[0].height == height);
    CHECK(maps[0].width == width);
  }
}

TEST_CASE("evaluation counts every pixel once, by day and by night", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto network = train::open_network("mfnet", {.width = 0.125}, queue);
  const auto scenes = datasets::open_dataset(
      "synthetic", {.split = "test", .settings = {{"height", "32"}, {"width", "48"}, {"day", "2"}, {"night", "3"}}});
  const train::Evaluation result =
      train::evaluate(*network->model, *scenes, queue, DType::f32, {.batch = 2, .classes = 9});
  CHECK(result.images == 5);
  CHECK(result.all.pixels() == 5 * 32 * 48);
  CHECK(result.day.pixels() == 2 * 32 * 48);
  CHECK(result.night.pixels() == 3 * 32 * 48);
}
