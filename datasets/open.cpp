// SPDX-License-Identifier: Apache-2.0
// The table of data sets: name, settings it understands, constructor.
#include "datasets/open.h"

#include <algorithm>
#include <charconv>

#include "datasets/synthetic/synthetic.h"
#include "kernels/error.h"

namespace datasets {
namespace {

std::unique_ptr<Dataset> open_mfnet(const OpenOptions& options) {
  if (options.directory.empty()) throw kernels::UsageError("mfnet: expected a folder, got none");
  const std::string list = options.split == "validation" ? mfnet_list(Split::validation) : options.split;
  return std::make_unique<MFNetDataset>(MFNetOptions{options.directory, list, options.labels});
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
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = {
      {"mfnet", {}, open_mfnet},
      {"synthetic", {"day", "night", "labels", "bits", "pairing", "height", "width"}, open_synthetic},
  };
  return table;
}

}  // namespace

std::unique_ptr<Dataset> open_dataset(const std::string& name, const OpenOptions& options) {
  for (const Entry& entry : entries()) {
    if (entry.name != name) continue;
    for (const auto& [key, value] : options.settings)
      if (std::find(entry.settings.begin(), entry.settings.end(), key) == entry.settings.end())
        throw kernels::UsageError("{}: setting '{}' is unknown; known: {}", name, key,
                                  entry.settings.empty() ? "none" : fmt::format("{}", fmt::join(entry.settings, ", ")));
    return entry.open(options);
  }
  throw kernels::UsageError("data set '{}' is unknown; known: {}", name, fmt::join(dataset_names(), ", "));
}

std::vector<std::string> dataset_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) names.push_back(entry.name);
  return names;
}

}  // namespace datasets
