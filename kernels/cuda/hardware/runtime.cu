// SPDX-License-Identifier: Apache-2.0
// Device cuda on a GPU: a stream of kernels, one of uploads beside them, device memory, checked calls.
#include <optional>

#include "kernels/cuda/devices.h"
#include "kernels/cuda/hardware/address_space.cuh"
#include "kernels/cuda/hardware/event.cuh"
#include "kernels/cuda/hardware/ranges.cuh"
#include "kernels/cuda/hardware/runtime.cuh"
#include "kernels/cuda/hardware/small_uploads.cuh"
#include "kernels/error.h"

namespace kernels::cuda {

namespace {

// Asked for when a device is opened: whether this build has code for it.
__global__ void no_work() {}

class CudaRuntime final : public DeviceRuntime {
 public:
  explicit CudaRuntime(int index) : index_(index) {
    make_current();
    require_code();
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    check(cudaStreamCreateWithFlags(&upload_stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    small_uploads_.emplace();
  }
  ~CudaRuntime() override {
    forget(cudaSetDevice(index_));
    finish();
    small_uploads_.reset();
    forget(cudaStreamDestroy(upload_stream_));
    forget(cudaStreamDestroy(stream_));
  }

  std::string name() const override { return fmt::format("cuda:{}", index_); }
  bool shares_host_memory() const override { return false; }
  bool runs_beside_host() const override { return true; }

  // Twice the device's memory: other processes may give theirs back.
  AddressRange reserve_addresses(std::size_t granularity) override {
    make_current();
    return address_space_.reserve((2 * capacity().total + granularity - 1) / granularity * granularity, granularity,
                                  index_);
  }
  bool make_usable(std::byte* from, std::size_t bytes) override {
    make_current();
    return address_space_.map(from, bytes, index_);
  }
  void release_addresses(const AddressRange& range, std::size_t) noexcept override {
    forget(cudaSetDevice(index_));
    finish();
    address_space_.release(range);
  }
  Capacity capacity() const override {
    make_current();
    Capacity found;
    check(cudaMemGetInfo(&found.available, &found.total), "cudaMemGetInfo");
    return found;
  }

  void upload(void* to, const void* from, std::size_t bytes) override {
    if (bytes == 0) return;
    make_current();
    if (bytes <= SmallUploads::most_bytes) return check_work(small_uploads_->copy(to, from, bytes, stream_), "upload");
    check_work(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "upload");
    // Whether the call has read everything when it returns depends on the kind of memory and on the system.
    synchronize();
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    if (bytes == 0) return;
    make_current();
    check_work(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "download");
    synchronize();
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    make_current();
    check_work(cudaMemsetAsync(to, byte, bytes, stream_), "fill");
  }
  void synchronize() override {
    make_current();
    check_work(cudaStreamSynchronize(stream_), "waiting");
  }
  std::shared_ptr<Event> record() override {
    make_current();
    return event_on(stream_);
  }
  void wait_for(Event& event) override {
    make_current();
    check_work(cudaStreamWaitEvent(stream_, static_cast<CudaEvent&>(event).get(), cudaEventWaitDefault),
               "waiting for an event");
  }

  void* allocate_staging(std::size_t bytes) override {
    make_current();
    void* memory = nullptr;
    const cudaError_t status = cudaHostAlloc(&memory, bytes, cudaHostAllocDefault);
    if (status == cudaSuccess) return memory;
    forget(status);
    throw DeviceError("cuda:{}: no {} bytes of page-locked host memory: {} ({})", index_, bytes,
                      cudaGetErrorString(status), cudaGetErrorName(status));
  }
  void release_staging(void* memory) noexcept override {
    forget(cudaSetDevice(index_));
    forget(cudaFreeHost(memory));
  }
  std::shared_ptr<Event> start_uploads(std::span<const Transfer> transfers, Event& after) override {
    make_current();
    check_work(cudaStreamWaitEvent(upload_stream_, static_cast<CudaEvent&>(after).get(), cudaEventWaitDefault),
               "upload");
    for (const Transfer& transfer : transfers)
      check_work(cudaMemcpyAsync(transfer.to, transfer.from, transfer.bytes, cudaMemcpyHostToDevice, upload_stream_),
                 "upload");
    return event_on(upload_stream_);
  }

  bool marks_ranges() const override { return have_ranges; }
  void begin_range(const char* name) override { cuda::begin_range(name); }
  void end_range() noexcept override { cuda::end_range(); }

  cudaStream_t stream() {
    make_current();
    return stream_;
  }
  void launched(const char* kernel) {
    check(cudaGetLastError(), kernel);
    last_kernel_ = kernel;
  }

 private:
  // The current device is a property of the thread; where it is this one already, the call costs next to nothing.
  void make_current() const { check(cudaSetDevice(index_), "cudaSetDevice"); }

  void require_code() const {
    cudaFuncAttributes attributes{};
    const cudaError_t status = cudaFuncGetAttributes(&attributes, no_work);
    if (status != cudaErrorNoKernelImageForDevice && status != cudaErrorInvalidDeviceFunction)
      return check(status, "cudaFuncGetAttributes");
    forget(status);
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, index_), "cudaGetDeviceProperties");
    throw DeviceError(
        "cuda:{} ({}, compute capability {}.{}): this build has no code for it (CMAKE_CUDA_ARCHITECTURES)", index_,
        properties.name, properties.major, properties.minor);
  }

  static std::shared_ptr<Event> event_on(cudaStream_t stream) {
    auto event = std::make_shared<CudaEvent>();
    event->record_on(stream);
    return event;
  }

  // Kernels run while the host goes on, so that their errors are found by a later call.
  void check_work(cudaError_t status, const char* call) const {
    if (status == cudaSuccess) return;
    forget(status);
    throw DeviceError(
        "cuda:{}: {} after the kernel {}: {} ({}); with CUDA_LAUNCH_BLOCKING=1 the kernel that failed is named", index_,
        call, last_kernel_, cudaGetErrorString(status), cudaGetErrorName(status));
  }

  void finish() noexcept {
    forget(cudaStreamSynchronize(upload_stream_));
    forget(cudaStreamSynchronize(stream_));
  }

  int index_;
  AddressSpace address_space_;
  cudaStream_t stream_ = nullptr, upload_stream_ = nullptr;
  std::optional<SmallUploads> small_uploads_;
  const char* last_kernel_ = "(none)";
};

CudaRuntime& runtime_of(Queue& queue) {
  if (queue.device().kind != DeviceKind::cuda)
    throw DeviceError("a kernel of device cuda was called with a queue of device {}", to_string(queue.device()));
  return static_cast<CudaRuntime&>(queue.runtime());
}

}  // namespace

void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  forget(status);
  throw DeviceError("{}: {} ({})", what, cudaGetErrorString(status), cudaGetErrorName(status));
}

cudaStream_t stream_of(Queue& queue) {
  return runtime_of(queue).stream();
}

void launched(Queue& queue, const char* kernel) {
  runtime_of(queue).launched(kernel);
}

void launched_by_library(Queue& queue, const char* work) {
  static_cast<void>(cudaGetLastError());
  launched(queue, work);
}

std::unique_ptr<DeviceRuntime> open_runtime(int index) {
  const Devices found = devices();
  if (found.count == 0) throw DeviceError("cuda:{}: {}", index, found.none_because);
  if (index < 0 || index >= found.count)
    throw DeviceError("cuda:{}: this machine has {} CUDA devices, cuda:0 to cuda:{}", index, found.count,
                      found.count - 1);
  return std::make_unique<CudaRuntime>(index);
}

}  // namespace kernels::cuda
