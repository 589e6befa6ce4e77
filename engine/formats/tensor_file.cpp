// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/tensor_file.h"

#include "kernels/error.h"

namespace engine {

std::vector<std::string> TensorFile::names() const {
  std::vector<std::string> names;
  for (const TensorRecord& record : records_) names.push_back(record.name);
  return names;
}

const TensorRecord* TensorFile::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &records_[found->second];
}

const TensorRecord& TensorFile::at(const std::string& name) const {
  if (const TensorRecord* record = find(name)) return *record;
  throw kernels::CheckpointError("{}: tensor '{}' is missing (the file has {} tensors)", path_.string(), name,
                                 records_.size());
}

TensorFile TensorFile::without_records() const {
  TensorFile result(path_);
  result.memory_ = memory_;
  return result;
}

bool TensorFile::add(TensorRecord record) {
  if (!index_.emplace(record.name, records_.size()).second) return false;
  records_.push_back(std::move(record));
  return true;
}

}  // namespace engine
