// SPDX-License-Identifier: Apache-2.0
// Data as somebody with a camera of their own has it: other names, other label ids, 16-bit thermal, no lists.
#pragma once

#include <cstdint>
#include <filesystem>

namespace test {

// Street scenes as FOLDER/visible/frame_NNN.png, FOLDER/infrared/frame_NNN_ir.png (counts of 16 bits) and
// FOLDER/masks/frame_NNN_mask.png, whose value is 10 times the id of table mf9 plus 3; the first row is 255.
struct OwnDataOptions {
  int pairs = 4;
  int height = 32, width = 48;
  std::uint64_t seed = 0;
};
void write_own_data(const std::filesystem::path& folder, const OwnDataOptions& options);

}  // namespace test
