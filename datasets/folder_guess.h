// SPDX-License-Identifier: Apache-2.0
// A first description of somebody's own data, by looking at the directory: what `prepare folder` writes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "datasets/folder_description.h"

namespace datasets {

struct GuessOptions {
  std::filesystem::path directory;
  std::uint64_t seed = 0;  // Of the splits, where no lists are found.
  int threads = 2;
  std::function<void(int done, int total)> progress = {};  // Called from the reading threads, one at a time.
};

struct Guess {
  FolderDescription description;
  std::vector<std::string> reasons;  // What was guessed, and from what, line by line.
};

// Files are paired by what their names have in common; which are colour, thermal and labels is told by folder and file
// names and by the images themselves; depth and window come from all thermal images, classes from all label values.
// Files that cannot be read are left to check_data. Throws FileError, and DataError where no pairs are found.
Guess guess_description(const GuessOptions& options);

}  // namespace datasets
