// SPDX-License-Identifier: Apache-2.0
// The table of data sets: name, settings it understands, constructor, splits.
#include "datasets/open.h"

#include <algorithm>
#include <charconv>

#include "datasets/folder.h"
#include "datasets/synthetic/synthetic.h"
#include "kernels/error.h"

namespace datasets {
namespace {

std::unique_ptr<Dataset> open_mfnet(const OpenOptions& options) {
  if (options.directory.empty()) throw kernels::UsageError("mfnet: expected a folder, got none");
  const std::string list = options.split == "validation" ? mfnet_list(Split::validation) : options.split;
  return std::make_unique<MFNetDataset>(MFNetOptions{options.directory, list, options.labels});
}

std::unique_ptr<Dataset> open_folder(const OpenOptions& options) {
  return std::make_unique<FolderDataset>(FolderOptions{options.directory, options.split, options.labels});
}

std::vector<std::string> splits_of_mfnet(const OpenOptions& options) {
  std::vector<std::string> splits;
  for (const Split split : {Split::train, Split::validation, Split::test})
    if (std::filesystem::exists(options.directory / (mfnet_list(split) + ".txt"))) splits.push_back(mfnet_list(split));
  if (splits.empty())
    throw kernels::FileError("{}: expected one of the lists train.txt, val.txt, test.txt, got none",
                             options.directory.string());
  return splits;
}

std::vector<std::string> splits_of_folder(const OpenOptions& options) {
  return FolderDataset({options.directory, "all", options.labels}).splits();
}

std::vector<std::string> splits_of_synthetic(const OpenOptions&) {
  return {"train", "validation", "test"};
}

// The whole number under `key`, or `otherwise` where it is not set.
int whole_number(const OpenOptions& options, const std::string& key, int otherwise) {
  const auto found = options.settings.find(key);
  if (found == options.settings.end()) return otherwise;
  const std::string& text = found->second;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw kernels::UsageError("synthetic: {}: expected a whole number, got '{}'", key, text);
  return value;
}

Split split_named(const std::string& name) {
  if (name == "train") return Split::train;
  if (name == "validation" || name == "val") return Split::validation;
  if (name == "test") return Split::test;
  throw kernels::UsageError("synthetic: expected the split train, validation or test, got '{}'", name);
}

synthetic::Pairing pairing_named(const std::string& name) {
  if (name == "unpaired") return synthetic::Pairing::unpaired;
  if (name == "twins") return synthetic::Pairing::twins;
  throw kernels::UsageError("synthetic: pairing: expected unpaired or twins, got '{}'", name);
}

std::unique_ptr<Dataset> open_synthetic(const OpenOptions& options) {
  const auto text = [&](const std::string& key, const std::string& otherwise) {
    const auto found = options.settings.find(key);
    return found == options.settings.end() ? otherwise : found->second;
  };
  synthetic::SyntheticOptions how;
  how.seed = options.seed;
  how.split = split_named(options.split);
  how.day_count = whole_number(options, "day", how.day_count);
  how.night_count = whole_number(options, "night", how.night_count);
  how.label_table = text("labels", how.label_table);
  how.thermal_bits = whole_number(options, "bits", how.thermal_bits);
  how.pairing = pairing_named(text("pairing", "unpaired"));
  how.scene.height = whole_number(options, "height", how.scene.height);
  how.scene.width = whole_number(options, "width", how.scene.width);
  return std::make_unique<synthetic::Synthetic>(std::move(how));
}

struct Entry {
  std::string name;
  std::vector<std::string> settings;
  std::unique_ptr<Dataset> (*open)(const OpenOptions&);
  std::vector<std::string> (*splits)(const OpenOptions&);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = {
      {"mfnet", {}, open_mfnet, splits_of_mfnet},
      {"folder", {}, open_folder, splits_of_folder},
      {"synthetic",
       {"day", "night", "labels", "bits", "pairing", "height", "width"},
       open_synthetic,
       splits_of_synthetic},
  };
  return table;
}

// The data set of that name, which must understand the settings.
const Entry& entry_of(const std::string& name, const OpenOptions& options) {
  for (const Entry& entry : entries()) {
    if (entry.name != name) continue;
    for (const auto& [key, value] : options.settings)
      if (std::find(entry.settings.begin(), entry.settings.end(), key) == entry.settings.end())
        throw kernels::UsageError("{}: setting '{}' is unknown; known: {}", name, key,
                                  entry.settings.empty() ? "none" : fmt::format("{}", fmt::join(entry.settings, ", ")));
    return entry;
  }
  throw kernels::UsageError("data set '{}' is unknown; known: {}", name, fmt::join(dataset_names(), ", "));
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(const std::string& name, const OpenOptions& options) {
  return entry_of(name, options).open(options);
}

std::vector<std::string> split_names(const std::string& name, const OpenOptions& options) {
  return entry_of(name, options).splits(options);
}

std::vector<std::string> dataset_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) names.push_back(entry.name);
  return names;
}

}  // namespace datasets
