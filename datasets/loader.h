// SPDX-License-Identifier: Apache-2.0
// Batches of a data set, read and augmented by worker threads while the consumer computes. Content and order depend on
// (seed, epoch, rank) alone: not on the number of workers, not on where an epoch was entered.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "datasets/batch.h"
#include "datasets/dataset.h"
#include "datasets/labels/edges.h"
#include "datasets/normalisation.h"
#include "datasets/order.h"
#include "datasets/transforms.h"

namespace datasets {

struct LoaderOptions {
  int batch_size = 1;  // Per rank.
  int workers = 2;     // Threads; 0: next() does the work itself.
  int prefetch = 2;    // Finished or growing batches beside those that the consumer holds, at least 1.
  int held = 1;        // Batches that stay valid for the consumer: the last of next(), and those before it.
  Order order = Order::shuffled;
  Remainder remainder = Remainder::keep;
  std::uint64_t seed = 0;
  int rank = 0, ranks = 1;
  AugmentationOptions augmentation = without_augmentation();
  Normalisation normalisation = {};
  // Edge maps of the labels, found when these are augmented. Of Augmenter::host alone.
  std::optional<labels::EdgeOptions> edges = {};
  Augmenter augmenter = Augmenter::host;
  // Where stored samples lie; the worker threads ask it. Must outlive the loader. Null: ordinary memory.
  std::pmr::memory_resource* memory = nullptr;
};

class Loader {
 public:
  // `dataset` must outlive the loader. Throws UsageError where the options make no sense or leave no batch at all.
  Loader(const Dataset& dataset, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  int batches() const { return batches_; }  // Of one epoch, for this rank.

  // Starts reading the batches from `first_batch` (0 ... batches()) on. May be called in the middle of an epoch.
  void begin_epoch(int epoch, int first_batch = 0);

  // The next batch in order, or null at the end of the epoch. It stays valid and unchanged for options.held - 1 further
  // calls of next, or until begin_epoch; its buffers are used again afterwards. Where a sample could not be loaded,
  // throws an Error that names sample, epoch and batch, with the reason nested in it; the following call goes on behind
  // that batch.
  const HostBatch* next();

  // Seconds that next() has waited for workers so far: the share of a run's time that was lost to data.
  double waited_seconds() const { return waited_seconds_; }

 private:
  struct Pending {  // A batch in the making. `mutex_` guards all but the pixels of distinct samples.
    HostBatch batch;
    std::size_t unfinished = 0;
    std::vector<kernels::Size2> sizes;
    std::vector<std::exception_ptr> failures;
  };

  void work();
  bool has_ticket() const;
  void run_ticket(std::unique_lock<std::mutex>& lock);
  void fill(Pending& pending, std::size_t slot);
  bool claim_size(Pending& pending, std::size_t slot, kernels::Size2 size);
  void fill_normalised(HostBatch& batch, std::size_t slot, const Sample& sample) const;
  void fill_edges(HostBatch& batch, std::size_t slot, const Sample& sample) const;
  void release_oldest_batch();
  void wait_until_idle(std::unique_lock<std::mutex>& lock);
  void require_whole(const Pending& pending) const;
  Pending& pending_of(std::size_t batch) { return ring_[batch % ring_.size()]; }

  const Dataset& dataset_;
  const LoaderOptions options_;
  kernels::AugmentOptions augmentation_;  // Of Augmenter::device, but for the size.
  int batches_ = 0;
  double waited_seconds_ = 0;

  std::mutex mutex_;
  std::condition_variable work_ready_, batch_ready_;
  bool stopping_ = false;
  int epoch_ = 0;
  std::vector<std::vector<int>> plan_;
  std::size_t next_batch_ = 0, next_slot_ = 0;  // The next ticket: one sample of one batch.
  std::size_t consumed_ = 0;                    // Batches before this one have been handed back.
  std::size_t taken_ = 0;                       // The consumer holds those from consumed_ to before this one.
  int busy_ = 0;                                // Tickets that are being worked on.
  std::vector<Pending> ring_;
  std::vector<std::thread> threads_;  // Last: the threads use all of the above.
};

}  // namespace datasets
