// SPDX-License-Identifier: Apache-2.0
// One batch as networks and losses take it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "datasets/batch.h"
#include "engine/tensor.h"

namespace train {

struct Batch {
  engine::Tensor rgb;      // [n, 3, h, w] in the compute type.
  engine::Tensor thermal;  // [n, 1, h, w]
  engine::Tensor labels;   // [n, h, w] u8, without padding.
  std::vector<std::string> names;
  engine::Tensor edges = {};  // [n, h / r, w / r] u8, 0 or 1; empty where the loader made none.
};

// Who should augment for a queue: a GPU does it itself, in less time than the copy of larger numbers would take.
datasets::Augmenter augmenter_for(const kernels::Queue& queue);

// Uploads a batch of the loader, and augments it where the loader has not. Images are padded to multiples of
// `multiple` by repeating their last row and column.
Batch upload(const datasets::HostBatch& host, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute,
             int multiple = 1);

// The steps of an upload of stored samples, for who takes them apart. Bytes of all samples; where each of them goes in
// a buffer (u8) of at least so many; and what becomes of them there.
std::int64_t stored_bytes(const datasets::HostBatch& host);
std::vector<kernels::Transfer> stored_transfers(const datasets::HostBatch& host, const engine::Tensor& buffer);
Batch augment_stored(const datasets::HostBatch& host, const engine::Tensor& buffer, kernels::DType compute,
                     int multiple);

}  // namespace train
