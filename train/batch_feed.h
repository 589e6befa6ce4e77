// SPDX-License-Identifier: Apache-2.0
// The batches of a data set as tensors. For a GPU the stored samples lie in page-locked memory and cross beside the
// kernels: those of the next batch while the caller computes with this one.
#pragma once

#include <memory>
#include <optional>

#include "datasets/loader.h"
#include "kernels/staging.h"
#include "train/batch.h"

namespace train {

struct FeedOptions {
  datasets::LoaderOptions loader;  // But for what the device decides: who augments, where samples lie.
  kernels::DType compute = kernels::DType::f32;
  int multiple = 1;  // Images are padded to multiples of it.
};

class BatchFeed {
 public:
  // `dataset` must outlive the feed.
  BatchFeed(const datasets::Dataset& dataset, const std::shared_ptr<kernels::Queue>& queue, FeedOptions options);
  BatchFeed(const BatchFeed&) = delete;
  BatchFeed& operator=(const BatchFeed&) = delete;
  ~BatchFeed();

  int batches() const { return loader_.batches(); }  // Of one epoch.
  void begin_epoch(int epoch, int first_batch = 0);

  // The next batch in order, or nothing at the end of the epoch.
  std::optional<Batch> next();
  // The same batch on the host; valid until the following call of next.
  const datasets::HostBatch& host() const { return *host_; }
  // Sends the batch after it on its way, where the device can do that beside its kernels. To be called when the work on
  // this one is queued: the host then waits for the loader while the device computes.
  void prefetch();

  // Seconds that were spent waiting for data.
  double waited_seconds() const { return loader_.waited_seconds(); }

 private:
  bool crosses_beside_kernels() const { return staging_ != nullptr; }
  void finish_upload();

  std::shared_ptr<kernels::Queue> queue_;
  kernels::DType compute_;
  int multiple_;
  std::unique_ptr<kernels::StagingMemory> staging_;
  datasets::Loader loader_;
  const datasets::HostBatch* host_ = nullptr;    // What the caller has; null before the first.
  const datasets::HostBatch* coming_ = nullptr;  // What is on its way to buffer_; null where nothing is.
  engine::Tensor buffer_;                        // Stored samples, one behind the other.
  std::shared_ptr<kernels::Event> free_;         // Behind the last kernel that reads buffer_.
  std::shared_ptr<kernels::Event> arrived_;      // Behind the last upload to it.
};

}  // namespace train
