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
  engine::Tensor labels;   // [n, h, w] u8; empty for unlabelled batches.
  std::vector<std::string> names;
};

// Uploads a batch of the loader.
Batch upload(const datasets::HostBatch& host, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute);

}  // namespace train
