// SPDX-License-Identifier: Apache-2.0
// What a run folder tells stays true over resumptions.
#include "train/run_log.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using train::read_metrics;
using train::RunLog;

const train::RunStart start{"epochs=3\n", "train --epochs 3", {{"device", "cpu"}}};

void fill(RunLog& log, int first_epoch, int last_epoch) {
  for (int epoch = first_epoch; epoch <= last_epoch; ++epoch) {
    log.add_step({{"step", 2 * epoch - 1}, {"loss", 2.0}});
    log.add_step({{"step", 2 * epoch}, {"loss", 1.5}});
    log.add_sample(epoch, "scene", datasets::Image8(4, 6, 3, 200));
    log.add_epoch({{"epoch", epoch}, {"train_loss", 1.75}, {"val_miou", 0.1 * epoch}});
    log.draw_curves();
  }
}

TEST_CASE("run log: a resumed run forgets what it will do again", "[sanitize]") {
  const test::TemporaryFolder folder;
  {
    RunLog log = RunLog::begin(folder / "run", start);
    fill(log, 1, 3);
  }
  RunLog log = RunLog::resume(folder / "run", {"epochs=9\n", "train --resume", {}}, 1, 3);
  CHECK(read_metrics(folder / "run/metrics.jsonl").size() == 1);
  CHECK(read_metrics(folder / "run/losses.jsonl").size() == 3);
  log.add_step({{"step", 4}, {"loss", 1.0}});
  fill(log, 3, 3);
  CHECK(read_metrics(folder / "run/losses.jsonl").size() == 6);
  const auto lines = read_metrics(folder / "run/metrics.jsonl");
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].at("samples") == nlohmann::ordered_json{"samples/epoch003_scene.png"});
  CHECK(lines[1].at("time").get<double>() > 1.7e9);
  // The settings are those of the beginning; every start has its line.
  CHECK(test::read_text(folder / "run/config.toml") == "epochs=3\n");
  const auto starts = read_metrics(folder / "run/starts.jsonl");
  REQUIRE(starts.size() == 2);
  CHECK(starts[0].at("device") == "cpu");
  CHECK(starts[0].at("steps_done") == 0);
  CHECK(starts[1].at("command") == "train --resume");
  CHECK(starts[1].at("epochs_done") == 1);
  CHECK(std::filesystem::exists(folder / "run/curves.png"));
}

TEST_CASE("run log: a new run forgets an earlier one, and a checkpoint of elsewhere begins a folder", "[sanitize]") {
  const test::TemporaryFolder folder;
  {
    RunLog log = RunLog::begin(folder / "run", start);
    fill(log, 1, 2);
  }
  RunLog::begin(folder / "run", start);
  CHECK(read_metrics(folder / "run/metrics.jsonl").empty());
  CHECK(read_metrics(folder / "run/losses.jsonl").empty());
  CHECK(read_metrics(folder / "run/starts.jsonl").size() == 1);
  RunLog::resume(folder / "elsewhere", start, 2, 4);
  CHECK(test::read_text(folder / "elsewhere/config.toml") == "epochs=3\n");
  test::write_text(folder / "file", "not a folder");
  CHECK_THROWS_AS(RunLog::begin(folder / "file", start), kernels::FileError);
}

}  // namespace
