// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_survey.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <mutex>

#include "datasets/class_colours.h"
#include "datasets/each_index.h"
#include "datasets/image_io.h"
#include "datasets/pairs.h"
#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

// Reads every file of a group from several threads; what cannot be read is counted and left to check_data.
template <class Read>
int survey(const SurveyOptions& options, const FileGroup& group, const Read& read) {
  std::vector<std::string> files;
  for (const auto& [name, file] : group.files) files.push_back(file);
  std::mutex guard;
  int done = 0, unreadable = 0;
  for_each_index(options.threads, static_cast<int>(files.size()), [&](int i) {
    bool readable = true;
    try {
      read(options.directory / files[static_cast<std::size_t>(i)]);
    } catch (const kernels::Error&) {
      readable = false;
    }
    const std::lock_guard lock(guard);
    if (!readable) ++unreadable;
    if (options.progress) options.progress(++done, static_cast<int>(files.size()));
  });
  return unreadable;
}

std::string and_unreadable(int count) {
  return count == 0 ? "" : fmt::format("; {} files cannot be read, see check_data", count);
}

bool differ(const Image8& image) {  // Beyond what JPEG makes of grey.
  constexpr int tolerance = 8;
  if (image.channels < 3) return false;
  for (std::size_t i = 0; i < image.pixels.size(); i += static_cast<std::size_t>(image.channels))
    if (std::abs(image.pixels[i] - image.pixels[i + 1]) > tolerance ||
        std::abs(image.pixels[i] - image.pixels[i + 2]) > tolerance)
      return true;
  return false;
}

double count_below(const std::vector<std::int64_t>& histogram, double share) {
  std::int64_t all = 0, below = 0;
  for (const std::int64_t count : histogram) all += count;
  const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(all));
  std::size_t value = 0;
  while (value + 1 < histogram.size() && below + histogram[value] <= wanted) below += histogram[value++];
  return static_cast<double>(value);
}

std::vector<std::string> class_names(const fs::path& directory) {
  std::vector<std::string> names;
  std::ifstream stream(directory / "classes.txt");
  for (std::string line; std::getline(stream, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

}  // namespace

GroupLook look_at(const fs::path& directory, const FileGroup& group) {
  constexpr int looked_at = 3;
  GroupLook look;
  look.first_file = group.files.empty() ? "" : group.files.begin()->second;
  int number = 0;
  for (const auto& [name, file] : group.files) {
    if (number++ == looked_at) break;
    const fs::path path = directory / file;
    try {
      const Picture picture = read_picture(path);
      look.readable = true;
      look.bits = picture.bits;
      look.channels = picture.bits == 16 ? picture.image16.channels : picture.image8.channels;
      look.coloured = look.coloured || differ(picture.image8);
      look.palette = look.palette || !read_palette(path).empty();
      if (look.palette) look.channels = 1;
      std::string ending = path.extension().string();
      look.lossless = ending != ".jpg" && ending != ".jpeg" && ending != ".JPG" && ending != ".JPEG";
      std::bitset<256> values;
      for (const std::uint8_t value : picture.image8.pixels) values.set(value);
      look.few_values = picture.bits == 8 && values.count() <= 32;
    } catch (const kernels::Error&) {
    }
  }
  // A palette's colours are the labels' business.
  if (look.palette) look.coloured = false;
  return look;
}

void survey_thermal(const SurveyOptions& options, const FileGroup& thermal, Guess& guess) {
  std::mutex guard;
  std::vector<std::int64_t> histogram(65536);
  std::array<int, 2> files_of{};  // Of 8 and of 16 bits.
  const int unreadable = survey(options, thermal, [&](const fs::path& path) {
    const GreyImage grey = read_thermal(path);
    std::vector<std::int64_t> own(65536);
    for (const std::uint16_t count : grey.image.pixels) ++own[count];
    const std::lock_guard lock(guard);
    ++files_of[grey.bits == 16];
    for (std::size_t i = 0; i < own.size(); ++i) histogram[i] += own[i];
  });
  FolderDescription& description = guess.description;
  if (files_of[0] >= files_of[1]) {
    description.thermal_bits = 8;
    guess.reasons.push_back(fmt::format("thermal depth: 8 bits{}", and_unreadable(unreadable)));
  } else {
    std::size_t largest = histogram.size() - 1, least = 0;
    while (largest > 0 && histogram[largest] == 0) --largest;
    while (least < largest && histogram[least] == 0) ++least;
    for (description.thermal_bits = 10; (std::size_t{1} << description.thermal_bits) <= largest;)
      description.thermal_bits += 2;
    description.thermal_low = count_below(histogram, 0.001);
    description.thermal_high = std::max(count_below(histogram, 0.999), description.thermal_low + 1);
    guess.reasons.push_back(
        fmt::format("thermal depth: {} bits in files of 16, because counts go from {} to {}; window {} to {}, between "
                    "which 99.8 % of all counts lie{}",
                    description.thermal_bits, least, largest, description.thermal_low, description.thermal_high,
                    and_unreadable(unreadable)));
  }
  if (files_of[0] > 0 && files_of[1] > 0)
    guess.reasons.push_back(
        fmt::format("thermal depth differs: {} files of 8 bits, {} of 16, see check_data", files_of[0], files_of[1]));
}

void survey_labels(const SurveyOptions& options, const FileGroup& labels, Guess& guess) {
  std::mutex guard;
  std::array<std::int64_t, 256> pixels{};
  const int unreadable = survey(options, labels, [&](const fs::path& path) {
    const LabelMap label = read_label(path);
    std::array<std::int64_t, 256> own{};
    for (const std::uint8_t value : label.pixels) ++own[value];
    const std::lock_guard lock(guard);
    for (std::size_t i = 0; i < own.size(); ++i) pixels[i] += own[i];
  });
  std::vector<std::array<std::uint8_t, 3>> palette;
  for (const auto& [name, file] : labels.files) {
    try {
      palette = read_palette(options.directory / file);
      break;
    } catch (const kernels::Error&) {
    }
  }
  const std::vector<std::string> names = class_names(options.directory);
  FolderDescription& description = guess.description;
  std::vector<int> found;
  for (int value = 0; value < 256; ++value) {
    // Names tell of classes that these images happen not to show.
    const bool named = value < static_cast<int>(names.size());
    if (pixels[static_cast<std::size_t>(value)] == 0 && !named) continue;
    if (value == 255 && !named) {
      description.ignored = {255};
      continue;
    }
    const auto number = static_cast<int>(description.classes.size());
    const bool coloured = value < static_cast<int>(palette.size());
    const std::string own = value == 0 ? "background" : fmt::format("value {}", value);
    description.classes.push_back(
        {{named ? names[static_cast<std::size_t>(value)] : own,
          coloured ? Colour(palette[static_cast<std::size_t>(value)]) : distinct_colour(number)},
         {value}});
    found.push_back(value);
  }
  guess.reasons.push_back(fmt::format("classes: {} label values, {}; {}{}", found.size(), fmt::join(found, ", "),
                                      names.empty() ? "please give them names" : "named by classes.txt",
                                      and_unreadable(unreadable)));
  if (!description.ignored.empty()) guess.reasons.push_back("ignored: the label value 255");
}

}  // namespace datasets
