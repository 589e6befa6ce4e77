// SPDX-License-Identifier: Apache-2.0
// PyTorch checkpoints (.pth, .pt), as torch.save writes them: a zip archive since PyTorch 1.6, before that (and with
// _use_new_zipfile_serialization=False) the legacy sequence of pickles and raw storages. Read without running any of
// the code that a pickle can ask for.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "engine/formats/tensor_file.h"

namespace engine {

// The tensors that one dictionary of a checkpoint holds directly: a state dict is one part, the moments that an
// optimizer keeps for one parameter are another.
struct PthPart {
  std::string path;  // Keys from the outside in, with dots between; empty for the outermost dictionary.
  std::vector<TensorRecord> tensors;
};

struct PthFile {
  std::filesystem::path path;
  bool zip = true;  // False: the legacy format.
  std::vector<PthPart> parts = {};
  std::map<std::string, std::string> values = {};  // Numbers and texts beside the tensors, by path, as text.
  std::vector<std::shared_ptr<const void>> memory = {};

  // Contiguous tensors point into the mapped file, others are copied once. Throws FileError (no such file) or
  // CheckpointError: file, byte and what was refused there.
  static PthFile open(const std::filesystem::path& path);
  // The same of bytes that stay where they are as long as the result is used.
  static PthFile parse(const std::filesystem::path& path, std::span<const std::byte> bytes);
};

bool looks_like_pth(std::span<const std::byte> bytes);

// A zip checkpoint with an OrderedDict of the tensors, in the order given: torch.load(path, weights_only=True) reads
// it. The file appears whole or not at all; the same tensors give the same bytes. Throws CheckpointError where the
// tensors contradict themselves and FileError where the disk refuses.
void write_pth(const std::filesystem::path& path, std::span<const TensorToWrite> tensors);

}  // namespace engine
