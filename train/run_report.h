// SPDX-License-Identifier: Apache-2.0
// The report page of one run, from the folders that train, evaluate and predict wrote.
#pragma once

#include <filesystem>
#include <string>

#include "train/report.h"

namespace train {

struct RunFolders {
  std::filesystem::path training = {}, evaluation = {}, prediction = {};  // The last two may stay empty.
};

// Without a title: "MODEL on DATASET". Throws FileError, DataError, CheckpointError, naming the file.
ReportContent report_of(const RunFolders& folders, const std::string& title = "");

// The parts of it that comparisons of runs need too.

// Name and value of the resolved flags in config.toml; empty values are left out. Nothing where there is no such file.
std::vector<std::pair<std::string, std::string>> configuration_of(const std::filesystem::path& path);
// The named facts of the latest start in starts.jsonl, as texts; nothing where there is no such file.
std::vector<std::pair<std::string, std::string>> facts_of_start(const std::filesystem::path& training,
                                                                const std::vector<std::string>& names);
// All, day and night, from the metrics.json of evaluate, and how many images they were counted on.
struct SavedEvaluation {
  std::vector<ReportContent::Evaluation> parts;
  int images = 0;
};
SavedEvaluation saved_evaluation(const std::filesystem::path& path);

}  // namespace train
