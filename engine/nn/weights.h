// SPDX-License-Identifier: Apache-2.0
// Weights of a network from safetensors files and PyTorch checkpoints, and to safetensors files: original state-dict
// keys, OIHW row-major, float32 (float64 from the reference device).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "engine/nn/parameter_store.h"

namespace engine::nn {

// Whether the file holds every entry of the store. Counters (num_batches_tracked) may be absent: old PyTorch files have
// none. Throws CheckpointError that lists what is missing, unexpected or mis-shaped, with the nearest name for each
// missing one, or names a value that is not finite. With a prefix, the keys below it are the state and the others are
// not looked at. Nor are keys with a slash: checkpoints keep optimizer state there (engine/checkpoint.h).
// `may_lack`: states whose names begin with it may be missing, too; none where it is empty.
void check_weights(const ParameterStore& store, const TensorFile& file, const std::string& prefix = "",
                   const std::string& may_lack = "");

// Fills every entry of the store, after check_weights: where that throws, nothing is changed. Position embeddings of
// an image of another size are interpolated linearly between the centres of their places.
// What the file lacks stays as it is.
void load_weights(ParameterStore& store, const TensorFile& file, const std::string& prefix = "",
                  const std::string& may_lack = "");
// The state dict of a file of either format (engine/formats/weight_file.h).
void load_weights(ParameterStore& store, const std::filesystem::path& path);

// The whole state, in state-dict order: as values, and as a safetensors file.
std::vector<OwnedTensor> saved_state(const ParameterStore& store);
void save_weights(const ParameterStore& store, const std::filesystem::path& path,
                  const std::map<std::string, std::string>& metadata = {});

}  // namespace engine::nn
