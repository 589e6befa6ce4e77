// SPDX-License-Identifier: Apache-2.0
// From patterns to samples, and from stored numbers to class ids and counts.
#include "datasets/folder.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <set>

#include "datasets/folder_splits.h"
#include "datasets/image_geometry.h"
#include "datasets/image_io.h"
#include "datasets/name_pattern.h"
#include "datasets/pairs.h"
#include "datasets/sample_checks.h"
#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

constexpr int ignored_id = 255;
constexpr int unknown_id = 254;  // Of a label that examine found to be wrong; load throws instead.

fs::path description_path(const fs::path& given) {
  if (given.empty())
    throw kernels::UsageError(
        "folder: expected the TOML file that describes the data, got none (prepare folder writes one)");
  std::error_code ignored;
  return fs::is_directory(given, ignored) ? given / folder_description_name : given;
}

std::string joined(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, "_"));
}

// The file of a sample that only a list knows: where it would be.
fs::path expected_file(const fs::path& root, const std::string& pattern, const std::string& name) {
  if (pattern.empty()) return {};
  return root / (stars_of(pattern) == 1 ? filled(pattern, {name}) : name);
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, name); });
}

// "test_night" -> "test", TimeOfDay::night.
TimeOfDay take_time(std::string& split) {
  for (const auto& [ending, time] :
       {std::pair{std::string("_day"), TimeOfDay::day}, std::pair{std::string("_night"), TimeOfDay::night}})
    if (split.ends_with(ending)) {
      split.resize(split.size() - ending.size());
      return time;
    }
  return TimeOfDay::unknown;
}

}  // namespace

FolderDataset::FolderDataset(const FolderOptions& options)
    : description_(read_folder_description(description_path(options.description))), labels_(options.labels) {
  const std::string file = description_path(options.description).string();
  std::vector<std::string> values;
  id_of_.fill(-1);
  for (const FolderDescription::Class& each : description_.classes) {
    for (const int value : each.values) id_of_[static_cast<std::size_t>(value)] = static_cast<int>(classes_.size());
    classes_.push_back(each.info);
  }
  for (const int value : description_.ignored) id_of_[static_cast<std::size_t>(value)] = ignored_id;
  for (int value = 0; value < 256; ++value)
    if (id_of_[static_cast<std::size_t>(value)] >= 0) values.push_back(std::to_string(value));
  known_values_ = fmt::format("the label values {} of {}", fmt::join(values, ", "), file);

  std::map<std::string, Files> found;
  find_files(found);
  std::vector<std::string> names;
  for (const auto& [name, files] : found)
    if (!files.rgb.empty() || !files.thermal.empty()) names.push_back(name);
  if (names.empty())
    throw kernels::DataError("{}: expected images under {}, got none that match {}", file, description_.root.string(),
                             description_.images.empty() ? description_.rgb : description_.images);
  std::map<std::string, std::vector<std::string>> splits = split_samples(description_, names);
  for (const auto& [split, members] : splits)
    if (!members.empty()) splits_.push_back(split);
  add_problems(found, splits);
  splits["all"] = names;

  std::string wanted = options.split == "val" ? "validation" : options.split;
  const TimeOfDay time = splits.contains(wanted) ? TimeOfDay::unknown : take_time(wanted);
  const auto chosen = splits.find(wanted);
  if (chosen == splits.end())
    throw kernels::UsageError("{}: split '{}' is unknown; known: all, {}", file, options.split,
                              fmt::join(splits_, ", "));
  for (const std::string& name : chosen->second) {
    if (time != TimeOfDay::unknown && time_of(name) != time) continue;
    Files files{name, {}, {}, {}};
    if (const auto known = found.find(name); known != found.end()) files = known->second;
    const std::string& picture = description_.images.empty() ? description_.rgb : description_.images;
    const std::pair<fs::path*, const std::string*> members[] = {
        {&files.rgb, &picture}, {&files.thermal, &description_.thermal}, {&files.label, &description_.labels}};
    for (const auto& [path, pattern] : members)
      if (path->empty()) *path = expected_file(description_.root, *pattern, name);
    samples_.push_back(std::move(files));
  }
  if (samples_.empty())
    throw kernels::DataError("{}: expected samples in the split '{}', got none", file, options.split);
}

void FolderDataset::find_files(std::map<std::string, Files>& found) {
  const std::string& picture = description_.images.empty() ? description_.rgb : description_.images;
  const auto add = [&](const std::string& pattern, const std::string& file, fs::path Files::*member) {
    if (pattern.empty()) return false;
    const auto parts = match(pattern, file);
    if (!parts) return false;
    Files& files = found[joined(*parts)];
    files.name = joined(*parts);
    if (!(files.*member).empty())
      throw kernels::DataError("{}: expected one file per sample, but {} has the same name {}",
                               (description_.root / file).string(), (files.*member).string(), files.name);
    files.*member = description_.root / file;
    return true;
  };
  for (const std::string& file : files_under(description_.root)) {
    // A file is of the first pattern that it matches.
    if (add(description_.labels, file, &Files::label)) continue;
    if (add(description_.thermal, file, &Files::thermal)) continue;
    add(picture, file, &Files::rgb);
  }
}

void FolderDataset::add_problems(const std::map<std::string, Files>& found,
                                 const std::map<std::string, std::vector<std::string>>& splits) {
  for (const auto& [name, files] : found)
    if (files.rgb.empty() && files.thermal.empty())
      problems_.push_back({ProblemKind::missing, files.label,
                           fmt::format("{}: expected images of the name {}, got none", files.label.string(), name)});
  std::map<std::string, std::string> owner;
  for (const auto& [split, members] : splits) {
    std::set<std::string> seen;
    for (const std::string& name : members) {
      if (!seen.insert(name).second)
        problems_.push_back({ProblemKind::list, name, fmt::format("{}: stands twice in the split {}", name, split)});
      const auto [known, added] = owner.emplace(name, split);
      if (!added && known->second != split)
        problems_.push_back(
            {ProblemKind::list, name,
             fmt::format("{}: expected one split for each sample, got {} and {}", name, known->second, split)});
    }
  }
}

std::optional<int> FolderDataset::ignored_label() const {
  if (description_.ignored.empty()) return {};
  return ignored_id;
}

TimeOfDay FolderDataset::time_of(const std::string& name) const {
  if (any_matches(description_.day, name)) return TimeOfDay::day;
  if (any_matches(description_.night, name)) return TimeOfDay::night;
  return TimeOfDay::unknown;
}

ThermalNormalisation FolderDataset::thermal_normalisation() const {
  const bool window = description_.thermal_low < description_.thermal_high;
  if (!window || description_.convert == FolderDescription::Convert::eight_bits) return {};
  return {ThermalScale::window, description_.thermal_low, description_.thermal_high, 0, 1};
}

void FolderDataset::read_thermal_counts(const Files& files, Sample& sample) const {
  const int bits = description_.thermal_bits;
  GreyImage grey = read_thermal(files.thermal);
  if ((grey.bits == 8) != (bits == 8))
    throw kernels::DataError("{}: expected a thermal image of {} bits, got {}", files.thermal.string(), bits,
                             grey.bits);
  const int most = (1 << bits) - 1;
  for (std::size_t i = 0; i < grey.image.pixels.size(); ++i)
    if (grey.image.pixels[i] > most)
      throw kernels::DataError("{}: expected counts up to {} ({} bits), got {} at x {}, y {}", files.thermal.string(),
                               most, bits, grey.image.pixels[i], i % static_cast<std::size_t>(grey.image.width),
                               i / static_cast<std::size_t>(grey.image.width));
  sample.thermal = std::move(grey.image);
  sample.thermal_bits = bits;
}

void FolderDataset::read_pair(const Files& files, Sample& sample, const Steps& steps) const {
  if (!description_.images.empty()) {
    steps.attempt(ProblemKind::unreadable, files.rgb, [&] {
      Sample pair = load_pair({files.name, files.rgb, {}});
      sample.rgb = std::move(pair.rgb);
      sample.thermal = std::move(pair.thermal);
    });
    return;
  }
  steps.attempt(ProblemKind::unreadable, files.rgb, [&] { sample.rgb = read_rgb(files.rgb); });
  steps.attempt(ProblemKind::depth, files.thermal, [&] { read_thermal_counts(files, sample); });
  if (description_.registered && !sample.rgb.empty() && !sample.thermal.empty())
    steps.attempt(ProblemKind::size, files.thermal, [&] {
      require_same_size(files.thermal, sample.thermal, files.rgb, sample.rgb, unregistered_remark);
    });
}

Sample FolderDataset::read(int index, const Steps& steps) const {
  const Files& files = samples_.at(static_cast<std::size_t>(index));
  Sample sample;
  sample.name = files.name;
  sample.time = time_of(files.name);
  read_pair(files, sample, steps);
  if (description_.convert == FolderDescription::Convert::eight_bits && sample.thermal_bits > 8) to_eight_bits(sample);

  std::error_code ignored;
  if (files.label.empty() || (labels_ == LabelPolicy::optional && !fs::exists(files.label, ignored))) {
    if (files.label.empty() && labels_ == LabelPolicy::required)
      steps.attempt(ProblemKind::missing, files.rgb, [&] {
        throw kernels::DataError("{}: expected a label, but the description has no labels.files", files.rgb.string());
      });
    return sample;
  }
  LabelMap label;
  if (!steps.attempt(ProblemKind::unreadable, files.label, [&] { label = read_label(files.label); })) return sample;
  if (!sample.rgb.empty())
    steps.attempt(ProblemKind::size, files.label,
                  [&] { require_same_size(files.label, label, files.rgb, sample.rgb); });
  steps.attempt(ProblemKind::label, files.label, [&] {
    std::bitset<256> known;
    for (std::size_t value = 0; value < 256; ++value) known[value] = id_of_[value] >= 0;
    require_label_values(files.label, label, known, known_values_);
  });
  for (std::uint8_t& value : label.pixels)
    value = static_cast<std::uint8_t>(id_of_[value] < 0 ? unknown_id : id_of_[value]);
  sample.label = std::move(label);
  return sample;
}

void FolderDataset::to_eight_bits(Sample& sample) const {
  const bool window = description_.thermal_low < description_.thermal_high;
  const double low = window ? description_.thermal_low : 0;
  const double high = window ? description_.thermal_high : (1 << sample.thermal_bits) - 1;
  for (std::uint16_t& count : sample.thermal.pixels)
    count = static_cast<std::uint16_t>(std::lround(255 * std::clamp((count - low) / (high - low), 0.0, 1.0)));
  sample.thermal_bits = 8;
}

Sample FolderDataset::load(int index) const {
  if (!description_.registered)
    throw kernels::DataError("{}: registered = false in its description: colour and thermal must show the same pixels",
                             samples_.at(static_cast<std::size_t>(index)).thermal.string());
  return read(index, Steps());
}

Sample FolderDataset::examine(int index, const TellProblem& tell) const {
  return read(index, Steps(tell));
}

}  // namespace datasets
