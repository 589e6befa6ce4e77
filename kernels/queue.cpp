// SPDX-License-Identifier: Apache-2.0
#include "kernels/queue.h"

#include <algorithm>
#include <thread>

#include "kernels/cuda/devices.h"
#include "kernels/error.h"
#include "kernels/range.h"

namespace kernels {

Queue::Queue(Device device, const QueueOptions& options)
    : device_(device), products_(options.products), autotuner_(options.autotune) {
  if (options.threads < 0) throw UsageError("--threads {}: expected 0 (all cores) or more", options.threads);
  if (options.products == Products::tf32 && device.kind != DeviceKind::cuda)
    throw UsageError("--precision tf32: a format of GPUs, which device {} does not have", to_string(device));
  if (options.autotune.provider == Provider::library) {
    if (device.kind != DeviceKind::cuda)
      throw UsageError("--conv library: cuDNN computes on device cuda, not on {}", to_string(device));
    if (cuda::convolution_library_version().empty())
      throw DeviceError("--conv library: this build has no cuDNN (ISOTHERM_CUDNN)");
  }
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  threads_ = device.kind == DeviceKind::reference ? 1 : options.threads == 0 ? cores : options.threads;
  runtime_ = open_runtime(device);
  memory_ = std::make_unique<Memory>(*runtime_);
  is_watched_ = runtime_->marks_ranges();
}

Queue::~Queue() {
  backend_states_.clear();
}

void Queue::upload(void* to, const void* from, std::size_t bytes) {
  const Range range(*this, {Profile::Kind::row, "upload", static_cast<double>(bytes)});
  runtime_->upload(to, from, bytes);
}

void Queue::download(void* to, const void* from, std::size_t bytes) {
  const Range range(*this, {Profile::Kind::row, "download", static_cast<double>(bytes)});
  runtime_->download(to, from, bytes);
}

void Queue::fill(void* to, unsigned char byte, std::size_t bytes) {
  const Range range(*this, {Profile::Kind::row, "fill", static_cast<double>(bytes)});
  runtime_->fill(to, byte, bytes);
}

void Queue::start_profile() {
  profile_ = std::make_unique<Profile>(*runtime_);
  is_watched_ = true;
}

}  // namespace kernels
