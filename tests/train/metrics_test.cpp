// SPDX-License-Identifier: Apache-2.0
// The confusion matrix and its scores: by hand, and against the numbers of the CEKD authors' function.
#include "train/metrics.h"

#include <fstream>

#include "engine/formats/safetensors.h"
#include "engine/ops/confusion_matrix.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/kernel_test.h"

namespace {

using train::ConfusionMatrix;
using train::MeanConvention;
using Ids = std::vector<std::uint8_t>;

// Counted by the op that evaluation uses, from logits that are 1 for the predicted class.
ConfusionMatrix counted(int classes, const Ids& truth, const Ids& prediction, std::optional<int> ignored = {}) {
  const auto queue = test::queue_of(test::DeviceKind::cpu);
  const auto pixels = static_cast<std::int64_t>(truth.size());
  std::vector<double> logits(truth.size() * classes);  // [1, classes, 1, pixels]
  for (std::size_t i = 0; i < prediction.size(); ++i) logits[prediction[i] * truth.size() + i] = 1;
  const std::vector<std::int64_t> labels(truth.begin(), truth.end()), first = {0};
  const engine::ConfusionTotals totals = engine::confusion_totals(1, classes, queue);
  engine::confusion_matrix(
      engine::from_host(std::span<const double>(logits), {1, classes, 1, pixels}, test::DType::f32, queue),
      engine::from_host(std::span<const std::int64_t>(labels), {1, 1, pixels}, test::DType::u8, queue),
      engine::from_host(std::span<const std::int64_t>(first), {1}, test::DType::i32, queue), totals,
      {.ignored_label = ignored});
  return ConfusionMatrix(classes, engine::download_integers(totals.counts));
}

// 4 classes; 3 is neither there nor predicted, 2 is predicted but not there.
//            predicted 0  1  2
//   truth 0            3  1  0
//   truth 1            1  2  1
ConfusionMatrix by_hand() {
  return counted(4, Ids{0, 0, 0, 0, 1, 1, 1, 1}, Ids{0, 0, 0, 1, 0, 1, 1, 2});
}

TEST_CASE("metrics: rows are the truth, columns the prediction", "[sanitize]") {
  const ConfusionMatrix matrix = by_hand();
  CHECK(matrix.at(0, 1) == 1);
  CHECK(matrix.at(1, 2) == 1);
  CHECK(matrix.at(2, 1) == 0);
  CHECK(matrix.truth_pixels(1) == 4);
  CHECK(matrix.predicted_pixels(1) == 3);
  CHECK(matrix.pixels() == 8);
  CHECK(matrix.pixel_accuracy() == 5.0 / 8);
}

TEST_CASE("metrics: scores of a class by hand, undefined where the denominator is zero", "[sanitize]") {
  const ConfusionMatrix matrix = by_hand();
  CHECK(matrix.scores(0).accuracy == 3.0 / 4);
  CHECK(matrix.scores(0).precision == 3.0 / 4);
  CHECK(matrix.scores(0).iou == 3.0 / 5);
  CHECK(matrix.scores(1).accuracy == 2.0 / 4);
  CHECK(matrix.scores(1).precision == 2.0 / 3);
  CHECK(matrix.scores(1).iou == 2.0 / 5);
  CHECK_FALSE(matrix.scores(2).accuracy.has_value());  // Never there.
  CHECK(matrix.scores(2).precision == 0.0);            // Predicted in vain.
  CHECK(matrix.scores(2).iou == 0.0);
  CHECK_FALSE(matrix.scores(3).precision.has_value());
  CHECK_FALSE(matrix.scores(3).iou.has_value());
}

TEST_CASE("metrics: the three conventions give three means", "[sanitize]") {
  const ConfusionMatrix matrix = by_hand();
  const train::Scores zero = matrix.mean(MeanConvention::nan_as_zero);
  CHECK(*zero.accuracy == Approx((0.75 + 0.5) / 4).epsilon(1e-15));
  CHECK(*zero.iou == Approx((0.6 + 0.4) / 4).epsilon(1e-15));
  const train::Scores skipped = matrix.mean(MeanConvention::nan_skipped);
  CHECK(*skipped.accuracy == Approx((0.75 + 0.5) / 2).epsilon(1e-15));
  CHECK(*skipped.precision == Approx((0.75 + 2.0 / 3) / 3).epsilon(1e-15));
  CHECK(*skipped.iou == Approx((0.6 + 0.4) / 3).epsilon(1e-15));
  const train::Scores foreground = matrix.mean(MeanConvention::nan_skipped_without_background);
  CHECK(*foreground.accuracy == 0.5);
  CHECK(*foreground.iou == Approx(0.4 / 2).epsilon(1e-15));

  const ConfusionMatrix empty(3);
  CHECK(empty.mean(MeanConvention::nan_as_zero).iou == 0.0);
  CHECK_FALSE(empty.mean(MeanConvention::nan_skipped).iou.has_value());
  CHECK_FALSE(empty.pixel_accuracy().has_value());
}

TEST_CASE("metrics: ignored pixels do not count", "[sanitize]") {
  ConfusionMatrix matrix = counted(2, Ids{255, 1, 255, 0}, Ids{0, 1, 1, 1}, 255);
  CHECK(matrix.pixels() == 2);
  matrix += counted(2, Ids{0, 1, 1}, Ids{0, 0, 1}, 0);  // A class may be ignored, too.
  CHECK(matrix.pixels() == 4);
  CHECK(matrix.at(0, 0) == 0);
}

TEST_CASE("metrics: matrices of parts add up to the whole", "[sanitize]") {
  ConfusionMatrix sum = by_hand();
  sum += by_hand();
  CHECK(sum.at(0, 0) == 6);
  CHECK(sum.scores(1).iou == by_hand().scores(1).iou);
  CHECK_THROWS_AS(sum += ConfusionMatrix(3), kernels::ShapeError);
  CHECK_THROWS_AS(ConfusionMatrix(0), kernels::UsageError);
  CHECK_THROWS_AS(ConfusionMatrix(2, {1, 2, 3}), kernels::ShapeError);
}

TEST_CASE("metrics: JSON names each convention, writes undefined as null and reads back", "[sanitize]") {
  const auto json = to_json(by_hand(), {"background", "car", "person", "bike"});
  CHECK(json["classes"][1]["name"] == "car");
  CHECK(json["classes"][1]["precision"] == 2.0 / 3);
  CHECK(json["classes"][3]["iou"].is_null());
  CHECK(json["mean"].size() == 3);
  CHECK(json["mean"]["nan_skipped_without_background"]["accuracy"] == 0.5);
  CHECK(json["confusion_truth_rows"][1] == std::vector<int>{1, 2, 1, 0});
  const auto parsed = nlohmann::json::parse(json.dump());
  const ConfusionMatrix back = ConfusionMatrix::from_json(parsed["confusion_truth_rows"], "a.json");
  CHECK(std::equal(back.counts().begin(), back.counts().end(), by_hand().counts().begin()));
  CHECK_THROWS_AS(to_json(by_hand(), {"car"}), kernels::UsageError);
  for (const char* bad : {"3", "[]", "[[1,2]]", "[[1,2],[3]]", "[[1,-2],[3,4]]", "[[1,2.5],[3,4]]"}) {
    INFO(bad);
    CHECK_THROWS_WITH(ConfusionMatrix::from_json(nlohmann::json::parse(bad), "a.json"), Catch::Contains("a.json"));
  }
}

TEST_CASE("metrics: the counts and ratios are those of the CEKD authors' function", "[sanitize]") {
  const auto golden = engine::SafetensorsFile::open(test::golden_path("cekd/metrics.safetensors"));
  std::ifstream stream(test::golden_path("cekd/metrics.json"));
  const nlohmann::json rules = nlohmann::json::parse(stream);
  const int n = 3, height = 40, width = 56;
  // The rule of the JSON file.
  const std::string tag = "cekd.metrics";
  Ids truth = test::golden_labels(tag + ".truth", {n, height, width, 8, 4});
  const Ids wrong = test::golden_labels(tag + ".pred", {n, height, width, 7, 2});
  Ids prediction = truth;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (test::golden_uniform(tag + ".flip", static_cast<std::int64_t>(i)) <= 0.3) prediction[i] = wrong[i];
  for (std::uint8_t& id : truth)
    if (id == 6) id = 0;

  const ConfusionMatrix matrix = counted(9, truth, prediction);
  const std::vector<std::int64_t> counts = to_i64(golden.at("confusion"));
  CHECK(std::vector<std::int64_t>(matrix.counts().begin(), matrix.counts().end()) == counts);

  const std::vector<float> recall = to_f32(golden.at("recall_nan_as_minus_one"));
  const std::vector<float> precision = to_f32(golden.at("precision_nan_as_minus_one"));
  const std::vector<float> iou = to_f32(golden.at("iou_nan_as_minus_one"));
  for (int id = 0; id < 9; ++id) {
    INFO("class " << id);  // The fixture holds the ratios as float32.
    CHECK(static_cast<float>(matrix.scores(id).accuracy.value_or(-1)) == recall[id]);
    CHECK(static_cast<float>(matrix.scores(id).precision.value_or(-1)) == precision[id]);
    CHECK(static_cast<float>(matrix.scores(id).iou.value_or(-1)) == iou[id]);
  }
  const train::Scores mean = matrix.mean(MeanConvention::nan_as_zero);
  const nlohmann::json& scalars = rules["scalars_f64"];
  CHECK(std::abs(*mean.accuracy - scalars["mean_recall_nan_as_zero"].get<double>()) < 1e-12);
  CHECK(std::abs(*mean.precision - scalars["mean_precision_nan_as_zero"].get<double>()) < 1e-12);
  CHECK(std::abs(*mean.iou - scalars["mean_iou_nan_as_zero"].get<double>()) < 1e-12);
}

}  // namespace
