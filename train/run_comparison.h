// SPDX-License-Identifier: Apache-2.0
// One page about several runs: best scores, curves over each other, the settings that differ. It needs the logs of the
// runs only, no checkpoint, so that runs that still go on can be compared too.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "train/run_report.h"

namespace train {

struct ComparedRun {
  std::string name;
  std::vector<std::pair<std::string, std::string>> configuration;  // Flags; commit, libraries, device, threads.
  std::vector<nlohmann::ordered_json> epochs;                      // Lines of metrics.jsonl, at least one.
  std::optional<SavedEvaluation> evaluation = {};
};

// Two to twelve runs; `evaluation` of the folders may stay empty, `prediction` is not looked at. Runs are named by
// their folders, by whole paths where that is not enough. Throws FileError, DataError, UsageError.
std::vector<ComparedRun> runs_to_compare(const std::vector<RunFolders>& folders);

// A setting and its value in each run, of those that are not the same in all; "" where a run does not have it. The run
// folder itself is no such setting.
struct Difference {
  std::string name;
  std::vector<std::string> values;

  friend bool operator==(const Difference&, const Difference&) = default;
};
std::vector<Difference> differences_of(const std::vector<ComparedRun>& runs);

// Without a title: "N runs".
std::string comparison_html(const std::vector<ComparedRun>& runs, const std::string& title = "");

}  // namespace train
