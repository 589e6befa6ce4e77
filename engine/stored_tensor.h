// SPDX-License-Identifier: Apache-2.0
// Tensors as files keep them, row-major (n, c, h, w): f64 stays f64, other floating types become f32, whole numbers
// i64.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/formats/safetensors.h"
#include "engine/tensor.h"

namespace engine {

std::vector<std::int64_t> stored_shape(const Shape& shape);  // Empty for a scalar.
OwnedTensor stored(std::string name, const Tensor& tensor);  // Waits for the device.
OwnedTensor stored_scalar(std::string name, double value, DType dtype);
OwnedTensor stored_integer(std::string name, std::int64_t value);

}  // namespace engine
