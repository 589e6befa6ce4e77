// SPDX-License-Identifier: Apache-2.0
// Checksums that find a flipped or missing byte (XXH3, 64 bits). Not a protection against a forger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace engine {

// XXH3_64 of the whole file, seed 0. Throws FileError.
std::uint64_t file_checksum(const std::filesystem::path& path);

// The same of bytes in memory.
std::uint64_t checksum(const void* data, std::size_t bytes);

}  // namespace engine
