// SPDX-License-Identifier: Apache-2.0
// ImageNet ResNets as starting points: their first convolution sees three channels, those of the networks here one
// (thermal), three or four (RGB and thermal).
#pragma once

#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "engine/nn/parameter_store.h"

namespace train {

// "resnet50" -> 50. Throws UsageError for another text than resnet18, 34, 50, 101 or 152.
int resnet_depth(const std::string& stem);

// The weights [64, 3, 7, 7] for another number of channels, row-major O, I, KH, KW:
// 1: the mean over the three, as RTFNet's thermal encoder starts (Sun et al., RA-L 2019, their code; CEKD likewise).
// 4: the three, and their mean for thermal. The papers that widen a stem do not say how; this keeps the RGB response
//    and gives thermal the same start as an encoder of its own. 3: as they are. Throws UsageError for other numbers.
std::vector<double> stem_for_channels(const std::vector<double>& stem, std::int64_t outputs, int channels);

// The state of a torchvision ResNet without its classifier (fc), the stem for `channels` channels. Throws
// CheckpointError, with the same report as train --init, where the file is no ResNet of this depth.
std::vector<engine::OwnedTensor> convert_stem(const engine::TensorFile& file, int depth, int channels);

// Copies a ResNet into every encoder of a network whose names begin with encoder_rgb_ or encoder_thermal_, each stem
// by the number of channels that it sees. The rest of the network keeps its values. Returns how many states were set.
// Throws CheckpointError; UsageError where the network has no such encoder of this depth.
int fill_encoders(engine::nn::ParameterStore& store, const engine::TensorFile& file, int depth);

}  // namespace train
