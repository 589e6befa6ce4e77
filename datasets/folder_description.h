// SPDX-License-Identifier: Apache-2.0
// The TOML file that describes somebody's own data (docs/own_data.md): where the images are, what their numbers mean,
// which of them are for training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "datasets/dataset.h"

namespace datasets {

// Patterns are those of datasets/name_pattern.h, relative to `root`; all have equally many stars.
struct FolderDescription {
  enum class Convert { none, eight_bits };
  struct Class {
    ClassInfo info;
    std::vector<int> values;  // In label files; the class id is the place in the list of classes.
  };
  struct ListFile {
    std::filesystem::path path;
  };
  using Patterns = std::vector<std::string>;  // Of sample names.
  struct SplitRule {
    std::string name;                                // "train", "validation", "test", or any other.
    std::variant<double, ListFile, Patterns> which;  // A fraction of what no other rule takes, or who exactly.
  };

  std::filesystem::path root = ".";
  std::string images = {};                   // Of four channels, thermal the last; then rgb and thermal are empty.
  std::string rgb = {}, thermal = {};        // Patterns.
  std::string labels = {};                   // A pattern; empty: there are none.
  int thermal_bits = 8;                      // 8, or 9 to 16 in files of 16.
  double thermal_low = 0, thermal_high = 0;  // The window of counts; equal: the whole range.
  bool registered = true;                    // Colour and thermal show the same pixels.
  Convert convert = Convert::none;           // eight_bits: the window becomes 0 to 255 as soon as a file is read.
  std::vector<Class> classes = {};
  std::vector<int> ignored = {};  // Label values that losses and scores skip.
  std::uint64_t seed = 0;         // Of the fractions.
  std::vector<SplitRule> splits = {};
  Patterns day = {}, night = {};  // Of sample names.
};

// Throws FileError, and DataError with the line and the key where something is unknown, missing or senseless.
FolderDescription read_folder_description(const std::filesystem::path& path);
FolderDescription parse_folder_description(std::string_view text, const std::filesystem::path& path);

// With comments that say what may be changed; read_folder_description reads it back equal. `root` stands in the file;
// `notes` become comments at the top.
std::string to_toml(const FolderDescription& description, const std::string& root = ".",
                    const std::vector<std::string>& notes = {});

}  // namespace datasets
