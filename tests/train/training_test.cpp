// SPDX-License-Identifier: Apache-2.0
// Flags of train that decide how long a run goes on and what stays of it.
#include "train/training.h"

#include <algorithm>
#include <filesystem>

#include "engine/checkpoint.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/training.h"
#include "train/metrics_log.h"

namespace {

using Catch::Matchers::Contains;
using test::differences;
namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

engine::RunFacts facts_of(const fs::path& run) {
  return engine::Checkpoint::open(run / "last.safetensors").facts();
}

TEST_CASE("a start that is refused leaves nothing in the run folder") {
  const test::TemporaryFolder folder;
  test::write_text(folder / "weights.safetensors", "these are no weights of any network");
  REQUIRE(test::train(folder / "other", {.epochs = 1, .more = "--no-validation --steps 1"}) == 0);
  const std::string other = (folder / "other/last.safetensors").string();
  struct Refusal {
    std::string flags, words;
    int code;
  };
  const std::vector<Refusal> refusals = {
      {"--init " + (folder / "weights.safetensors").string(), "weights.safetensors", 4},
      {"--init " + other + " --model rtfnet18", "last.safetensors", 4},
      {"--patience 2 --no-validation", "--patience 2", 2},
      {"--ema 0.9 --no-validation", "--ema 0.9", 2},
      {"--overfit-batches 1 --limit-batches 2", "--overfit-batches 1", 2},
      {"--keep -1", "--keep -1", 2},
      {"--class-weights 1,2", "--class-weights", 2},
      {"--train-split nowhere", "nowhere", 2},
  };
  for (const Refusal& refusal : refusals) {
    const fs::path run = folder / "run";
    INFO(refusal.flags);
    CHECK(test::train(run, {.more = refusal.flags}) == refusal.code);
    INFO(test::log_of(run));
    CHECK_THAT(test::log_of(run), Contains(refusal.words));
    CHECK_FALSE(fs::exists(run));
    fs::remove(run.string() + ".log");
    fs::create_directory(run);
    CHECK(test::train(run, {.more = refusal.flags}) == refusal.code);
    CHECK(names_in(run).empty());
    fs::remove_all(run);
    fs::remove(run.string() + ".log");
  }
}

TEST_CASE("a run that --steps ended inside an epoch goes on there") {
  const test::TemporaryFolder folder;
  const fs::path whole = folder / "whole", broken = folder / "broken";
  REQUIRE(test::train(whole, {.epochs = 2}) == 0);
  REQUIRE(test::train(broken, {.epochs = 2, .more = "--steps 3"}) == 0);
  CHECK(facts_of(broken).epoch == 0);
  CHECK(facts_of(broken).configuration.at("position").at("batch") == 3);
  auto lines = train::read_metrics(broken / "metrics.jsonl");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("step") == 3);
  CHECK(lines[0].contains("val_miou"));
  // Again with the same limit: nothing is left to do.
  REQUIRE(test::train(broken, {.epochs = 2, .more = "--steps 3"}) == 0);
  CHECK(facts_of(broken).step == 3);
  REQUIRE(test::train(broken, {.epochs = 2}) == 0);
  CHECK(differences(whole / "last.safetensors", broken / "last.safetensors") == "");
  lines = train::read_metrics(broken / "metrics.jsonl");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("step") == 5);
  CHECK(lines[0].at("train_loss") == train::read_metrics(whole / "metrics.jsonl")[0].at("train_loss"));
}

TEST_CASE("the checkpoints of the last epochs stay, and each is what the run was then") {
  const test::TemporaryFolder folder;
  const fs::path run = folder / "run", shorter = folder / "shorter";
  REQUIRE(test::train(run, {.epochs = 4, .more = "--keep 2 --no-validation"}) == 0);
  const auto names = names_in(run);
  CHECK(std::count_if(names.begin(), names.end(), [](const auto& name) { return name.starts_with("epoch"); }) == 2);
  REQUIRE(test::train(shorter, {.epochs = 3, .more = "--no-validation"}) == 0);
  CHECK(differences(run / "epoch003.safetensors", shorter / "last.safetensors") == "");
  CHECK(differences(run / "epoch004.safetensors", run / "last.safetensors") == "");
  // From an earlier one: the later stays until the run comes there again.
  REQUIRE(test::train(run, {.epochs = 5,
                            .more = "--keep 2 --no-validation",
                            .resume_from = (run / "epoch003.safetensors").string()}) == 0);
  CHECK(fs::exists(run / "epoch005.safetensors"));
  CHECK(fs::exists(run / "epoch004.safetensors"));
  CHECK_FALSE(fs::exists(run / "epoch003.safetensors"));
  CHECK(train::read_metrics(run / "metrics.jsonl").size() == 5);
}

TEST_CASE("a run without a better score ends early, also when it was interrupted in between") {
  const test::TemporaryFolder folder;
  const fs::path whole = folder / "whole", broken = folder / "broken";
  // A rate of nothing: no epoch is better than the first.
  const std::string flags =
      "--patience 2 --samples 0 --checkpoint-every 0 --rate 0 --momentum 0 --weight-decay 0 --limit-batches 1 --decay "
      "1";
  const auto epochs_of = [](const fs::path& run) {
    return train::read_metrics(run / "metrics.jsonl").size();
  };
  REQUIRE(test::train(whole, {.epochs = 50, .more = flags}) == 0);
  const auto epochs = epochs_of(whole);
  INFO(test::log_of(whole));
  CHECK(epochs < 50);
  CHECK_THAT(test::log_of(whole), Contains("ended early: no better validation mean IoU in 2 epochs"));
  const int best = facts_of(whole).configuration.at("position").at("best_epoch");
  CHECK(static_cast<int>(epochs) == best + 2);
  REQUIRE(test::train(broken, {.epochs = static_cast<int>(epochs) - 1, .more = flags}) == 0);
  CHECK_THAT(test::log_of(broken), !Contains("ended early"));
  REQUIRE(test::train(broken, {.epochs = 50, .more = flags}) == 0);
  CHECK(epochs_of(broken) == epochs);
  CHECK(differences(whole / "last.safetensors", broken / "last.safetensors") == "");
  // Once more: it stays where it is.
  REQUIRE(test::train(broken, {.epochs = 50, .more = flags}) == 0);
  CHECK(epochs_of(broken) == epochs);
}

TEST_CASE("limited batches end every epoch and its validation early") {
  const test::TemporaryFolder folder;
  const fs::path run = folder / "run";
  REQUIRE(test::train(run, {.epochs = 2, .more = "--limit-batches 2"}) == 0);
  CHECK(facts_of(run).step == 4);
  CHECK_THAT(test::log_of(run), Contains("2/2 (100 %)") && Contains("evaluate  4/4"));
  // More than there are: all.
  REQUIRE(test::train(folder / "all", {.epochs = 1, .more = "--limit-batches 99"}) == 0);
  CHECK(facts_of(folder / "all").step == 5);
}

TEST_CASE("the batches to overfit are the same in every epoch, unchanged, and validated on") {
  const test::TemporaryFolder folder;
  // Weights that never change: the loss of an epoch tells its images.
  const std::string flags = "--rate 0 --momentum 0 --weight-decay 0 --samples 0 --checkpoint-every 0 ";
  REQUIRE(test::train(folder / "run", {.epochs = 3, .more = flags + "--overfit-batches 1"}) == 0);
  const auto lines = train::read_metrics(folder / "run/metrics.jsonl");
  REQUIRE(lines.size() == 3);
  for (const auto& line : lines) CHECK(line.at("train_loss") == lines[0].at("train_loss"));
  CHECK_THAT(test::log_of(folder / "run"), Contains("1/1 (100 %)") && Contains("evaluate  2/2"));
  CHECK_FALSE(fs::exists(folder / "run/samples"));
  // Otherwise other images, mirrored and cropped, come first in every epoch.
  REQUIRE(test::train(folder / "other", {.epochs = 2, .more = flags + "--limit-batches 1"}) == 0);
  const auto others = train::read_metrics(folder / "other/metrics.jsonl");
  CHECK(others.at(0).at("train_loss") != others.at(1).at("train_loss"));
}

TEST_CASE("a run folder tells how the run was made, and draws as many samples as asked for") {
  const test::TemporaryFolder folder;
  const fs::path run = folder / "run";
  REQUIRE(test::train(run, {.epochs = 1, .more = "--samples 2"}) == 0);
  REQUIRE(test::train(run, {.epochs = 2, .more = "--samples 2"}) == 0);
  CHECK(names_in(run) == std::vector<std::string>{"best.safetensors", "config.toml", "curves.png", "last.safetensors",
                                                  "losses.jsonl", "metrics.jsonl", "previous.safetensors", "samples",
                                                  "starts.jsonl", "versions.txt"});
  const auto starts = train::read_metrics(run / "starts.jsonl");
  REQUIRE(starts.size() == 2);
  CHECK_THAT(starts[0].at("command").get<std::string>(),
             Contains("bin/train --model mfnet") && Contains("--samples 2"));
  CHECK(starts[1].at("steps_done") == 5);
  CHECK_THAT(test::read_text(run / "versions.txt"), Contains(starts[0].at("commit").get<std::string>()));
  CHECK_THAT(test::read_text(run / "config.toml"), Contains("samples=2"));
  const auto lines = train::read_metrics(run / "metrics.jsonl");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("host_peak_mib").get<double>() > 1);
  CHECK(lines[0].at("tensors_peak_mib").get<double>() > 0);
  REQUIRE(lines[1].at("samples").size() == 2);
  CHECK(names_in(run / "samples").size() == 4);
  for (const auto& line : lines)
    for (const auto& name : line.at("samples")) CHECK(fs::exists(run / name.get<std::string>()));
}

}  // namespace
