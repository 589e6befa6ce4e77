// SPDX-License-Identifier: Apache-2.0
// Predictions as files: label map, overlays and one sheet per pair.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "train/model_card.h"

namespace train {

// Writes FOLDER/NAME_label.png (class ids), NAME_overlay_rgb.png, NAME_overlay_thermal.png and NAME_sheet.png. The
// class called background or unlabelled, where there is one, is left untinted. Throws FileError.
void predict_sample(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute,
                    const std::filesystem::path& folder);

}  // namespace train
