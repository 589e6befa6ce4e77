// SPDX-License-Identifier: Apache-2.0
// The one thing that a kernel is handed beside its arguments: where to run, with how many threads, and where temporary
// memory comes from. main owns the queue; tensors keep it alive.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <typeindex>

#include "kernels/autotune.h"
#include "kernels/device.h"
#include "kernels/memory.h"
#include "kernels/profile.h"

namespace kernels {

// What device cuda multiplies two f32 operands of a convolution or matrix product with. tf32: the tensor cores, which
// keep 10 of the 23 bits of mantissa of each factor and add in f32. bf16 operands always go to the tensor cores.
enum class Products { f32, tf32 };

struct QueueOptions {
  int threads = 0;  // CPU threads of one kernel; 0: all cores.
  Products products = Products::f32;
  AutotuneOptions autotune = {};  // Of device cuda.
};

class Queue {
 public:
  // Throws UsageError for options that the device does not have.
  explicit Queue(Device device, const QueueOptions& options = {});
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  ~Queue();

  const Device& device() const { return device_; }
  int threads() const { return threads_; }
  Products products() const { return products_; }
  Memory& memory() { return *memory_; }
  DeviceRuntime& runtime() { return *runtime_; }
  Autotuner& autotuner() { return autotuner_; }

  // Copies between host memory and the device's, in the order of the kernels on this queue (kernels/device_runtime.h).
  void upload(void* to, const void* from, std::size_t bytes);
  void download(void* to, const void* from, std::size_t bytes);
  void fill(void* to, unsigned char byte, std::size_t bytes);
  // Waits for everything that was queued. Throws DeviceError where a kernel failed.
  void synchronize() { runtime_->synchronize(); }
  // Marks the end of what was queued so far, to be timed or waited for (kernels/event.h).
  std::shared_ptr<Event> record() { return runtime_->record(); }
  // Uploads beside the kernels, from staging memory (kernels/device_runtime.h says who waits for what).
  std::shared_ptr<Event> start_uploads(std::span<const Transfer> transfers, Event& after) {
    return runtime_->start_uploads(transfers, after);
  }
  void wait_for(Event& event) { runtime_->wait_for(event); }
  // Whether the host may read and write the device's memory itself.
  bool shares_host_memory() const { return runtime_->shares_host_memory(); }

  // From now on the time of every kernel row and phase is kept (kernels/profile.h).
  void start_profile();
  Profile* profile() { return profile_.get(); }  // Null where none was started.
  // Whether anybody wants to know what is queued; a row asks before anything else, and does no more where nobody does.
  bool is_watched() const { return is_watched_; }

  // What a backend keeps between calls (cached primitives, packed weights). Made on first use.
  template <class State>
  State& backend_state() {
    std::shared_ptr<void>& state = backend_states_[typeid(State)];
    if (!state) state = std::make_shared<State>();
    return *static_cast<State*>(state.get());
  }
  // A backend registers here what must happen when a storage dies: packed copies of it are dropped.
  void on_storage_released(std::function<void(std::uint64_t)> callback) { released_ = std::move(callback); }
  void storage_released(std::uint64_t storage) noexcept {
    if (released_) released_(storage);
  }

 private:
  Device device_;
  int threads_;
  Products products_;
  std::unique_ptr<DeviceRuntime> runtime_;
  std::unique_ptr<Memory> memory_;
  std::unique_ptr<Profile> profile_;
  bool is_watched_ = false;
  std::function<void(std::uint64_t)> released_;
  Autotuner autotuner_;
  std::map<std::type_index, std::shared_ptr<void>> backend_states_;  // Destroyed first: may hold memory of memory_.
};

// Temporary memory of one kernel call.
class Workspace {
 public:
  Workspace(Queue& queue, std::size_t bytes) : memory_(queue.memory()), data_(memory_.allocate(bytes)) {}
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace() { memory_.release(data_); }
  void* data() const { return data_; }
  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  Memory& memory_;
  void* data_;
};

}  // namespace kernels
