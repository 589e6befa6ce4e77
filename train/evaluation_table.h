// SPDX-License-Identifier: Apache-2.0
// An evaluation as a table for people, and as pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "train/evaluation.h"

namespace train {

// Per class accuracy, precision and IoU over all images; then the means of all, day and night in each convention.
std::string to_table(const Evaluation& evaluation, const std::vector<datasets::ClassInfo>& classes);

// metrics.json and confusion.png (by day and night too, where there are such images) in `folder`.
void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation,
                      const std::vector<datasets::ClassInfo>& classes);

}  // namespace train
