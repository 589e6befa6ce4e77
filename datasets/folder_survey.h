// SPDX-License-Identifier: Apache-2.0
// What the images themselves say: the second half of what `prepare folder` guesses.
#pragma once

#include "datasets/folder_groups.h"
#include "datasets/folder_guess.h"

namespace datasets {

// The first files of a group, enough to tell what it may be.
struct GroupLook {
  std::string first_file;  // As in the group.
  bool readable = false;
  int channels = 0, bits = 8;
  bool coloured = false;    // Three channels that differ.
  bool palette = false;     // PNG with palette.
  bool lossless = false;    // Not JPEG.
  bool few_values = false;  // At most 32 different ones.
};
GroupLook look_at(const std::filesystem::path& directory, const FileGroup& group);

struct SurveyOptions {
  std::filesystem::path directory;
  int threads = 2;
  std::function<void(int done, int total)> progress = {};
};

// Bits by the largest count of all images; a window from the 0.1th to the 99.9th percentile of all counts together.
void survey_thermal(const SurveyOptions& options, const FileGroup& thermal, Guess& guess);

// One class for each value that occurs, 255 ignored; names from classes.txt where there is one, colours from the
// palette.
void survey_labels(const SurveyOptions& options, const FileGroup& labels, Guess& guess);

}  // namespace datasets
