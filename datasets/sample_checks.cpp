// SPDX-License-Identifier: Apache-2.0
// Refusals that data sets share.
#include "datasets/sample_checks.h"

#include "kernels/error.h"

namespace datasets {

void require_class_ids(const std::filesystem::path& path, const LabelMap& label, int classes,
                       std::optional<int> ignored) {
  for (std::size_t i = 0; i < label.pixels.size(); ++i) {
    const int id = label.pixels[i];
    if (id < classes || id == ignored) continue;
    const auto width = static_cast<std::size_t>(label.width);
    throw kernels::DataError("{}: expected class ids 0 to {}{}, got {} at x {}, y {}", path.string(), classes - 1,
                             ignored ? fmt::format(" or {}", *ignored) : "", id, i % width, i / width);
  }
}

namespace detail {

void sizes_differ(const std::filesystem::path& path, int height, int width, const std::filesystem::path& other_path,
                  int other_height, int other_width) {
  throw kernels::DataError("{}: expected height {} and width {} as in {}, got {} and {}", path.string(), other_height,
                           other_width, other_path.string(), height, width);
}

}  // namespace detail
}  // namespace datasets
