// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/weights.h"

#include <span>

#include "engine/formats/weight_file.h"
#include "engine/nn/state_difference.h"
#include "engine/stored_tensor.h"
#include "kernels/error.h"
#include "kernels/resize.h"

namespace engine::nn {

namespace {

// [from, columns] as [to, columns].
std::vector<double> resampled_rows(const std::vector<double>& values, std::int64_t from, std::int64_t to) {
  const std::int64_t columns = static_cast<std::int64_t>(values.size()) / from;
  std::vector<double> result;
  for (std::int64_t row = 0; row < to; ++row) {
    const kernels::ResizeTap tap = kernels::resize_tap({}, row, from, to);
    for (std::int64_t column = 0; column < columns; ++column) {
      const double first = values[static_cast<std::size_t>(tap.first * columns + column)],
                   second = values[static_cast<std::size_t>(tap.second * columns + column)];
      result.push_back((1 - tap.weight) * first + tap.weight * second);
    }
  }
  return result;
}

}  // namespace

void check_weights(const ParameterStore& store, const TensorFile& file, const std::string& prefix,
                   const std::string& may_lack) {
  const std::string path = file.path().string();
  StateDifference difference = compare_state(store, file, prefix);
  if (!may_lack.empty())
    std::erase_if(difference.missing, [&](const auto& missing) { return missing.name.starts_with(may_lack); });
  if (!difference.empty()) throw kernels::CheckpointError("{}: does not fit the network: {}", path, difference.line(4));
  for (const StateEntry& entry : store.entries()) {
    const TensorRecord* record = file.find(prefix + entry.name);
    if (record == nullptr) continue;
    if (entry.kind == StateEntry::Kind::counter && is_floating(record->dtype))
      throw kernels::CheckpointError("{}: tensor '{}': expected an integer, got {}", path, record->name,
                                     name_of(record->dtype));
    if (const auto place = first_not_finite(*record))
      throw kernels::CheckpointError("{}: tensor '{}': value {} of {} is not finite", path, record->name, *place,
                                     record->elements());
  }
}

void load_weights(ParameterStore& store, const TensorFile& file, const std::string& prefix,
                  const std::string& may_lack) {
  check_weights(store, file, prefix, may_lack);
  for (const StateEntry& entry : store.entries()) {
    const TensorRecord* record = file.find(prefix + entry.name);
    if (record == nullptr) continue;
    if (entry.kind == StateEntry::Kind::counter) {
      *entry.counter = to_i64(*record)[0];
      continue;
    }
    std::vector<double> values = to_f64(*record);
    if (record->shape != stored_shape(entry.shape()))
      values = resampled_rows(values, record->shape[0], entry.shape()[0]);
    copy_into(from_host(std::span<const double>(values), entry.shape(), entry.tensor.dtype(), store.queue()),
              entry.tensor);
  }
}

void load_weights(ParameterStore& store, const std::filesystem::path& path) {
  load_weights(store, open_weight_file(path));
}

std::vector<OwnedTensor> saved_state(const ParameterStore& store) {
  std::vector<OwnedTensor> tensors;
  for (const StateEntry& entry : store.entries()) {
    if (entry.kind == StateEntry::Kind::counter)
      tensors.push_back(stored_integer(entry.name, *entry.counter));
    else
      tensors.push_back(stored(entry.name, entry.tensor));
  }
  return tensors;
}

void save_weights(const ParameterStore& store, const std::filesystem::path& path,
                  const std::map<std::string, std::string>& metadata) {
  const std::vector<OwnedTensor> state = saved_state(store);
  write_safetensors(path, views(state), metadata);
}

}  // namespace engine::nn
