// SPDX-License-Identifier: Apache-2.0
// Weights of a network from and to safetensors files: original state-dict keys, OIHW row-major, float32 (float64 from
// the reference device).
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/formats/safetensors.h"
#include "engine/nn/parameter_store.h"

namespace engine::nn {

// Fills every entry of the store. Counters (num_batches_tracked) may be absent: old PyTorch files have none. Throws
// CheckpointError that lists what is missing, unexpected or mis-shaped, with the nearest name for each missing one;
// nothing is changed then. With a prefix, the keys below it are the state and the others are not looked at.
// Nor are keys with a slash: checkpoints keep optimizer state there (engine/checkpoint.h).
void load_weights(ParameterStore& store, const SafetensorsFile& file, const std::string& prefix = "");
void load_weights(ParameterStore& store, const std::filesystem::path& path);

// The whole state, in state-dict order.
void save_weights(const ParameterStore& store, const std::filesystem::path& path,
                  const std::map<std::string, std::string>& metadata = {});

}  // namespace engine::nn
