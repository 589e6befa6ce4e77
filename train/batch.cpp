// SPDX-License-Identifier: Apache-2.0
#include "train/batch.h"

#include <algorithm>
#include <span>

#include "engine/ops/cast.h"
#include "kernels/augment.h"

namespace train {

namespace {

using kernels::DType;
using kernels::Shape;
using kernels::Size2;
using QueuePointer = std::shared_ptr<kernels::Queue>;

int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

std::span<const datasets::StoredSample> samples_of(const datasets::HostBatch& host) {
  return {host.stored.data(), static_cast<std::size_t>(host.n)};
}

Size2 padded_size(const datasets::HostBatch& host, int multiple) {
  return {round_up(host.h, multiple), round_up(host.w, multiple)};
}

// The last row and column repeated up to `size`; `values` holds the pixels of `host` with c numbers each.
std::vector<float> pad(const std::vector<float>& values, const datasets::HostBatch& host, int c, Size2 size) {
  std::vector<float> padded(static_cast<std::size_t>(host.n) * size.h * size.w * c);
  auto* to = padded.data();
  for (int i = 0; i < host.n; ++i)
    for (int y = 0; y < size.h; ++y)
      for (int x = 0; x < size.w; ++x) {
        const auto pixel =
            (static_cast<std::size_t>(i) * host.h + std::min(y, host.h - 1)) * host.w + std::min(x, host.w - 1);
        to = std::copy_n(values.data() + pixel * c, c, to);
      }
  return padded;
}

// The loader's buffers have the engine's memory order already.
engine::Tensor image(const std::vector<float>& values, const Shape& shape, const QueuePointer& queue, DType compute) {
  if (queue->device().kind == kernels::DeviceKind::reference) {
    engine::Tensor wide = engine::empty(shape, DType::f64, queue);
    std::copy(values.begin(), values.end(), wide.mutable_view().as<double>());
    return wide;
  }
  engine::Tensor tensor = engine::empty(shape, DType::f32, queue);
  queue->upload(tensor.mutable_view().data, values.data(), values.size() * sizeof(float));
  return compute == DType::f32 ? tensor : engine::cast(tensor, compute);
}

Batch upload_normalised(const datasets::HostBatch& host, const QueuePointer& queue, DType compute, Size2 size) {
  const bool fits = size == Size2{host.h, host.w};
  const Shape rgb{host.n, 3, size.h, size.w}, thermal{host.n, 1, size.h, size.w};
  Batch batch{image(fits ? host.rgb : pad(host.rgb, host, 3, size), rgb, queue, compute),
              image(fits ? host.thermal : pad(host.thermal, host, 1, size), thermal, queue, compute),
              engine::empty({host.n, host.h, host.w}, DType::u8, queue), host.names};
  queue->upload(batch.labels.mutable_view().data, host.labels.data(), host.labels.size());
  if (!host.edges.empty()) {
    batch.edges = engine::empty({host.n, host.edge_size.h, host.edge_size.w}, DType::u8, queue);
    queue->upload(batch.edges.mutable_view().data, host.edges.data(), host.edges.size());
  }
  return batch;
}

}  // namespace

datasets::Augmenter augmenter_for(const kernels::Queue& queue) {
  return queue.device().kind == kernels::DeviceKind::cuda ? datasets::Augmenter::device : datasets::Augmenter::host;
}

std::int64_t stored_bytes(const datasets::HostBatch& host) {
  std::size_t bytes = 0;
  for (const datasets::StoredSample& sample : samples_of(host)) bytes += sample.bytes.size();
  return static_cast<std::int64_t>(bytes);
}

std::vector<kernels::Transfer> stored_transfers(const datasets::HostBatch& host, const engine::Tensor& buffer) {
  std::vector<kernels::Transfer> transfers;
  auto* to = buffer.mutable_view().as<std::uint8_t>();
  for (const datasets::StoredSample& sample : samples_of(host)) {
    transfers.push_back({to, sample.bytes.data(), sample.bytes.size()});
    to += sample.bytes.size();
  }
  return transfers;
}

Batch augment_stored(const datasets::HostBatch& host, const engine::Tensor& buffer, DType compute, int multiple) {
  const Size2 size = padded_size(host, multiple);
  const QueuePointer& queue = buffer.shared_queue();
  std::vector<kernels::AugmentImage> images;  // The records, whose offsets count from the start of the buffer.
  std::int64_t begin = 0;
  for (const datasets::StoredSample& sample : samples_of(host)) {
    images.push_back(sample.image.moved_by(begin));
    begin += static_cast<std::int64_t>(sample.bytes.size());
  }
  const std::size_t record_bytes = images.size() * sizeof(kernels::AugmentImage);
  const engine::Tensor records = engine::empty({static_cast<std::int64_t>(record_bytes)}, DType::u8, queue);
  queue->upload(records.mutable_view().data, images.data(), record_bytes);
  Batch batch{engine::empty({host.n, 3, size.h, size.w}, compute, queue),
              engine::empty({host.n, 1, size.h, size.w}, compute, queue),
              engine::empty({host.n, host.h, host.w}, DType::u8, queue), host.names};
  const kernels::AugmentInputs in{records, buffer};
  const kernels::AugmentOutputs out{batch.rgb.mutable_view(), batch.thermal.mutable_view(),
                                    batch.labels.mutable_view()};
  kernels::augment(*queue, host.augmentation, in, out);
  return batch;
}

Batch upload(const datasets::HostBatch& host, const QueuePointer& queue, DType compute, int multiple) {
  if (host.stored.empty()) return upload_normalised(host, queue, compute, padded_size(host, multiple));
  const engine::Tensor buffer = engine::empty({stored_bytes(host)}, DType::u8, queue);
  for (const kernels::Transfer& part : stored_transfers(host, buffer)) queue->upload(part.to, part.from, part.bytes);
  return augment_stored(host, buffer, compute, multiple);
}

}  // namespace train
