// SPDX-License-Identifier: Apache-2.0
// --profile: where the time of a run went, per kernel row and per phase of a step.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "kernels/queue.h"

namespace train {

// {"device", "timed_by", "wall_ms", "rows_ms", "phases": [...], "rows": [...]}, what took longest first; each entry has
// name, calls, ms, share (of wall_ms) and, where bytes are known, bytes (read and written at least) and gb_per_s.
nlohmann::ordered_json to_json(kernels::Queue& queue, kernels::Profile& profile);
// The same as a table. Throws where `json` is not what to_json gave.
std::string to_table(const nlohmann::ordered_json& json);

// The flag of a program.
struct ProfileFlag {
  bool wanted = false;

  void add_to(CLI::App& app);
  void start(kernels::Queue& queue) const;
  // Prints the table on stdout and, unless the path is empty, writes FOLDER/profile.json. Does nothing unless wanted.
  void finish(kernels::Queue& queue, const std::filesystem::path& folder) const;
};

}  // namespace train
