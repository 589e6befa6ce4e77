// SPDX-License-Identifier: Apache-2.0
// Checks that every op's front door makes.
#pragma once

#include <initializer_list>

#include "engine/autograd.h"
#include "kernels/error.h"

namespace engine {

// The tensors that are present live on one queue. Throws DeviceError, naming the op and the devices.
void require_same_queue(const char* op, std::initializer_list<Tensor> tensors);
// The tensors that are present have one element type. Throws DTypeError.
void require_same_dtype(const char* op, std::initializer_list<Tensor> tensors);
// `what` has the given rank or shape. Throws ShapeError with the op, what it was and what came.
void require_rank(const char* op, const char* what, const Tensor& tensor, int rank);
void require_shape(const char* op, const char* what, const Tensor& tensor, const Shape& shape);
// A parameter: the master type of its queue (f32; f64 on reference). Throws DTypeError.
void require_master_dtype(const char* op, const char* what, const Tensor& tensor);

}  // namespace engine
