// SPDX-License-Identifier: Apache-2.0
// Kills, requests to end, and full disks at named instants of a run: while images are read, in a step, in every call of
// a checkpoint, in validation. Nothing is lost, and what is resumed ends with the same bits.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>
#include <sstream>

#include "engine/checkpoint.h"
#include "kernels/random.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/training.h"

namespace {

using Catch::Matchers::Contains;
using test::differences;
using test::SmallTraining;
namespace fs = std::filesystem;

constexpr int epochs = 5;

// Training on files, so that reading them is a phase of its own: training images begin with 0, validation ones with 6.
SmallTraining on_files(const fs::path& data, const std::string& faults = "") {
  return {.epochs = epochs,
          .faults = faults,
          .problem = "--model mfnet --width 0.125 --dataset mfnet --data " + data.string() +
                     " --batch 2 --checkpoint-every 1 --keep 2 --samples 1 --ema 0.9 --seed 5 --threads 1 --device cpu "
                     "--validation-split val"};
}

fs::path render(const test::TemporaryFolder& folder) {
  const fs::path data = folder / "data";
  test::run_to_end("prepare",
                   test::words("synthetic --size 64x96 --train 8 --val 3 --test 1 --seed 1 --out " + data.string()),
                   folder / "prepare.log");
  return data;
}

// Where a run can be hit: which call, on what, how late at most.
struct Phase {
  const char* name;
  const char* call;  // And a part of the path.
  int latest;
};

// clang-format off
const std::vector<Phase> phases = {
    {"a training image is read", "open images/0", 12},
    {"a step ends", "write losses.jsonl", 6},
    {"a call of a checkpoint", "any last.safetensors.partial", 400},
    {"the last checkpoint becomes the previous", "rename safetensors", 8},
    {"a validation image is read", "open images/6", 3},
    {"a sample is drawn", "any samples/epoch", 4},
    {"the best is saved", "any best.safetensors.partial", 150},
    {"an epoch's line is written", "write metrics.jsonl", 1},
    {"the curves are drawn", "any curves.png", 2}};
// clang-format on

// Every file that must be whole, and the names of the epochs that stay.
void check_equal_ends(const fs::path& whole, const fs::path& broken) {
  for (const char* name : {"last.safetensors", "best.safetensors", "epoch004.safetensors", "epoch005.safetensors"}) {
    INFO(name);
    REQUIRE(fs::exists(broken / name));
    CHECK(differences(whole / name, broken / name) == "");
  }
  CHECK_FALSE(fs::exists(broken / "epoch003.safetensors"));
  for (const auto& entry : fs::recursive_directory_iterator(broken)) {
    INFO(entry.path());
    CHECK_FALSE(entry.path().extension() == ".partial");
  }
  const auto steps = [](const fs::path& run) {
    std::string kept;  // Without times.
    std::istringstream lines(test::read_text(run / "losses.jsonl"));
    for (std::string line; std::getline(lines, line);) kept += line.substr(0, line.find(",\"time\"")) + "\n";
    return kept;
  };
  CHECK(steps(whole) == steps(broken));
}

// Resumes the run in `broken` again and again, each time to be hit once, until it was hit `wanted` times; then to the
// end. Returns in which phases it was hit.
std::set<std::string> hit_repeatedly(const fs::path& data, const fs::path& whole, const fs::path& broken, int wanted,
                                     const std::string& action, int code_when_hit) {
  kernels::RandomStream random(static_cast<std::uint64_t>(wanted), action);
  std::set<std::string> reached;
  int hits = 0;
  for (int attempt = 0; hits < wanted; ++attempt) {
    REQUIRE(attempt < 4 * wanted);
    const Phase& phase = phases[static_cast<std::size_t>(attempt) % phases.size()];
    const auto number = 1 + random.below(static_cast<std::uint64_t>(phase.latest));
    const std::string fault = action + " " + phase.call + " " + std::to_string(number);
    const int code = test::train(broken, on_files(data, fault));
    INFO(fault << " (" << phase.name << ")\n" << test::log_of(broken));
    REQUIRE((code == 0 || code == code_when_hit));
    if (fs::exists(broken / "last.safetensors")) CHECK_NOTHROW(engine::Checkpoint::open(broken / "last.safetensors"));
    if (code == code_when_hit) {
      ++hits;
      reached.insert(phase.name);
      if (action == "term") REQUIRE(fs::exists(broken / "last.safetensors"));
    } else {
      // It was at its end before that instant came.
      check_equal_ends(whole, broken);
      fs::remove_all(broken);
    }
  }
  CHECK(test::train(broken, on_files(data)) == 0);
  INFO(test::log_of(broken));
  check_equal_ends(whole, broken);
  return reached;
}

void hit_in_every_phase(int wanted, const std::string& action, int code_when_hit) {
  const test::TemporaryFolder folder;
  const fs::path data = render(folder), whole = folder / "whole";
  REQUIRE(test::train(whole, on_files(data)) == 0);
  const auto reached = hit_repeatedly(data, whole, folder / "broken", wanted, action, code_when_hit);
  CHECK(reached.size() == phases.size());
}

TEST_CASE("a run killed once in every phase and resumed ends with bit-identical weights") {
  hit_in_every_phase(9, "kill", 128 + SIGKILL);
}

TEST_CASE("a run killed at thirty instants of all phases and resumed ends with bit-identical weights", "[slow]") {
  hit_in_every_phase(30, "kill", 128 + SIGKILL);
}

TEST_CASE("a run asked to end at ten instants of all phases saves and exits with 130 each time") {
  hit_in_every_phase(10, "term", 130);
}

TEST_CASE("a run asked to end in validation gives up at once, and the resumed one begins with the validation") {
  const test::TemporaryFolder folder;
  const fs::path data = render(folder), out = folder / "run";
  REQUIRE(test::train(out, on_files(data, "term open images/6")) == 130);
  INFO(test::log_of(out));
  CHECK_THAT(test::log_of(out), Contains("--resume") && !Contains("validation mean IoU"));
  CHECK(test::read_text(out / "metrics.jsonl").empty());
  const auto facts = engine::Checkpoint::open(out / "last.safetensors").facts();
  CHECK(facts.epoch == 0);
  CHECK(facts.configuration.at("position").at("batch") == 4);
  CHECK(facts.step == 4);
}

// One run of an epoch, and calls of the checkpoint that a second epoch of one batch saves.
struct FullDisk {
  test::TemporaryFolder folder;
  fs::path before = folder / "before", after = folder / "after";
  std::vector<std::string> calls;

  static SmallTraining second_epoch(const std::string& faults) {
    return {.epochs = 2, .more = "--no-validation --limit-batches 1 --checkpoint-every 0", .faults = faults};
  }

  FullDisk() {
    REQUIRE(test::train(before, {.epochs = 1, .more = "--no-validation --limit-batches 1"}) == 0);
    fs::copy(before, after);
    REQUIRE(test::train(after, second_epoch("list any .safetensors")) == 0);
    std::istringstream lines(test::log_of(after));
    const std::string word = "fault: ";
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with(word)) calls.push_back(line.substr(word.size(), line.find(' ', word.size()) - word.size()));
    // Reading the old checkpoint comes first; nothing of that is written.
    REQUIRE(std::count(calls.begin(), calls.end(), "write") > 50);
    REQUIRE(std::count(calls.begin(), calls.end(), "sync") == 1);
    REQUIRE(std::count(calls.begin(), calls.end(), "rename") == 2);
  }

  enum class Afterwards { nothing, resumed };

  // From the `number`th call of this kind on the disk is full.
  void run_out_of_space(const std::string& call, int number, const std::string& action,
                        Afterwards afterwards = Afterwards::resumed) const {
    const fs::path run = folder / "run";
    fs::remove_all(run);
    fs::remove(run.string() + ".log");
    fs::copy(before, run);
    const std::string fault = action + " " + call + " .safetensors " + std::to_string(number);
    const int code = test::train(run, second_epoch(fault));
    const std::string log = fs::exists(run.string() + ".log") ? test::log_of(run) : "";
    INFO(fault << "\n" << log);
    CHECK(code == 3);
    CHECK_THAT(log, Contains("the checkpoint of step 2 could not be saved") && Contains("last.safetensors") &&
                        Contains("No space left on device") && Contains("is whole: continue from it with --resume"));
    REQUIRE_NOTHROW(engine::Checkpoint::open(run / "last.safetensors"));
    CHECK(differences(before / "last.safetensors", run / "last.safetensors") == "");
    for (const auto& entry : fs::directory_iterator(run)) CHECK_FALSE(entry.path().extension() == ".partial");
    if (afterwards == Afterwards::nothing) return;
    CHECK(test::train(run, second_epoch("")) == 0);
    CHECK(differences(after / "last.safetensors", run / "last.safetensors") == "");
  }
};

TEST_CASE("a disk that is full in a write of a checkpoint leaves the last good one, and says so") {
  const FullDisk disk;
  const auto writes = static_cast<int>(std::count(disk.calls.begin(), disk.calls.end(), "write"));
  for (const int number : {1, 2, writes / 2, writes}) disk.run_out_of_space("write", number, "ENOSPC");
  disk.run_out_of_space("write", writes - 1, "half");
  disk.run_out_of_space("sync", 1, "ENOSPC");
  // The previous checkpoint is renamed first, then the last.
  for (const int number : {1, 2}) disk.run_out_of_space("rename", number, "ENOSPC");
}

TEST_CASE("a disk that is full in any write of a checkpoint leaves the last good one", "[slow]") {
  const FullDisk disk;
  const auto writes = static_cast<int>(std::count(disk.calls.begin(), disk.calls.end(), "write"));
  INFO(writes << " writes");
  for (int number = 1; number <= writes; ++number)
    disk.run_out_of_space("write", number, number % 2 == 0 ? "half" : "ENOSPC",
                          number % 20 == 0 ? FullDisk::Afterwards::resumed : FullDisk::Afterwards::nothing);
}

}  // namespace
