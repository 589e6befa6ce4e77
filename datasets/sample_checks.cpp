// SPDX-License-Identifier: Apache-2.0
// Refusals that data sets share.
#include "datasets/sample_checks.h"

#include <fmt/ranges.h>

#include "kernels/error.h"

namespace datasets {

void require_label_values(const std::filesystem::path& path, const LabelMap& label, const std::bitset<256>& known,
                          const std::string& expected) {
  std::size_t first = label.pixels.size(), count = 0;
  std::bitset<256> strangers;
  for (std::size_t i = 0; i < label.pixels.size(); ++i) {
    const std::uint8_t value = label.pixels[i];
    if (known[value]) continue;
    if (count++ == 0) first = i;
    strangers.set(value);
  }
  if (count == 0) return;
  std::string more;
  if (count > 1) {
    std::vector<int> values;
    for (int value = 0; value < 256; ++value)
      if (strangers[static_cast<std::size_t>(value)]) values.push_back(value);
    more = fmt::format(" ({} such pixels, with the values {})", count, fmt::join(values, ", "));
  }
  const auto width = static_cast<std::size_t>(label.width);
  throw kernels::DataError("{}: expected {}, got {} at x {}, y {}{}", path.string(), expected, label.pixels[first],
                           first % width, first / width, more);
}

void require_class_ids(const std::filesystem::path& path, const LabelMap& label, int classes,
                       std::optional<int> ignored) {
  // Nearly every label is right: one pass without branches says so.
  const int passed = ignored.value_or(0);
  int wrong = 0;
  for (const std::uint8_t id : label.pixels) wrong |= static_cast<int>(id >= classes) & static_cast<int>(id != passed);
  if (wrong == 0) return;
  std::bitset<256> known;
  for (int id = 0; id < classes; ++id) known.set(static_cast<std::size_t>(id));
  if (ignored) known.set(static_cast<std::size_t>(*ignored));
  require_label_values(path, label, known,
                       fmt::format("class ids 0 to {}{}", classes - 1, ignored ? fmt::format(" or {}", *ignored) : ""));
}

namespace detail {

void sizes_differ(const std::filesystem::path& path, int height, int width, const std::filesystem::path& other_path,
                  int other_height, int other_width, const char* remark) {
  throw kernels::DataError("{}: expected height {} and width {} as in {}, got {} and {}{}", path.string(), other_height,
                           other_width, other_path.string(), height, width, remark);
}

}  // namespace detail
}  // namespace datasets
