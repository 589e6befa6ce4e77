// SPDX-License-Identifier: Apache-2.0
// Predictions as files: label map, overlays and one sheet per pair.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "train/model_card.h"

namespace train {

// One colour and thermal pair from two files; thermal of 8 or 16 bits. Throws FileError, DataError (both files and
// sizes where they differ).
datasets::Sample read_pair(const std::filesystem::path& rgb, const std::filesystem::path& thermal);

// A 4-channel picture: R, G, B and thermal.
datasets::Sample read_four_channels(const std::filesystem::path& path);

// Writes FOLDER/NAME_label.png (class ids), NAME_overlay_rgb.png, NAME_overlay_thermal.png and NAME_sheet.png.
void predict_sample(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute,
                    const std::filesystem::path& folder);

}  // namespace train
