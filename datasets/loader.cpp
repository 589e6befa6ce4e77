// SPDX-License-Identifier: Apache-2.0
// Workers take tickets, one sample of one batch each, in order; a ring of batches bounds how far they run ahead.
#include "datasets/loader.h"

#include <algorithm>
#include <chrono>

#include "kernels/error.h"

namespace datasets {
namespace {

void prepare(HostBatch& batch, std::size_t number, const std::vector<int>& indices) {
  batch.number = static_cast<int>(number);
  batch.n = static_cast<int>(indices.size());
  batch.h = batch.w = 0;
  batch.indices = indices;
  batch.names.resize(indices.size());
  batch.times.resize(indices.size());
  batch.labelled.resize(indices.size());
}

// A full batch of the customary size finds its buffers as they were: nothing is allocated in a steady run.
void make_room(HostBatch& batch, const LoaderOptions& options) {
  const std::size_t pixels = static_cast<std::size_t>(batch.n) * batch.h * batch.w;
  if (options.edges) {
    batch.edge_size = {batch.h / options.edges->reduction, batch.w / options.edges->reduction};
    batch.edges.resize(static_cast<std::size_t>(batch.n) * batch.edge_size.h * batch.edge_size.w);
  }
  batch.rgb.resize(3 * pixels);
  batch.thermal.resize(pixels);
  batch.labels.resize(pixels);
}

std::pmr::memory_resource* memory_of(const LoaderOptions& options) {
  return options.memory ? options.memory : std::pmr::get_default_resource();
}

}  // namespace

Loader::Loader(const Dataset& dataset, LoaderOptions options) : dataset_(dataset), options_(std::move(options)) {
  if (options_.workers < 0) throw kernels::UsageError("workers: expected at least 0, got {}", options_.workers);
  if (options_.prefetch < 1) throw kernels::UsageError("prefetch: expected at least 1, got {}", options_.prefetch);
  const BatchPlan plan = {options_.batch_size, options_.remainder, options_.rank, options_.ranks};
  batches_ = static_cast<int>(plan_batches(epoch_order(dataset.size(), Order::sequential, 0, 0), plan).size());
  if (batches_ == 0 && options_.remainder == Remainder::drop)
    throw kernels::UsageError("{}: expected samples for a batch of {} on each of {} ranks, got {} in all",
                              dataset.name(), options_.batch_size, options_.ranks, dataset.size());
  if (options_.augmenter == Augmenter::device)
    augmentation_ = augment_options(options_.augmentation, options_.normalisation);
  if (options_.edges && options_.augmenter == Augmenter::device)
    throw kernels::UsageError("edges of labels: expected samples that are augmented on the host");
  if (options_.held < 1) throw kernels::UsageError("held: expected at least 1, got {}", options_.held);
  ring_.resize(static_cast<std::size_t>(options_.prefetch + options_.held));
  for (int worker = 0; worker < options_.workers; ++worker) threads_.emplace_back([this] { work(); });
}

Loader::~Loader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Loader::begin_epoch(int epoch, int first_batch) {
  if (first_batch < 0 || first_batch > batches_)
    throw kernels::UsageError("first batch: expected 0 to {}, got {}", batches_, first_batch);
  std::unique_lock lock(mutex_);
  wait_until_idle(lock);
  const BatchPlan plan = {options_.batch_size, options_.remainder, options_.rank, options_.ranks};
  plan_ = plan_batches(epoch_order(dataset_.size(), options_.order, options_.seed, epoch), plan);
  epoch_ = epoch;
  next_batch_ = consumed_ = taken_ = static_cast<std::size_t>(first_batch);
  next_slot_ = 0;
  work_ready_.notify_all();
}

const HostBatch* Loader::next() {
  std::unique_lock lock(mutex_);
  if (taken_ - consumed_ == static_cast<std::size_t>(options_.held)) release_oldest_batch();
  if (taken_ >= plan_.size()) return nullptr;
  const auto ready = [&] {
    return next_batch_ > taken_ && pending_of(taken_).unfinished == 0;
  };
  const auto start = std::chrono::steady_clock::now();
  if (threads_.empty())
    while (!ready()) run_ticket(lock);
  else
    batch_ready_.wait(lock, ready);
  waited_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const Pending& pending = pending_of(taken_++);
  require_whole(pending);
  return &pending.batch;
}

void Loader::release_oldest_batch() {
  ++consumed_;
  work_ready_.notify_all();
}

void Loader::wait_until_idle(std::unique_lock<std::mutex>& lock) {
  next_batch_ = plan_.size();  // No further tickets.
  batch_ready_.wait(lock, [&] { return busy_ == 0; });
}

void Loader::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_ready_.wait(lock, [&] { return stopping_ || has_ticket(); });
    if (stopping_) return;
    run_ticket(lock);
  }
}

bool Loader::has_ticket() const {
  return next_batch_ < plan_.size() && next_batch_ < consumed_ + ring_.size();
}

// The lock is held on entry and on return, and released in between.
void Loader::run_ticket(std::unique_lock<std::mutex>& lock) {
  Pending& pending = pending_of(next_batch_);
  const std::size_t slot = next_slot_;
  const std::vector<int>& indices = plan_[next_batch_];
  if (slot == 0) {
    prepare(pending.batch, next_batch_, indices);
    pending.unfinished = indices.size();
    pending.sizes.assign(indices.size(), {});
    pending.failures.assign(indices.size(), nullptr);
  }
  if (++next_slot_ == indices.size()) {
    next_slot_ = 0;
    ++next_batch_;
  }
  ++busy_;
  lock.unlock();
  std::exception_ptr failure;
  try {
    fill(pending, slot);
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  pending.failures[slot] = failure;
  --pending.unfinished;
  --busy_;
  if (pending.unfinished == 0 || busy_ == 0) batch_ready_.notify_all();
}

void Loader::fill(Pending& pending, std::size_t slot) {
  HostBatch& batch = pending.batch;
  const int index = batch.indices[slot];
  kernels::RandomStream random = augmentation_stream(options_.seed, epoch_, index);
  Sample sample = dataset_.load(index);
  const AugmentationDraw draw = draw_augmentation({sample.rgb.height, sample.rgb.width}, options_.augmentation, random);
  if (options_.augmenter == Augmenter::host) sample = augment(std::move(sample), options_.augmentation, draw);
  if (!claim_size(pending, slot, draw.size)) return;  // require_whole tells.
  if (options_.augmenter == Augmenter::host)
    fill_normalised(batch, slot, sample);
  else
    store_sample(sample, options_.augmentation, draw, batch.stored[slot]);
  batch.labelled[slot] = sample.label ? 1 : 0;
  batch.names[slot] = std::move(sample.name);
  batch.times[slot] = sample.time;
}

// The first sample decides the size of the batch. Whether this one has it.
bool Loader::claim_size(Pending& pending, std::size_t slot, kernels::Size2 size) {
  const std::lock_guard lock(mutex_);
  HostBatch& batch = pending.batch;
  pending.sizes[slot] = size;
  if (batch.h == 0) {
    batch.h = size.h;
    batch.w = size.w;
    if (options_.augmenter == Augmenter::host) {
      make_room(batch, options_);
    } else {
      while (batch.stored.size() < static_cast<std::size_t>(batch.n)) batch.stored.emplace_back(memory_of(options_));
      batch.augmentation = augmentation_;
      batch.augmentation.size = size;
    }
  }
  return size == kernels::Size2{batch.h, batch.w};
}

void Loader::fill_normalised(HostBatch& batch, std::size_t slot, const Sample& sample) const {
  const std::size_t pixels = static_cast<std::size_t>(batch.h) * batch.w;
  normalise(sample.rgb, options_.normalisation.rgb, &batch.rgb[3 * pixels * slot]);
  normalise(sample.thermal, sample.thermal_bits, options_.normalisation.thermal, &batch.thermal[pixels * slot]);
  const auto labels = batch.labels.begin() + static_cast<std::ptrdiff_t>(pixels * slot);
  if (sample.label)
    std::copy(sample.label->pixels.begin(), sample.label->pixels.end(), labels);
  else
    std::fill_n(labels, pixels, HostBatch::no_label);
  if (options_.edges) fill_edges(batch, slot, sample);
}

void Loader::fill_edges(HostBatch& batch, std::size_t slot, const Sample& sample) const {
  const std::size_t pixels = batch.edges.size() / static_cast<std::size_t>(batch.n);
  const auto to = batch.edges.begin() + static_cast<std::ptrdiff_t>(pixels * slot);
  if (!sample.label) {
    std::fill_n(to, pixels, std::uint8_t{0});
    return;
  }
  const LabelMap edges = labels::edges_of(*sample.label, *options_.edges);
  std::copy(edges.pixels.begin(), edges.pixels.end(), to);
}

// Judged in the order of the batch, so that the same fault gives the same message whichever worker was first.
void Loader::require_whole(const Pending& pending) const {
  const HostBatch& batch = pending.batch;
  const auto sample = [&](std::size_t slot) {
    return dataset_.sample_name(batch.indices[slot]);
  };
  for (std::size_t slot = 0; slot < pending.failures.size(); ++slot) {
    if (!pending.failures[slot]) continue;
    try {
      std::rethrow_exception(pending.failures[slot]);
    } catch (...) {
      std::throw_with_nested(
          kernels::Error("{}: sample {} (epoch {}, batch {})", dataset_.name(), sample(slot), epoch_, batch.number));
    }
  }
  for (std::size_t slot = 1; slot < pending.sizes.size(); ++slot)
    if (pending.sizes[slot] != pending.sizes[0])
      throw kernels::DataError("{}: sample {}: expected size {} as of {} in the same batch, got {}; set one size",
                               dataset_.name(), sample(slot), pending.sizes[0], sample(0), pending.sizes[slot]);
}

}  // namespace datasets
