// SPDX-License-Identifier: Apache-2.0
// The autotuner's memory between runs: one JSON file, replaced as a whole, shared by processes that run side by side.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace kernels {

// $XDG_CACHE_HOME/isotherm/choices.json, or the same in ~/.cache. Empty where neither variable is set.
std::string default_choices_file();

// Choices in the file; none where there is no file. Throws FileError where it is unreadable or damaged.
std::map<std::string, std::string> read_choices(const std::filesystem::path& file);

// Adds one choice to what the file holds now and returns all. A damaged file is made anew. Another process sees the old
// file or the new one, never a part. Throws FileError where it cannot be written.
std::map<std::string, std::string> add_choice(const std::filesystem::path& file, const std::string& problem,
                                              const std::string& candidate);

}  // namespace kernels
