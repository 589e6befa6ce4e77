// SPDX-License-Identifier: Apache-2.0
// The table of data sets: name, settings it understands, constructor.
#include "datasets/open.h"

#include <algorithm>

#include "kernels/error.h"

namespace datasets {
namespace {

std::unique_ptr<Dataset> open_mfnet(const OpenOptions& options) {
  if (options.directory.empty()) throw kernels::UsageError("mfnet: expected a folder, got none");
  const std::string list = options.split == "validation" ? mfnet_list(Split::validation) : options.split;
  return std::make_unique<MFNetDataset>(MFNetOptions{options.directory, list, options.labels});
}

struct Entry {
  std::string name;
  std::vector<std::string> settings;
  std::unique_ptr<Dataset> (*open)(const OpenOptions&);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = {
      {"mfnet", {}, open_mfnet},
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
