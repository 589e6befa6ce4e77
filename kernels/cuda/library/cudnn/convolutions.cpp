// SPDX-License-Identifier: Apache-2.0
// Convolutions by cuDNN on the GPU of a queue.
#include "kernels/cuda/devices.h"
#include "kernels/cuda/hardware/runtime.cuh"
#include "kernels/cuda/library/convolution_library.h"
#include "kernels/cuda/library/cudnn/convolution_plans.h"
#include "kernels/error.h"

namespace kernels::cuda {

std::string convolution_library_version() {
  static const std::string version = [](std::size_t number) {
    return fmt::format("cuDNN {}.{}.{}", number / 10000, number / 100 % 100, number % 100);
  }(cudnnGetVersion());
  return version;
}

namespace library {

namespace {

// cuDNN's own state, on the stream of the queue.
class Handle {
 public:
  explicit Handle(Queue& queue) {
    const std::string where = to_string(queue.device());
    const cudaStream_t stream = stream_of(queue);  // Makes the device the thread's, which cudnnCreate asks for.
    check_cudnn(cudnnCreate(&handle_), "cudnnCreate", where);
    const cudnnStatus_t status = cudnnSetStream(handle_, stream);
    if (status != CUDNN_STATUS_SUCCESS) cudnnDestroy(handle_);
    check_cudnn(status, "cudnnSetStream", where);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { static_cast<void>(cudnnDestroy(handle_)); }  // Nobody is left to be told of an error.
  cudnnHandle_t get() const { return handle_; }

 private:
  cudnnHandle_t handle_ = nullptr;
};

class CudnnPlan final : public ConvolutionPlan {
 public:
  // The handle outlives the plan.
  CudnnPlan(Plan plan, Fused fused, std::shared_ptr<const Handle> handle)
      : plan_(std::move(plan)), fused_(fused), handle_(std::move(handle)) {}

  std::string name() const override { return plan_.name; }

  void run(Queue& queue, const ConvolutionPointers& pointers) const override {
    static_cast<void>(stream_of(queue));  // Makes the device the thread's.
    const Workspace workspace(queue, plan_.workspace == 0 ? 1 : plan_.workspace);
    std::vector<std::int64_t> ids{id_x, id_weight, id_y};
    std::vector<void*> addresses{const_cast<void*>(pointers.x), const_cast<void*>(pointers.weight),
                                 const_cast<void*>(pointers.y)};
    if (fused_ != Fused::nothing) {
      ids.push_back(id_bias);
      addresses.push_back(const_cast<void*>(pointers.bias));
    }
    Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, plan_.plan.problem());
    pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids)
        .set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, addresses)
        .set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, std::vector<void*>{workspace.data()})
        .finalize();
    check_cudnn(cudnnBackendExecute(handle_->get(), plan_.plan.get(), pack.get()), "cudnnBackendExecute",
                plan_.plan.problem());
    launched_by_library(queue, "a convolution of cuDNN");
  }

 private:
  Plan plan_;
  Fused fused_;
  std::shared_ptr<const Handle> handle_;
};

class Cudnn final : public ConvolutionLibrary {
 public:
  explicit Cudnn(Queue& queue) : queue_(queue), handle_(std::make_shared<Handle>(queue)), device_(handle_->get()) {}

  std::vector<std::shared_ptr<const ConvolutionPlan>> plans(const ConvolutionProblem& problem,
                                                            const PlanRequest& request) override {
    const std::vector<PlanChoice> choices = plan_choices(problem, device_, request.determinism);
    std::vector<std::shared_ptr<const ConvolutionPlan>> found;
    for (Plan& plan : make_plans(choices, device_, request.most))
      found.push_back(std::make_shared<CudnnPlan>(std::move(plan), problem.fused, handle_));
    launched_by_library(queue_, "planning by cuDNN");
    return found;
  }

 private:
  Queue& queue_;
  std::shared_ptr<const Handle> handle_;
  PlanningDevice device_;
};

}  // namespace

std::unique_ptr<ConvolutionLibrary> open_convolutions(Queue& queue) {
  return std::make_unique<Cudnn>(queue);
}

}  // namespace library
}  // namespace kernels::cuda
