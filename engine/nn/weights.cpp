// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/weights.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "kernels/error.h"

namespace engine::nn {

namespace {

// Levenshtein distance: how many letters must be inserted, removed or replaced.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// A listing of at most ten lines.
class Listing {
 public:
  void add(const std::string& line) {
    if (++count_ <= 10) text_ += "\n  " + line;
  }
  std::size_t count() const { return count_; }
  std::string text() const { return count_ <= 10 ? text_ : fmt::format("{}\n  and {} more", text_, count_ - 10); }

 private:
  std::size_t count_ = 0;
  std::string text_;
};

std::vector<std::int64_t> extents_of(const Shape& shape) {
  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < shape.rank(); ++axis) extents.push_back(shape[axis]);
  return extents;
}

void check_names(const ParameterStore& store, const SafetensorsFile& file, const std::string& prefix) {
  std::set<std::string> unused;
  for (const std::string& name : file.names())
    if (name.starts_with(prefix) && name.find('/', prefix.size()) == std::string::npos) unused.insert(name);
  std::vector<const StateEntry*> missing;
  Listing shapes;
  for (const StateEntry& entry : store.entries()) {
    const TensorRecord* record = file.find(prefix + entry.name);
    unused.erase(prefix + entry.name);
    if (record == nullptr) {
      if (entry.kind != StateEntry::Kind::counter) missing.push_back(&entry);
    } else if (record->shape != extents_of(entry.shape())) {
      shapes.add(
          fmt::format("{}: the network has {}, the file {}", entry.name, entry.shape(), Shape::from(record->shape)));
    }
  }
  Listing lost, extra;
  for (const StateEntry* entry : missing) {
    const auto nearest =
        std::min_element(unused.begin(), unused.end(), [&](const std::string& a, const std::string& b) {
          return edit_distance(a, prefix + entry->name) < edit_distance(b, prefix + entry->name);
        });
    lost.add(prefix + entry->name + (nearest == unused.end() ? "" : " (the file has " + *nearest + ")"));
  }
  for (const std::string& name : unused) extra.add(name);
  if (lost.count() + extra.count() + shapes.count() == 0) return;
  throw kernels::CheckpointError(
      "{}: does not fit the network: {} missing, {} unexpected, {} of another shape{}{}{}{}{}{}", file.path().string(),
      lost.count(), extra.count(), shapes.count(), lost.count() ? "\nmissing:" : "", lost.text(),
      extra.count() ? "\nunexpected:" : "", extra.text(), shapes.count() ? "\nof another shape:" : "", shapes.text());
}

}  // namespace

void load_weights(ParameterStore& store, const SafetensorsFile& file, const std::string& prefix) {
  check_names(store, file, prefix);
  for (const StateEntry& entry : store.entries()) {
    const TensorRecord* record = file.find(prefix + entry.name);
    if (record == nullptr) continue;
    if (entry.kind == StateEntry::Kind::counter) {
      *entry.counter = to_i64(*record)[0];
      continue;
    }
    const std::vector<double> values = to_f64(*record);
    copy_into(from_host(std::span<const double>(values), entry.shape(), entry.tensor.dtype(), store.queue()),
              entry.tensor);
  }
}

void load_weights(ParameterStore& store, const std::filesystem::path& path) {
  load_weights(store, SafetensorsFile::open(path));
}

void save_weights(const ParameterStore& store, const std::filesystem::path& path,
                  const std::map<std::string, std::string>& metadata) {
  std::vector<std::vector<std::byte>> data;
  std::vector<TensorToWrite> tensors;
  for (const StateEntry& entry : store.entries()) {
    FileDType dtype = FileDType::i64;
    const auto keep = [&](const auto& values) {
      auto& bytes = data.emplace_back(values.size() * sizeof(values[0]));
      std::memcpy(bytes.data(), values.data(), bytes.size());
    };
    if (entry.kind == StateEntry::Kind::counter) {
      keep(std::vector<std::int64_t>{*entry.counter});
    } else if (entry.tensor.dtype() == DType::f64) {
      dtype = FileDType::f64;
      keep(download(entry.tensor));
    } else {
      dtype = FileDType::f32;
      keep(download_float(entry.tensor));
    }
    tensors.push_back({entry.name, dtype, extents_of(entry.shape()), {}});
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].data = data[i];
  write_safetensors(path, tensors, metadata);
}

}  // namespace engine::nn
