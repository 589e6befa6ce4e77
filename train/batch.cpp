// SPDX-License-Identifier: Apache-2.0
#include "train/batch.h"

#include <algorithm>

#include "engine/ops/cast.h"

namespace train {

namespace {

// The loader's buffers have the engine's memory order already.
engine::Tensor image(const std::vector<float>& values, const kernels::Shape& shape,
                     const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  if (queue->device().kind == kernels::DeviceKind::reference) {
    engine::Tensor wide = engine::empty(shape, kernels::DType::f64, queue);
    std::copy(values.begin(), values.end(), wide.mutable_view().as<double>());
    return wide;
  }
  engine::Tensor tensor = engine::empty(shape, kernels::DType::f32, queue);
  queue->upload(tensor.mutable_view().data, values.data(), values.size() * sizeof(float));
  return compute == kernels::DType::f32 ? tensor : engine::cast(tensor, compute);
}

}  // namespace

Batch upload(const datasets::HostBatch& host, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute) {
  Batch batch{image(host.rgb, {host.n, 3, host.h, host.w}, queue, compute),
              image(host.thermal, {host.n, 1, host.h, host.w}, queue, compute),
              engine::empty({host.n, host.h, host.w}, kernels::DType::u8, queue), host.names};
  queue->upload(batch.labels.mutable_view().data, host.labels.data(), host.labels.size());
  return batch;
}

}  // namespace train
