// SPDX-License-Identifier: Apache-2.0
// An evaluation as a table for people, and as pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "train/evaluation.h"

namespace train {

// Recall, precision and IoU of every class, then their means in each convention; all images, day and night side by side
// (the latter two where there are such images).
std::string to_table(const Evaluation& evaluation, const std::vector<datasets::ClassInfo>& classes);

// metrics.json and confusion.png (by day and night too, where there are such images) in `folder`.
void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation,
                      const std::vector<datasets::ClassInfo>& classes);

}  // namespace train
