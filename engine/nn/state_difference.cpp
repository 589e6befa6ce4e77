// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/state_difference.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "engine/formats/printable.h"
#include "engine/stored_tensor.h"

namespace engine::nn {
namespace {

// The candidate at the smallest distance, the first of them in the alphabet.
std::string nearest_of(const std::string& name, const std::set<std::string>& candidates) {
  std::string nearest;
  std::size_t smallest = 1000;  // Names of a hundred letters are long.
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(name, candidate, smallest);
    if (distance >= smallest) continue;
    smallest = distance;
    nearest = candidate;
  }
  return nearest;
}

void add_listing(std::string& text, const char* title, const std::vector<std::string>& items, std::size_t most) {
  if (items.empty()) return;
  text += fmt::format("\n{}:", title);
  for (std::size_t i = 0; i < std::min(most, items.size()); ++i) text += "\n  " + items[i];
  if (items.size() > most) text += fmt::format("\n  and {} more", items.size() - most);
}

void add_sentence(std::string& text, const char* title, const std::vector<std::string>& items, std::size_t most) {
  if (items.empty()) return;
  const auto shown = static_cast<std::ptrdiff_t>(std::min(most, items.size()));
  text += fmt::format("; {}: {}", title, fmt::join(items.begin(), items.begin() + shown, ", "));
  if (items.size() > most) text += fmt::format(" and {} more", items.size() - most);
}

}  // namespace

std::size_t edit_distance(const std::string& a, const std::string& b, std::size_t limit) {
  const std::size_t at_least = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (at_least > limit) return at_least;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0], smallest = row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) return smallest;
  }
  return row[b.size()];
}

bool fits(const StateEntry& entry, const TensorRecord& record) {
  const std::vector<std::int64_t> extents = stored_shape(entry.shape());
  if (record.shape == extents) return true;
  return entry.rows == StateEntry::Rows::resampled && record.shape.size() == 2 && record.shape[0] > 0 &&
         record.shape[1] == extents[1];
}

StateDifference compare_state(const ParameterStore& store, const TensorFile& file, const std::string& prefix,
                              std::size_t most_guesses) {
  StateDifference difference;
  std::set<std::string> unused;
  for (const TensorRecord& record : file.records())
    if (record.name.starts_with(prefix) && record.name.find('/', prefix.size()) == std::string::npos)
      unused.insert(record.name);
  for (const StateEntry& entry : store.entries()) {
    const TensorRecord* record = file.find(prefix + entry.name);
    unused.erase(prefix + entry.name);
    if (record == nullptr) {
      if (entry.kind != StateEntry::Kind::counter) difference.missing.push_back({prefix + entry.name, ""});
    } else if (!fits(entry, *record)) {
      difference.misshaped.push_back({prefix + entry.name, stored_shape(entry.shape()), record->shape});
    }
  }
  for (std::size_t i = 0; i < std::min(most_guesses, difference.missing.size()); ++i)
    difference.missing[i].nearest = nearest_of(difference.missing[i].name, unused);
  difference.unexpected.assign(unused.begin(), unused.end());
  return difference;
}

std::string StateDifference::text(std::size_t most) const {
  return told(most, add_listing);
}

std::string StateDifference::line(std::size_t most) const {
  return told(most, add_sentence);
}

std::string StateDifference::told(std::size_t most, Listing* add) const {
  std::string text = fmt::format("{} missing, {} unexpected, {} of another shape", missing.size(), unexpected.size(),
                                 misshaped.size());
  std::vector<std::string> lost, extra, shapes;
  for (const Missing& each : missing)
    lost.push_back(each.name + (each.nearest.empty() ? "" : " (the file has " + printable(each.nearest) + ")"));
  for (const std::string& each : unexpected) extra.push_back(printable(each));
  for (const Misshaped& each : misshaped)
    shapes.push_back(fmt::format("{}: the network has [{}], the file [{}]", each.name, fmt::join(each.network, ", "),
                                 fmt::join(each.file, ", ")));
  add(text, "missing", lost, most);
  add(text, "unexpected", extra, most);
  add(text, "of another shape", shapes, most);
  return text;
}

}  // namespace engine::nn
