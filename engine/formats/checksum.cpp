// SPDX-License-Identifier: Apache-2.0
// The file is read through a buffer, not mapped: a file that shrinks meanwhile gives an error instead of a signal.
#include "engine/formats/checksum.h"

#include <xxhash.h>

#include <fstream>
#include <memory>
#include <vector>

#include "kernels/error.h"

namespace engine {

std::uint64_t file_checksum(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw kernels::FileError("{}: cannot be opened", path.string());
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<char> buffer(std::size_t{1} << 20);
  while (stream) {
    stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    XXH3_64bits_update(state.get(), buffer.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) throw kernels::FileError("{}: cannot be read", path.string());
  return XXH3_64bits_digest(state.get());
}

std::uint64_t checksum(const void* data, std::size_t bytes) {
  return XXH3_64bits(data, bytes);
}

}  // namespace engine
