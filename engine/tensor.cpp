// SPDX-License-Identifier: Apache-2.0
#include "engine/tensor.h"

#include <atomic>
#include <cstddef>

#include "engine/autograd.h"
#include "kernels/error.h"

namespace engine {

using kernels::ShapeError;

namespace {

std::atomic<std::uint64_t> next_storage{1};

// Visits every element as (row-major index, memory offset).
template <class Body>
void for_each_element(const Shape& shape, Body&& body) {
  if (shape.rank() != 4) {
    for (std::int64_t i = 0; i < shape.elements(); ++i) body(i, i);
    return;
  }
  std::int64_t index = 0;
  for (std::int64_t n = 0; n < shape.n(); ++n)
    for (std::int64_t c = 0; c < shape.c(); ++c)
      for (std::int64_t h = 0; h < shape.h(); ++h)
        for (std::int64_t w = 0; w < shape.w(); ++w) body(index++, shape.offset(n, c, h, w));
}

// The memory of a tensor as the host sees it: a copy where the device does not share its memory.
class HostBuffer {
 public:
  HostBuffer(Queue& queue, std::size_t bytes, void* device) : queue_(queue), device_(device) {
    if (!queue.shares_host_memory()) copy_.resize(bytes);
  }
  void* data() { return copy_.empty() ? device_ : copy_.data(); }
  void fetch() {
    if (!copy_.empty()) queue_.download(copy_.data(), device_, copy_.size());
  }
  void send() {
    if (!copy_.empty()) queue_.upload(device_, copy_.data(), copy_.size());
  }

 private:
  Queue& queue_;
  void* device_;
  std::vector<std::byte> copy_;
};

std::size_t byte_count(const Tensor& tensor) {
  return static_cast<std::size_t>(tensor.elements()) * kernels::size_of(tensor.dtype());
}

template <class From>
Tensor upload(std::span<const From> values, const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue) {
  if (static_cast<std::int64_t>(values.size()) != shape.elements())
    throw ShapeError("from_host: shape {} needs {} values, got {}", shape, shape.elements(), values.size());
  Tensor tensor = empty(shape, dtype, queue);
  HostBuffer buffer(*queue, byte_count(tensor), tensor.mutable_view().data);
  kernels::visit_dtype<double, float, kernels::bf16, std::int64_t, std::int32_t, std::uint8_t>(
      dtype, "from_host", [&]<class To>() {
        To* to = static_cast<To*>(buffer.data());
        for_each_element(shape, [&](std::int64_t index, std::int64_t offset) {
          const From value = values[static_cast<std::size_t>(index)];
          if constexpr (std::is_same_v<To, kernels::bf16>)
            to[offset] = To(static_cast<float>(value));
          else
            to[offset] = static_cast<To>(value);
        });
      });
  buffer.send();
  return tensor;
}

template <class To>
std::vector<To> fetch(const Tensor& tensor) {
  std::vector<To> values(static_cast<std::size_t>(tensor.elements()));
  const ConstView view = tensor;
  HostBuffer buffer(tensor.queue(), byte_count(tensor), const_cast<void*>(view.data));
  buffer.fetch();
  kernels::visit_dtype<double, float, kernels::bf16, std::int64_t, std::int32_t, std::uint8_t>(
      view.dtype, "download", [&]<class From>() {
        const auto* from = static_cast<const From*>(buffer.data());
        for_each_element(tensor.shape(), [&](std::int64_t index, std::int64_t offset) {
          if constexpr (std::is_same_v<From, kernels::bf16>)
            values[static_cast<std::size_t>(index)] = static_cast<To>(static_cast<float>(from[offset]));
          else
            values[static_cast<std::size_t>(index)] = static_cast<To>(from[offset]);
        });
      });
  return values;
}

}  // namespace

Storage::Storage(std::shared_ptr<Queue> queue, std::size_t bytes)
    : queue_(std::move(queue)), bytes_(bytes), data_(queue_->memory().allocate(bytes)), id_(next_storage++) {}

Storage::~Storage() {
  queue_->storage_released(id_);
  queue_->memory().release(data_);
}

const Shape& Tensor::shape() const {
  return impl_->shape;
}
DType Tensor::dtype() const {
  return impl_->dtype;
}
Queue& Tensor::queue() const {
  return *impl_->storage->queue();
}
const std::shared_ptr<Queue>& Tensor::shared_queue() const {
  return impl_->storage->queue();
}
std::uint64_t Tensor::version() const {
  return impl_->storage->version();
}

Tensor::operator ConstView() const {
  if (!impl_) return {};
  const Storage& storage = *impl_->storage;
  return {storage.data(), impl_->dtype, impl_->shape, storage.id(), storage.version()};
}

View Tensor::mutable_view() const {
  if (!impl_) return {};
  impl_->storage->written();
  return {impl_->storage->data(), impl_->dtype, impl_->shape};
}

Tensor Tensor::detach() const {
  if (!impl_) return {};
  auto copy = std::make_shared<detail::TensorImpl>();
  copy->storage = impl_->storage;
  copy->shape = impl_->shape;
  copy->dtype = impl_->dtype;
  return Tensor(std::move(copy));
}

Tensor Tensor::reshape(const Shape& wanted) const {
  const auto order_free = [](const Shape& s) {
    return s.rank() != 4 || s.c() == 1 || (s.h() == 1 && s.w() == 1);
  };
  const bool same_rows = shape().rank() == 4 && wanted.rank() == 4 && shape().c() == wanted.c();
  if (wanted.elements() != elements())
    throw ShapeError("reshape: {} has {} elements, {} needs {}", shape(), elements(), wanted, wanted.elements());
  if (!same_rows && !(order_free(shape()) && order_free(wanted)))
    throw ShapeError("reshape: {} to {} would change the order of elements in memory", shape(), wanted);
  Tensor result = detach();
  result.impl_->shape = wanted;
  return record("reshape", result, {*this},
                [from = shape()](const Tensor& dy, Needs) -> Gradients { return {dy.reshape(from)}; });
}

bool Tensor::requires_grad() const {
  return impl_ && impl_->requires_grad;
}
Tensor& Tensor::set_requires_grad(bool wanted) {
  impl_->requires_grad = wanted;
  return *this;
}
Tensor Tensor::grad() const {
  return impl_->grad;
}
void Tensor::set_grad(Tensor gradient) const {
  impl_->grad = std::move(gradient);
}
bool Tensor::shares_storage() const {
  return impl_.use_count() > 1 || impl_->storage.use_count() > 1;
}
const std::shared_ptr<Node>& Tensor::node() const {
  return impl_->node;
}
void Tensor::set_node(std::shared_ptr<Node> node) {
  impl_->node = std::move(node);
}

Tensor empty(const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue) {
  auto impl = std::make_shared<detail::TensorImpl>();
  impl->storage =
      std::make_shared<Storage>(queue, static_cast<std::size_t>(shape.elements()) * kernels::size_of(dtype));
  impl->shape = shape;
  impl->dtype = dtype;
  return Tensor(std::move(impl));
}

Tensor empty(const Shape& shape, const Tensor& like) {
  return empty(shape, like.dtype(), like.shared_queue());
}

Tensor zeros(const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue) {
  Tensor tensor = empty(shape, dtype, queue);
  // All-zero bytes are zero in every element type.
  queue->fill(tensor.mutable_view().data, 0, byte_count(tensor));
  return tensor;
}

Tensor full(const Shape& shape, double value, DType dtype, const std::shared_ptr<Queue>& queue) {
  const std::vector<double> values(static_cast<std::size_t>(shape.elements()), value);
  return from_host(std::span<const double>(values), shape, dtype, queue);
}

Tensor from_host(std::span<const double> values, const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue) {
  return upload(values, shape, dtype, queue);
}
Tensor from_host(std::span<const float> values, const Shape& shape, DType dtype, const std::shared_ptr<Queue>& queue) {
  return upload(values, shape, dtype, queue);
}
Tensor from_host(std::span<const std::int64_t> values, const Shape& shape, DType dtype,
                 const std::shared_ptr<Queue>& queue) {
  return upload(values, shape, dtype, queue);
}

std::vector<double> download(const Tensor& tensor) {
  return fetch<double>(tensor);
}
std::vector<float> download_float(const Tensor& tensor) {
  return fetch<float>(tensor);
}
std::vector<std::int64_t> download_integers(const Tensor& tensor) {
  return fetch<std::int64_t>(tensor);
}

double read_scalar(const Tensor& tensor) {
  if (tensor.elements() != 1) throw ShapeError("read_scalar: expected one element, got shape {}", tensor.shape());
  return download(tensor)[0];
}

DType master_dtype(const Queue& queue) {
  return queue.device().kind == kernels::DeviceKind::reference ? DType::f64 : DType::f32;
}

}  // namespace engine
