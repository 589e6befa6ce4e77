// SPDX-License-Identifier: Apache-2.0
// The table for people says what the counts say, and the files beside it can be read again.
#include "train/evaluation_table.h"

#include <regex>

#include "datasets/image_io.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using train::ConfusionMatrix;

const std::vector<datasets::ClassInfo> classes = {
    {"unlabelled", {0, 0, 0}}, {"car", {64, 0, 128}}, {"bike", {0, 8, 9}}};

train::Evaluation by_day_and_night() {
  const ConfusionMatrix day(3, {80, 10, 0, 20, 60, 0, 0, 0, 0}), night(3, {10, 0, 0, 0, 10, 10, 0, 0, 0});
  train::Evaluation evaluation{day, day, night, 4, 2.5};
  evaluation.all += night;
  return evaluation;
}

// The table with runs of blanks made one.
std::string squeezed(const std::string& text) {
  return std::regex_replace(text, std::regex(" +"), " ");
}

TEST_CASE("evaluation table: every class and every mean for all, day and night", "[sanitize]") {
  const std::string table = squeezed(train::to_table(by_day_and_night(), classes));
  INFO(table);
  const auto holds = [&](const char* part) {
    return table.find(part) != std::string::npos;
  };
  CHECK(holds(" all day night\n"));
  // Car, all: 70 of 100 found, 70 of 80 right, 70 of 110 in common; day: 60 of 80, 60 of 70, 60 of 90; night: 10 of 20,
  // 10 of 10, 10 of 20.
  CHECK(holds("car 50.00 % 70.0 87.5 63.6 75.0 85.7 66.7 50.0 100.0 50.0\n"));
  CHECK(holds("bike 0.00 % - 0.0 0.0 - - - - 0.0 0.0\n"));
  CHECK(holds("nan_as_zero 53.3 "));  // (90/100 + 70/100 + 0) / 3
  CHECK(holds("nan_skipped 80.0 "));
  CHECK(holds("nan_skipped_without_background 70.0 "));
}

TEST_CASE("evaluation table: times of day without pixels have no columns and no pictures", "[sanitize]") {
  train::Evaluation evaluation = by_day_and_night();
  evaluation.night = ConfusionMatrix(3);
  CHECK(squeezed(train::to_table(evaluation, classes)).find(" all day\n") != std::string::npos);
  const test::TemporaryFolder folder;
  train::write_evaluation(folder / "new/deep", evaluation, classes);
  CHECK(std::filesystem::exists(folder / "new/deep/confusion.png"));
  CHECK(std::filesystem::exists(folder / "new/deep/confusion_day.png"));
  CHECK_FALSE(std::filesystem::exists(folder / "new/deep/confusion_night.png"));
}

TEST_CASE("evaluation table: metrics.json holds every count", "[sanitize]") {
  const test::TemporaryFolder folder;
  const train::Evaluation evaluation = by_day_and_night();
  train::write_evaluation(folder.path(), evaluation, classes);
  const auto json = nlohmann::json::parse(test::read_text(folder / "metrics.json"));
  CHECK(json.at("images") == 4);
  for (const auto& [part, matrix] :
       {std::pair{"all", &evaluation.all}, {"day", &evaluation.day}, {"night", &evaluation.night}}) {
    const auto read = ConfusionMatrix::from_json(json.at(part).at("confusion_truth_rows"), part);
    CHECK(std::equal(read.counts().begin(), read.counts().end(), matrix->counts().begin(), matrix->counts().end()));
  }
}

}  // namespace
