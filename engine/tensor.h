// SPDX-License-Identifier: Apache-2.0
// Tensors that remember how they were made. A Tensor is a handle: copies share the data and the history.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/storage.h"
#include "kernels/view.h"

namespace engine {

using kernels::ConstView;
using kernels::DType;
using kernels::Queue;
using kernels::Shape;
using kernels::Size2;
using kernels::View;

class Tensor;
struct Node;  // One recorded op (engine/autograd.h).

namespace detail {
struct TensorImpl;
}

class Tensor {
 public:
  Tensor() = default;  // No tensor; false in a condition.
  explicit operator bool() const { return impl_ != nullptr; }

  const Shape& shape() const;
  DType dtype() const;
  std::int64_t elements() const { return shape().elements(); }
  Queue& queue() const;
  const std::shared_ptr<Queue>& shared_queue() const;

  // Reading is silent, writing can be searched for: mutable_view counts as a change of the data.
  operator ConstView() const;
  ConstView view() const { return *this; }
  View mutable_view() const;
  std::uint64_t version() const;

  // The same data without history.
  Tensor detach() const;
  // The same data under another shape with as many elements. Between ranks other than 4 only, or where the channel
  // order in memory is not affected (c == 1, or h == w == 1 on the rank-4 side). Differentiable.
  Tensor reshape(const Shape& shape) const;

  // Gradients. A leaf with requires_grad collects d loss / d leaf in grad(), same shape, f32 (f64 on reference).
  bool requires_grad() const;
  Tensor& set_requires_grad(bool wanted);
  Tensor grad() const;
  void set_grad(Tensor gradient) const;
  void clear_grad() const { set_grad({}); }

  // Whether other handles share this tensor's data.
  bool shares_storage() const;

  const std::shared_ptr<Node>& node() const;
  void set_node(std::shared_ptr<Node> node);
  const std::shared_ptr<detail::TensorImpl>& impl() const { return impl_; }
  explicit Tensor(std::shared_ptr<detail::TensorImpl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<detail::TensorImpl> impl_;
};

namespace detail {
struct TensorImpl {
  std::shared_ptr<Storage> storage;
  Shape shape;
  DType dtype = DType::f32;
  bool requires_grad = false;
  Tensor grad;
  std::shared_ptr<Node> node;
};
}  // namespace detail

// Uninitialised memory.
Tensor empty(const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue);
// Uninitialised, with the type and queue of another tensor.
Tensor empty(const Shape& shape, const Tensor& like);
Tensor zeros(const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue);
Tensor full(const Shape& shape, double value, DType dtype, const std::shared_ptr<Queue>& queue);

// Host data in row-major (n, c, h, w) order; converted to the engine's memory order and to `dtype`.
Tensor from_host(std::span<const double> values, const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue);
Tensor from_host(std::span<const float> values, const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue);
Tensor from_host(std::span<const std::int64_t> values, const Shape& shape, DType dtype,
                 const std::shared_ptr<Queue>& queue);

// Row-major (n, c, h, w) copies on the host. These wait for the device and are the only blocking calls here.
std::vector<double> download(const Tensor& tensor);
std::vector<float> download_float(const Tensor& tensor);
std::vector<std::int64_t> download_integers(const Tensor& tensor);
double read_scalar(const Tensor& tensor);  // Of a tensor with one element.

// Copies data between tensors of one shape and queue, converting the type.
void copy_into(const Tensor& source, const Tensor& destination);

// The type that parameters, statistics and losses have on a queue: f64 on reference, else f32.
DType master_dtype(const Queue& queue);

}  // namespace engine
