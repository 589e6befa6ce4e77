// SPDX-License-Identifier: Apache-2.0
// Device cuda on a GPU: one stream, device memory, checked calls.
#include "kernels/cuda/devices.h"
#include "kernels/cuda/hardware/address_space.cuh"
#include "kernels/cuda/hardware/runtime.cuh"
#include "kernels/error.h"

namespace kernels::cuda {

namespace {

class CudaEvent final : public Event {
 public:
  CudaEvent() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  ~CudaEvent() override { static_cast<void>(cudaEventDestroy(event_)); }
  cudaEvent_t get() const { return event_; }

  void wait() override { check(cudaEventSynchronize(event_), "waiting for an event"); }
  double milliseconds_since(Event& earlier) override {
    wait();
    earlier.wait();
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, static_cast<CudaEvent&>(earlier).event_, event_), "cudaEventElapsedTime");
    return milliseconds;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

class CudaRuntime final : public DeviceRuntime {
 public:
  explicit CudaRuntime(int index) : index_(index) {
    make_current();
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }
  ~CudaRuntime() override {
    // Nobody is left to be told of an error.
    static_cast<void>(cudaSetDevice(index_));
    static_cast<void>(cudaStreamSynchronize(stream_));
    static_cast<void>(cudaStreamDestroy(stream_));
  }

  std::string name() const override { return fmt::format("cuda:{}", index_); }
  bool shares_host_memory() const override { return false; }

  // Twice the device's memory: other processes may give theirs back.
  AddressRange reserve_addresses(std::size_t granularity) override {
    make_current();
    std::size_t free_bytes = 0, all_bytes = 0;
    check(cudaMemGetInfo(&free_bytes, &all_bytes), "cudaMemGetInfo");
    return address_space_.reserve((2 * all_bytes + granularity - 1) / granularity * granularity);
  }
  bool make_usable(std::byte* from, std::size_t bytes) override {
    make_current();
    return address_space_.map(from, bytes, index_);
  }
  void release_addresses(const AddressRange& range, std::size_t) noexcept override {
    static_cast<void>(cudaSetDevice(index_));
    static_cast<void>(cudaStreamSynchronize(stream_));
    address_space_.release(range);
  }

  void upload(void* to, const void* from, std::size_t bytes) override {
    make_current();
    check_work(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_), "upload");
    // From pageable memory the call has read everything when it returns; from pinned memory it has not.
    cudaPointerAttributes attributes{};
    if (cudaPointerGetAttributes(&attributes, from) != cudaSuccess || attributes.type == cudaMemoryTypeHost)
      synchronize();
  }
  void download(void* to, const void* from, std::size_t bytes) override {
    make_current();
    check_work(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_), "download");
    synchronize();
  }
  void fill(void* to, unsigned char byte, std::size_t bytes) override {
    make_current();
    check_work(cudaMemsetAsync(to, byte, bytes, stream_), "fill");
  }
  void synchronize() override { check_work(cudaStreamSynchronize(stream_), "waiting"); }

  std::shared_ptr<Event> record() override {
    make_current();
    auto event = std::make_shared<CudaEvent>();
    check_work(cudaEventRecord(event->get(), stream_), "recording an event");
    return event;
  }

  cudaStream_t stream() {
    make_current();
    return stream_;
  }
  void launched(const char* kernel) {
    const cudaError_t status = cudaGetLastError();
    if (status != cudaSuccess)
      throw DeviceError("{}: {} ({})", kernel, cudaGetErrorString(status), cudaGetErrorName(status));
    last_kernel_ = kernel;
  }

 private:
  void make_current() const { check(cudaSetDevice(index_), "cudaSetDevice"); }

  // Kernels run while the host goes on, so that their errors are found by a later call.
  void check_work(cudaError_t status, const char* call) const {
    if (status == cudaSuccess) return;
    throw DeviceError(
        "cuda:{}: {} after the kernel {}: {} ({}); with CUDA_LAUNCH_BLOCKING=1 the kernel that failed is "
        "named",
        index_, call, last_kernel_, cudaGetErrorString(status), cudaGetErrorName(status));
  }

  int index_;
  AddressSpace address_space_;
  cudaStream_t stream_ = nullptr;
  const char* last_kernel_ = "(none)";
};

CudaRuntime& runtime_of(Queue& queue) {
  if (queue.device().kind != DeviceKind::cuda)
    throw DeviceError("a kernel of device cuda was called with a queue of device {}", to_string(queue.device()));
  return static_cast<CudaRuntime&>(queue.runtime());
}

}  // namespace

void check(cudaError_t status, const char* what) {
  if (status != cudaSuccess)
    throw DeviceError("{}: {} ({})", what, cudaGetErrorString(status), cudaGetErrorName(status));
}

cudaStream_t stream_of(Queue& queue) {
  return runtime_of(queue).stream();
}

void launched(Queue& queue, const char* kernel) {
  runtime_of(queue).launched(kernel);
}

Devices devices() {
  Devices found;
  const cudaError_t status = cudaGetDeviceCount(&found.count);
  if (status != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    found.count = 0;
    found.none_because = cudaGetErrorString(status);
  }
  return found;
}

std::unique_ptr<DeviceRuntime> open_runtime(int index) {
  const Devices found = devices();
  if (found.count == 0) throw DeviceError("cuda:{}: {}", index, found.none_because);
  if (index < 0 || index >= found.count)
    throw DeviceError("cuda:{}: this machine has {} CUDA devices, cuda:0 to cuda:{}", index, found.count,
                      found.count - 1);
  return std::make_unique<CudaRuntime>(index);
}

std::string description(int index) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, index), "cudaGetDeviceProperties");
  return fmt::format("{}, compute capability {}.{}", properties.name, properties.major, properties.minor);
}

std::string library_version() {
  return fmt::format("CUDA {}.{}", CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
}

}  // namespace kernels::cuda
