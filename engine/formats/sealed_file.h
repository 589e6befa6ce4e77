// SPDX-License-Identifier: Apache-2.0
// A safetensors file that carries a checksum of itself: XXH3 (64 bits) over every byte of the file, head included, with
// the checksum's own sixteen digits taken as zeros. Other programs read it as an ordinary safetensors file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "engine/formats/safetensors.h"

namespace engine {

// As write_safetensors, with the checksum as the first entry of the metadata (whose keys must come after "checksum" in
// the alphabet). `before_rename` runs when the new content is written, before it takes the place of the old.
void write_sealed(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                  std::map<std::string, std::string> metadata, const std::function<void()>& before_rename = {});

// What is wrong with the file, in words that continue "PATH: "; none where every byte is as it was written. Throws
// FileError where the file cannot be read at all.
std::optional<std::string> find_damage(const std::filesystem::path& path);

}  // namespace engine
