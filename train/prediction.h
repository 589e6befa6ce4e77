// SPDX-License-Identifier: Apache-2.0
// Predictions as files: label map, overlays, confidence and one sheet per pair.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "train/inference.h"
#include "train/prediction_summary.h"

namespace train {

struct PredictionOptions {
  kernels::DType compute = kernels::DType::f32;
  InferenceOptions inference = {};
  std::vector<int> only = {};  // Class ids that are shown and counted; empty: all.
  bool confidence = false;     // Also NAME_confidence.png, and in the sheet.
};

// Ids of classes by name. Throws UsageError, with the names that there are.
std::vector<int> class_ids(const std::vector<std::string>& names, const std::vector<datasets::ClassInfo>& classes);

// Writes FOLDER/NAME_label.png (class ids), NAME_overlay_rgb.png, NAME_overlay_thermal.png, NAME_sheet.png and, where
// wanted, NAME_confidence.png (grey, 255 times the probability). The class called background or unlabelled, where there
// is one, is left untinted. Of networks with maps beside their classes also those: NAME_edges.png of CENet,
// NAME_enhanced.png of EKNet (train/inner_maps.h). Pixels of classes that `only` leaves out become that class, or 255
// where there is none. Throws FileError.
ImageSummary predict_sample(const TrainedNetwork& network, const datasets::Sample& sample,
                            const PredictionOptions& options, const std::filesystem::path& folder);

}  // namespace train
