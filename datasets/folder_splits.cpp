// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_splits.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <set>

#include "datasets/name_pattern.h"
#include "kernels/error.h"
#include "kernels/random.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

// One name per line; a line may also be the path of one of the sample's files.
std::vector<std::string> read_names(const fs::path& path, const FolderDescription& description,
                                    const std::vector<std::string>& names) {
  std::ifstream stream(path);
  std::error_code ignored;
  if (!stream || !fs::is_regular_file(path, ignored))
    throw kernels::FileError("{}: the list of sample names cannot be opened", path.string());
  std::vector<std::string> listed;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    line = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
    if (!std::binary_search(names.begin(), names.end(), line))
      for (const std::string* pattern :
           {&description.images, &description.rgb, &description.thermal, &description.labels})
        if (const auto parts = match(*pattern, line)) {
          line = fmt::format("{}", fmt::join(*parts, "_"));
          break;
        }
    listed.push_back(line);
  }
  if (listed.empty()) throw kernels::DataError("{}: expected at least one sample name, got none", path.string());
  return listed;
}

// The names in an order that the seed alone decides.
std::vector<std::string> shuffled(std::vector<std::string> names, std::uint64_t seed) {
  kernels::RandomStream random(seed, "split", 0);
  for (std::size_t last = names.size(); last-- > 1;)
    std::swap(names[last], names[random.below(static_cast<std::uint32_t>(last + 1))]);
  return names;
}

}  // namespace

std::map<std::string, std::vector<std::string>> split_samples(const FolderDescription& description,
                                                              const std::vector<std::string>& names) {
  std::map<std::string, std::vector<std::string>> splits;
  std::set<std::string> taken;
  for (const FolderDescription::SplitRule& rule : description.splits) {
    std::vector<std::string>& split = splits[rule.name];
    if (const auto* list = std::get_if<FolderDescription::ListFile>(&rule.which))
      split = read_names(list->path, description, names);
    else if (const auto* patterns = std::get_if<FolderDescription::Patterns>(&rule.which))
      std::copy_if(names.begin(), names.end(), std::back_inserter(split), [&](const std::string& name) {
        return std::any_of(patterns->begin(), patterns->end(),
                           [&](const std::string& pattern) { return matches(pattern, name); });
      });
    taken.insert(split.begin(), split.end());
  }
  std::vector<std::string> left;
  std::copy_if(names.begin(), names.end(), std::back_inserter(left),
               [&](const std::string& name) { return !taken.contains(name); });
  left = shuffled(std::move(left), description.seed);
  double sum = 0;
  std::size_t begin = 0;
  for (const FolderDescription::SplitRule& rule : description.splits) {
    const auto* fraction = std::get_if<double>(&rule.which);
    if (!fraction) continue;
    sum += *fraction;
    const auto end =
        std::min(left.size(), static_cast<std::size_t>(std::lround(sum * static_cast<double>(left.size()))));
    std::vector<std::string>& split = splits[rule.name];
    split.assign(left.begin() + static_cast<std::ptrdiff_t>(begin), left.begin() + static_cast<std::ptrdiff_t>(end));
    std::sort(split.begin(), split.end());
    begin = end;
  }
  std::vector<std::string>& unassigned = splits[unassigned_split];
  unassigned.assign(left.begin() + static_cast<std::ptrdiff_t>(begin), left.end());
  std::sort(unassigned.begin(), unassigned.end());
  return splits;
}

}  // namespace datasets
