// SPDX-License-Identifier: Apache-2.0
// Edge maps of a folder of label maps, as files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "datasets/labels/edges.h"

namespace datasets::labels {

struct WriteEdgesOptions {
  std::filesystem::path labels = {}, out = {};  // Folders; `out` must exist.
  EdgeOptions edges = {};
  std::uint8_t value = 1;  // Of an edge pixel; losses take 1, pictures look better with 255.
  std::function<void(int done, int total)> progress = {};
};

// Writes OUT/NAME.png for every PNG and TIFF of class ids in the folder of labels. Returns how many. Throws FileError
// where there is none, and what reading a label throws.
int write_edges(const WriteEdgesOptions& options);

}  // namespace datasets::labels
