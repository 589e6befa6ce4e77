// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.h"

#include "datasets/open.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "train/network.h"

using namespace test;

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

namespace {

// Two images of the synthetic test set, the second with a label that is no class.
class Mislabelled final : public datasets::Dataset {
 public:
  Mislabelled()
      : scenes_(datasets::open_dataset(
            "synthetic",
            {.split = "test", .settings = {{"height", "20"}, {"width", "30"}, {"day", "2"}, {"night", "0"}}})) {}
  std::string name() const override { return "mislabelled"; }
  const std::vector<datasets::ClassInfo>& classes() const override { return scenes_->classes(); }
  int size() const override { return 2; }
  std::string sample_name(int index) const override { return scenes_->sample_name(index); }
  datasets::TimeOfDay time_of_day(int index) const override { return scenes_->time_of_day(index); }
  datasets::Sample load(int index) const override {
    datasets::Sample sample = scenes_->load(index);
    if (unlabelled && index == 1) sample.label.reset();
    if (!unlabelled && index == 1) sample.label->at(7, 23) = 77;
    return sample;
  }

  bool unlabelled = false;

 private:
  std::unique_ptr<datasets::Dataset> scenes_;
};

}  // namespace

TEST_CASE("evaluation names the image, pixel and value of a label that is no class", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const auto network = train::open_network("mfnet", {.width = 0.125}, queue);
  Mislabelled data;
  const auto evaluate = [&](std::optional<int> ignored) {
    return train::evaluate(*network->model, data, queue, DType::f32,
                           {.batch = 2, .ignored_label = ignored, .classes = 9});
  };
  CHECK_THROWS_WITH(evaluate(255), Catch::Contains("mislabelled: sample " + data.sample_name(1)) &&
                                       Catch::Contains("class ids 0 to 8 or 255, got 77 at x 23, y 7"));
  CHECK(evaluate(77).all.pixels() == 2 * 20 * 30 - 1);
  data.unlabelled = true;
  CHECK_THROWS_WITH(evaluate(255), Catch::Contains("has no label, so there is nothing to evaluate against"));
}

TEST_CASE("evaluation counts what predictions and labels say, on every device", "[sanitize]") {
  const auto scenes = datasets::open_dataset(
      "synthetic", {.split = "test", .settings = {{"height", "20"}, {"width", "30"}, {"day", "1"}, {"night", "2"}}});
  for (const Where& where : everywhere({DType::f32})) {
    if (!where.order.empty() && where.order != "forward") continue;  // A whole network in one thread order.
    INFO(where.name());
    const auto network = train::open_network("mfnet", {.width = 0.125}, where.queue);
    std::vector<std::int64_t> counts(81);
    int shown = 0;
    const auto listener = [&](const datasets::HostBatch& batch, const std::vector<datasets::LabelMap>& predictions) {
      for (std::size_t i = 0; i < predictions.size() && shown < 2; ++i, ++shown) {
        const datasets::Sample sample = scenes->load(batch.indices[i]);
        REQUIRE(predictions[i].pixels.size() == sample.label->pixels.size());
        for (std::size_t p = 0; p < sample.label->pixels.size(); ++p)
          ++counts[sample.label->pixels[p] * 9u + predictions[i].pixels[p]];
      }
    };
    const train::Evaluation result =
        train::evaluate(*network->model, *scenes, where.queue, DType::f32,
                        {.batch = 2, .classes = 9, .limit = 2, .listener = listener, .shown = 1});
    CHECK(result.images == 2);
    CHECK(shown == 2);
    CHECK(std::equal(counts.begin(), counts.end(), result.all.counts().begin()));
  }
}
