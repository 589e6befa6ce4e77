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

}  // namespace train
