// SPDX-License-Identifier: Apache-2.0
// The state of a network from a weight file of either format, under the names that its layers have.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/formats/pth.h"
#include "engine/formats/tensor_file.h"

namespace engine {

// Whether the file is a PyTorch checkpoint: by its first bytes, or by its name (.pth, .pt, .tar, .ckpt, .bin). Throws
// FileError.
bool is_pth(const std::filesystem::path& path);

// The state dict of a checkpoint: the part named `part`; else the one named state_dict, model_state_dict, model,
// network, net or weights, unless the outermost dictionary holds more tensors itself; else that; else the only one
// (those of optimizers aside). What DataParallel ("module.") and torch.compile ("_orig_mod.") put before every name is
// taken off. Throws CheckpointError that lists the parts where there is no such part or no obvious one.
TensorFile state_of(const PthFile& file, const std::string& part = "");

// Opens either format. A safetensors file is its own state dict; `part` is the text before the slash of its names
// ("optimizer", docs/architecture.md), and without it the names without a slash are meant. Throws FileError,
// CheckpointError.
TensorFile open_weight_file(const std::filesystem::path& path, const std::string& part = "");

// "state_dict (120 tensors), optimizer.state.0 (2 tensors), ...": at most eight of them.
std::string list_parts(const PthFile& file);

}  // namespace engine
