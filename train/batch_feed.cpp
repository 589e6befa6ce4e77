// SPDX-License-Identifier: Apache-2.0
#include "train/batch_feed.h"

#include <utility>

#include "kernels/range.h"

namespace train {

namespace {

// Where the device augments; it finds no edges of labels, so that samples which need those are augmented on the host.
std::unique_ptr<kernels::StagingMemory> staging_for(const std::shared_ptr<kernels::Queue>& queue,
                                                    const datasets::LoaderOptions& loader) {
  if (loader.edges || augmenter_for(*queue) == datasets::Augmenter::host) return nullptr;
  return std::make_unique<kernels::StagingMemory>(queue);
}

// A batch on the host stays valid while the next one is fetched.
datasets::LoaderOptions for_device(datasets::LoaderOptions options, std::pmr::memory_resource* staging) {
  options.augmenter = staging == nullptr ? datasets::Augmenter::host : datasets::Augmenter::device;
  options.memory = staging;
  options.held = 2;
  return options;
}

}  // namespace

BatchFeed::BatchFeed(const datasets::Dataset& dataset, const std::shared_ptr<kernels::Queue>& queue,
                     FeedOptions options)
    : queue_(queue),
      compute_(options.compute),
      multiple_(options.multiple),
      staging_(staging_for(queue, options.loader)),
      loader_(dataset, for_device(std::move(options.loader), staging_.get())) {}

BatchFeed::~BatchFeed() {
  try {
    finish_upload();  // It uses memory that is about to be given back.
  } catch (...) {
    // A device that failed has said so, or says so in the next call that may throw.
  }
}

void BatchFeed::finish_upload() {
  if (arrived_) arrived_->wait();
}

void BatchFeed::begin_epoch(int epoch, int first_batch) {
  finish_upload();
  host_ = coming_ = nullptr;
  loader_.begin_epoch(epoch, first_batch);
}

void BatchFeed::prefetch() {
  if (coming_ != nullptr || !crosses_beside_kernels()) return;
  finish_upload();  // The loader is about to use the buffers of an earlier batch again.
  coming_ = loader_.next();
  if (coming_ == nullptr) return;
  const kernels::Range range(*queue_, {.name = "upload"});
  if (!buffer_ || buffer_.elements() < stored_bytes(*coming_)) {
    buffer_ = engine::empty({stored_bytes(*coming_)}, kernels::DType::u8, queue_);
    free_ = queue_->record();  // The memory may have belonged to something that queued kernels still use.
  }
  arrived_ = queue_->start_uploads(stored_transfers(*coming_, buffer_), *free_);
}

std::optional<Batch> BatchFeed::next() {
  if (!crosses_beside_kernels()) {
    host_ = loader_.next();
    if (host_ == nullptr) return {};
    const kernels::Range range(*queue_, {.name = "upload"});
    return upload(*host_, queue_, compute_, multiple_);
  }
  prefetch();
  if (coming_ == nullptr) return {};
  host_ = std::exchange(coming_, nullptr);
  queue_->wait_for(*arrived_);
  Batch batch = augment_stored(*host_, buffer_, compute_, multiple_);
  free_ = queue_->record();
  return batch;
}

}  // namespace train
