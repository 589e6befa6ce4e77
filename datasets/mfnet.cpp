// SPDX-License-Identifier: Apache-2.0
// Reads lists, images and labels of the MFNet layout.
#include "datasets/mfnet.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "datasets/image_geometry.h"
#include "datasets/image_io.h"
#include "datasets/mfnet_classes.h"
#include "datasets/sample_checks.h"
#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

const std::string flip_suffix = "_flip";

bool is_flip(const std::string& name) {
  return name.size() > flip_suffix.size() &&
         name.compare(name.size() - flip_suffix.size(), flip_suffix.size(), flip_suffix) == 0;
}

std::string without_flip(const std::string& name) {
  return is_flip(name) ? name.substr(0, name.size() - flip_suffix.size()) : name;
}

std::string trimmed(const std::string& line) {
  const char* blanks = " \t\r\n";
  const std::size_t first = line.find_first_not_of(blanks);
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> read_list(const fs::path& path) {
  std::ifstream stream(path);
  std::error_code ignored;
  if (!stream || !fs::is_regular_file(path, ignored))
    throw kernels::FileError("{}: the list of image names cannot be opened", path.string());
  std::vector<std::string> names;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const std::string name = trimmed(line);
    if (name.empty()) continue;
    if (name.find_first_of(" \t/\\") != std::string::npos)
      throw kernels::DataError("{}: line {}: expected one image name, got '{}'", path.string(), number, name);
    names.push_back(name);
  }
  if (names.empty()) throw kernels::DataError("{}: expected at least one image name, got none", path.string());
  return names;
}

}  // namespace

std::string mfnet_list(Split split) {
  switch (split) {
    case Split::train:
      return "train";
    case Split::validation:
      return "val";
    default:
      return "test";
  }
}

TimeOfDay mfnet_time_of_day(const std::string& name) {
  const std::string stem = without_flip(name);
  const char last = stem.empty() ? ' ' : stem.back();
  return last == 'D' ? TimeOfDay::day : last == 'N' ? TimeOfDay::night : TimeOfDay::unknown;
}

MFNetDataset::MFNetDataset(MFNetOptions options)
    : options_(std::move(options)), names_(read_list(options_.directory / (options_.list + ".txt"))) {}

const std::vector<ClassInfo>& MFNetDataset::classes() const {
  return mfnet_classes();
}

fs::path MFNetDataset::image_path(const std::string& name) const {
  return options_.directory / "images" / (name + ".png");
}

fs::path MFNetDataset::label_path(const std::string& name) const {
  return options_.directory / "labels" / (name + ".png");
}

Sample MFNetDataset::load(int index) const {
  return read(index, Steps());
}

Sample MFNetDataset::examine(int index, const TellProblem& tell) const {
  return read(index, Steps(tell));
}

Sample MFNetDataset::read(int index, const Steps& steps) const {
  const std::string name = sample_name(index);
  const bool mirrored = is_flip(name) && !fs::exists(image_path(name));
  const std::string stored = mirrored ? without_flip(name) : name;
  Sample sample;
  sample.name = name;
  sample.time = mfnet_time_of_day(name);

  const fs::path picture = image_path(stored);
  steps.attempt(ProblemKind::unreadable, picture, [&] {
    Image8 image = read_image8(picture, 4);
    if (mirrored) mirror(image);
    sample.rgb = channels_of<std::uint8_t>(image, 0, 3);
    sample.thermal = channels_of<std::uint16_t>(image, 3, 1);
  });

  const fs::path path = label_path(stored);
  if (options_.labels == LabelPolicy::optional && !fs::exists(path)) return sample;
  LabelMap label;
  const bool whole = steps.attempt(ProblemKind::unreadable, path, [&] { label = read_label(path); });
  if (!whole) return sample;
  if (!sample.rgb.empty())
    steps.attempt(ProblemKind::size, path, [&] { require_same_size(path, label, picture, sample.rgb); });
  steps.attempt(ProblemKind::label, path, [&] { require_class_ids(path, label, static_cast<int>(classes().size())); });
  if (mirrored) mirror(label);
  sample.label = std::move(label);
  return sample;
}

std::vector<Problem> MFNetDataset::problems_of_the_whole() const {
  std::vector<Problem> problems;
  const auto look_for_partners = [&](const char* folder, const char* other) {
    std::error_code code;
    std::vector<std::string> files;
    for (fs::directory_iterator entry(options_.directory / folder, code), end; !code && entry != end;
         entry.increment(code))
      if (entry->path().extension() == ".png") files.push_back(entry->path().filename().string());
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      const fs::path path = options_.directory / folder / file, partner = options_.directory / other / file;
      std::error_code ignored;
      if (!fs::exists(partner, ignored))
        problems.push_back(
            {ProblemKind::missing, path, fmt::format("{}: expected its partner {}", path.string(), partner.string())});
    }
  };
  if (options_.labels == LabelPolicy::required) look_for_partners("images", "labels");
  look_for_partners("labels", "images");
  std::set<std::string> seen;
  const fs::path list = options_.directory / (options_.list + ".txt");
  for (const std::string& name : names_)
    if (!seen.insert(name).second)
      problems.push_back(
          {ProblemKind::list, list, fmt::format("{}: expected each name once, got {} again", list.string(), name)});
  return problems;
}

}  // namespace datasets
