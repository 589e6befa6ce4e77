// SPDX-License-Identifier: Apache-2.0
// metrics.jsonl: one JSON object per line and epoch (or step), appended as training goes, so that a run can be followed
// and drawn by any program. A resumed run first forgets what came after its checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace train {

// The complete lines. A last line without its end is what a killed process left: it is skipped. Throws FileError where
// there is no such file and DataError (file and line) where a complete line is no JSON object.
std::vector<nlohmann::ordered_json> read_metrics(const std::filesystem::path& path);

class MetricsLog {
 public:
  // Appends to `path`, which need not exist.
  explicit MetricsLog(const std::filesystem::path& path);

  // Drops every line whose number under `key` ("epoch") is above `last`, then appends to the rest.
  static MetricsLog resume(const std::filesystem::path& path, const std::string& key, std::int64_t last);

  void append(const nlohmann::ordered_json& line);  // Flushed to the system. Throws FileError.

 private:
  std::filesystem::path path_;
  std::ofstream stream_;
};

}  // namespace train
