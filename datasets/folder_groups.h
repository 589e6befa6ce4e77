// SPDX-License-Identifier: Apache-2.0
// Which files of a directory belong together, told by their names: the first half of what `prepare folder` guesses.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace datasets {

// Files that one pattern with one or two stars describes, in order.
struct FileGroup {
  std::string pattern;                       // "rgb/*_vis.jpg".
  std::map<std::string, std::string> files;  // What the stars stand for, joined by "_" -> file.
  std::vector<std::string> words;            // Of the pattern, in small letters: "rgb", "vis".
};

// The image files among `files` (relative paths with "/" between) in groups of one folder, one ending and one marking:
// "0001_rgb.png" and "0001_ir.png" are of two groups, because words set them apart. Folders of the same name at the
// same depth ("day/rgb", "night/rgb") are one group with two stars.
std::vector<FileGroup> group_files(const std::vector<std::string>& files);

// The same files with the words that all of their names begin or end with moved into the pattern ("img_*.png"), where
// names would not agree otherwise.
FileGroup without_common_words(const FileGroup& group);

// Names that both groups have.
int names_in_common(const FileGroup& a, const FileGroup& b);

}  // namespace datasets
