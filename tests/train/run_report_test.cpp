// SPDX-License-Identifier: Apache-2.0
// The page of a run tells what lies in its folders.
#include "train/run_report.h"

#include "datasets/image_io.h"
#include "engine/checkpoint.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "tests/support/temporary_folder.h"
#include "train/evaluation_table.h"
#include "train/model_card.h"

namespace {

using Catch::Matchers::Contains;
using test::TemporaryFolder;
using train::ConfusionMatrix;

const std::vector<datasets::ClassInfo> classes = {{"unlabelled", {0, 0, 0}}, {"car", {64, 0, 128}}};

void write_checkpoint(const std::filesystem::path& path, const std::string& model = "mfnet") {
  engine::CheckpointWriter writer;
  const train::ModelCard card{model, {.classes = 2, .width = 0.125}, classes, {}, {}};
  writer.facts.configuration = {{"network", train::to_json(card)}, {"dataset", "mfnet"}};
  writer.facts.best_metric = 0.625;
  writer.write(path);
}

// What train, evaluate and predict leave.
struct Run {
  TemporaryFolder folder;
  train::RunFolders folders{folder / "train", folder / "evaluate", folder / "predict"};

  Run() {
    for (const auto& each : {folders.training, folders.evaluation, folders.prediction})
      std::filesystem::create_directory(each);
    write_checkpoint(folders.training / "best.safetensors");
    test::write_text(folders.training / "config.toml", "# Passes\nepochs=2\n\nmodel=\"mfnet\"\ninit=\"\"\n");
    test::write_text(
        folders.training / "metrics.jsonl",
        "{\"epoch\":1,\"train_loss\":2.5,\"seconds\":40}\n{\"epoch\":2,\"train_loss\":1.25,\"seconds\":32}\n");
    datasets::write_png(folders.training / "curves.png", datasets::Image8(4, 6, 3, 9));
    const ConfusionMatrix day(2, {5, 1, 2, 3}), night(2, {1, 0, 4, 2});
    train::Evaluation evaluation{day, day, night, 7, 1};
    evaluation.all += night;
    train::write_evaluation(folders.evaluation, evaluation, classes);
    for (const char* name : {"80001N_sheet.png", "80000D_sheet.png", "80000D_label.png", "other_sheet.png"})
      datasets::write_png(folders.prediction / name, datasets::Image8(3, 5, 3, 7));
  }
};

TEST_CASE("run report: tells what the three folders hold", "[sanitize]") {
  const Run run;
  const train::ReportContent content = train::report_of(run.folders);
  CHECK(content.title == "mfnet on mfnet");
  CHECK(train::report_of(run.folders, "A title").title == "A title");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(content.configuration == Pairs{{"epochs", "2"}, {"model", "mfnet"}});
  REQUIRE(content.summary.size() == 3);
  CHECK_THAT(content.summary[0], Contains("two pictures") && Contains("unlabelled, car"));
  CHECK_THAT(content.summary[1],
             Contains("2 times") && Contains("took 72 seconds;") && Contains("2.500 to 1.250") && Contains("62.5 %"));
  CHECK_THAT(content.summary[2], Contains("7 labelled images"));
  REQUIRE(content.evaluations.size() == 3);
  CHECK(content.evaluations[0].matrix.at(1, 0) == 6);
  CHECK(content.evaluations[2].name == "night");
  CHECK(content.evaluations[2].matrix.at(1, 1) == 2);
  REQUIRE(content.samples.size() == 3);
  CHECK(content.samples[0].caption == "80000D, by day");
  CHECK(content.samples[1].caption == "80001N, by night");
  CHECK(content.samples[2].caption == "other");
  CHECK(content.curves.size() == 1);
  CHECK(train::report_html(content).size() > 1000);
}

TEST_CASE("run report: a run alone, without validation, has a page too", "[sanitize]") {
  const Run run;
  std::filesystem::remove(run.folders.training / "best.safetensors");
  write_checkpoint(run.folders.training / "last.safetensors", "mfnet_thermal");
  const train::ReportContent content = train::report_of({.training = run.folders.training});
  CHECK(content.title == "mfnet_thermal on mfnet");
  CHECK_THAT(content.summary[0], Contains("the picture of a thermal camera"));
  CHECK(content.evaluations.empty());
  CHECK(content.samples.empty());
}

TEST_CASE("run report: tells the command and commit of the latest start", "[sanitize]") {
  const Run run;
  test::write_text(run.folders.training / "starts.jsonl",
                   "{\"command\":\"train --epochs 2\",\"commit\":\"abc\",\"threads\":2}\n"
                   "{\"command\":\"train --epochs 2 --resume\",\"commit\":\"def\",\"threads\":1}\n");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(train::report_of(run.folders).configuration == Pairs{{"epochs", "2"},
                                                             {"model", "mfnet"},
                                                             {"command", "train --epochs 2 --resume"},
                                                             {"commit", "def"},
                                                             {"threads", "1"}});
}

TEST_CASE("run report: what cannot be used is named", "[sanitize]") {
  const Run run;
  test::write_text(run.folders.evaluation / "metrics.json", "{\"all\": 3}");
  CHECK_THROWS_AS(train::report_of(run.folders), kernels::DataError);
  CHECK_THROWS_WITH(train::report_of(run.folders), Contains("metrics.json"));
  test::write_text(run.folders.evaluation / "metrics.json", "{\"all\":");
  CHECK_THROWS_WITH(train::report_of(run.folders), Contains("metrics.json: is not JSON"));
  std::filesystem::remove(run.folders.evaluation / "metrics.json");
  CHECK_THROWS_AS(train::report_of(run.folders), kernels::FileError);
  engine::CheckpointWriter().write(run.folders.training / "best.safetensors");
  CHECK_THROWS_WITH(train::report_of(run.folders), Contains("best.safetensors: no description of the network"));
}

}  // namespace
