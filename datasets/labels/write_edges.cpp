// SPDX-License-Identifier: Apache-2.0
#include "datasets/labels/write_edges.h"

#include <algorithm>
#include <vector>

#include "datasets/image_io.h"
#include "kernels/error.h"

namespace datasets::labels {

namespace fs = std::filesystem;

int write_edges(const WriteEdgesOptions& options) {
  std::vector<fs::path> files;
  std::error_code code;
  for (fs::directory_iterator entry(options.labels, code), end; !code && entry != end; entry.increment(code)) {
    const std::string extension = entry->path().extension().string();
    if (extension == ".png" || extension == ".tif" || extension == ".tiff") files.push_back(entry->path());
  }
  if (code) throw kernels::FileError("{}: cannot be read: {}", options.labels.string(), code.message());
  if (files.empty())
    throw kernels::FileError("{}: expected PNG or TIFF label maps, found none", options.labels.string());
  std::sort(files.begin(), files.end());
  const int total = static_cast<int>(files.size());
  for (int i = 0; i < total; ++i) {
    const fs::path& file = files[static_cast<std::size_t>(i)];
    LabelMap edges = edges_of(read_label(file), options.edges);
    for (std::uint8_t& pixel : edges.pixels) pixel = pixel != 0 ? options.value : 0;
    write_png(options.out / (file.stem().string() + ".png"), edges);
    if (options.progress) options.progress(i + 1, total);
  }
  return total;
}

}  // namespace datasets::labels
