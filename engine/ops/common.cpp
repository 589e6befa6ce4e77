// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/common.h"

namespace engine {

void require_same_queue(const char* op, std::initializer_list<Tensor> tensors) {
  const Tensor* first = nullptr;
  for (const Tensor& tensor : tensors) {
    if (!tensor) continue;
    if (first == nullptr) first = &tensor;
    if (&tensor.queue() != &first->queue())
      throw kernels::DeviceError("{}: its inputs live on two queues, {} and {}", op, to_string(first->queue().device()),
                                 to_string(tensor.queue().device()));
  }
}

void require_same_dtype(const char* op, std::initializer_list<Tensor> tensors) {
  const Tensor* first = nullptr;
  for (const Tensor& tensor : tensors) {
    if (!tensor) continue;
    if (first == nullptr) first = &tensor;
    if (tensor.dtype() != first->dtype())
      throw kernels::DTypeError("{}: its inputs have two types, {} and {}", op, name_of(first->dtype()),
                                name_of(tensor.dtype()));
  }
}

void require_rank(const char* op, const char* what, const Tensor& tensor, int rank) {
  if (!tensor || tensor.shape().rank() != rank)
    throw kernels::ShapeError("{}: {} must have {} dimensions, got {}", op, what, rank,
                              tensor ? to_string(tensor.shape()) : "nothing");
}

void require_shape(const char* op, const char* what, const Tensor& tensor, const Shape& shape) {
  if (!tensor || tensor.shape() != shape)
    throw kernels::ShapeError("{}: {} must have shape {}, got {}", op, what, shape,
                              tensor ? to_string(tensor.shape()) : "nothing");
}

void require_master_dtype(const char* op, const char* what, const Tensor& tensor) {
  if (tensor.dtype() != master_dtype(tensor.queue()))
    throw kernels::DTypeError("{}: {} must be {}, got {}", op, what, name_of(master_dtype(tensor.queue())),
                              name_of(tensor.dtype()));
}

}  // namespace engine
