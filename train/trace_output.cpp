// SPDX-License-Identifier: Apache-2.0
#include "train/trace_output.h"

#include <fmt/ranges.h>
#include <fnmatch.h>

#include <cstring>

#include "kernels/error.h"

namespace train {

namespace {

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<std::int64_t> extents_of(const kernels::Shape& shape) {
  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < shape.rank(); ++axis) extents.push_back(shape[axis]);
  return extents;
}

}  // namespace

bool TraceOutput::wanted(const std::string& name) const {
  if (globs_.empty()) return true;
  for (const std::string& glob : globs_)
    if (fnmatch(glob.c_str(), name.c_str(), 0) == 0) return true;
  return false;
}

void TraceOutput::add(const std::string& name, const engine::Tensor& tensor) {
  if (!wanted(name)) return;
  Item item{name, engine::FileDType::f32, extents_of(tensor.shape()), {}};
  if (tensor.dtype() == kernels::DType::f64) {
    item.dtype = engine::FileDType::f64;
    item.data = bytes_of(engine::download(tensor));
  } else if (kernels::is_floating(tensor.dtype())) {
    item.data = bytes_of(engine::download_float(tensor));
  } else {
    item.dtype = engine::FileDType::i64;
    item.data = bytes_of(engine::download_integers(tensor));
  }
  items_.push_back(std::move(item));
}

void TraceOutput::add_scalar(const std::string& name, double value, kernels::DType dtype) {
  if (!wanted(name)) return;
  const bool wide = dtype == kernels::DType::f64;
  items_.push_back(
      {name,
       wide ? engine::FileDType::f64 : engine::FileDType::f32,
       {},
       wide ? bytes_of(std::vector<double>{value}) : bytes_of(std::vector<float>{static_cast<float>(value)})});
}

void TraceOutput::add_integer(const std::string& name, std::int64_t value) {
  if (wanted(name)) items_.push_back({name, engine::FileDType::i64, {}, bytes_of(std::vector<std::int64_t>{value})});
}

void TraceOutput::write(const std::filesystem::path& path) const {
  if (items_.empty())
    throw kernels::UsageError("--only {}: selects nothing that this trace produces", fmt::join(globs_, ","));
  std::vector<engine::TensorToWrite> tensors;
  for (const Item& item : items_) tensors.push_back({item.name, item.dtype, item.shape, item.data});
  engine::write_safetensors(path, tensors);
}

}  // namespace train
