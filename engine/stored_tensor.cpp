// SPDX-License-Identifier: Apache-2.0
#include "engine/stored_tensor.h"

#include <span>
#include <utility>

namespace engine {
namespace {

template <class Value>
OwnedTensor own(std::string name, FileDType dtype, std::vector<std::int64_t> shape, const std::vector<Value>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {std::move(name), dtype, std::move(shape), {bytes.begin(), bytes.end()}};
}

}  // namespace

std::vector<std::int64_t> stored_shape(const Shape& shape) {
  std::vector<std::int64_t> extents;
  for (int axis = 0; axis < shape.rank(); ++axis) extents.push_back(shape[axis]);
  return extents;
}

OwnedTensor stored(std::string name, const Tensor& tensor) {
  std::vector<std::int64_t> shape = stored_shape(tensor.shape());
  if (tensor.dtype() == DType::f64) return own(std::move(name), FileDType::f64, std::move(shape), download(tensor));
  if (kernels::is_floating(tensor.dtype()))
    return own(std::move(name), FileDType::f32, std::move(shape), download_float(tensor));
  return own(std::move(name), FileDType::i64, std::move(shape), download_integers(tensor));
}

OwnedTensor stored_scalar(std::string name, double value, DType dtype) {
  if (dtype == DType::f64) return own(std::move(name), FileDType::f64, {}, std::vector<double>{value});
  return own(std::move(name), FileDType::f32, {}, std::vector<float>{static_cast<float>(value)});
}

OwnedTensor stored_integer(std::string name, std::int64_t value) {
  return own(std::move(name), FileDType::i64, {}, std::vector<std::int64_t>{value});
}

}  // namespace engine
