// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/library/cudnn/descriptor.h"

#include <algorithm>
#include <array>

#include "kernels/error.h"

namespace kernels::cuda::library {

void check_cudnn(cudnnStatus_t status, const char* call, const std::string& problem) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, 512> detail{};
  cudnnGetLastErrorString(detail.data(), detail.size());
  throw DeviceError("{}: {}: {} ({})", problem, call, cudnnGetErrorString(status), detail.data());
}

void Descriptor::Destroy::operator()(void* handle) const noexcept {
  static_cast<void>(cudnnBackendDestroyDescriptor(handle));  // Nobody is left to be told of an error.
}

Descriptor::Descriptor(cudnnBackendDescriptorType_t type, std::string problem) : problem_(std::move(problem)) {
  cudnnBackendDescriptor_t handle = nullptr;
  check_cudnn(cudnnBackendCreateDescriptor(type, &handle), "cudnnBackendCreateDescriptor", problem_);
  handle_.reset(handle);
}

Descriptor& Descriptor::set_attribute(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                                      std::int64_t count, const void* values) {
  const cudnnStatus_t status = cudnnBackendSetAttribute(get(), name, type, count, values);
  if (status != CUDNN_STATUS_SUCCESS)
    check_cudnn(status, fmt::format("cudnnBackendSetAttribute({})", static_cast<int>(name)).c_str(), problem_);
  return *this;
}

std::int64_t Descriptor::get_attribute(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                                       std::int64_t most, void* values) const {
  std::int64_t count = 0;
  const cudnnStatus_t status = cudnnBackendGetAttribute(get(), name, type, most, &count, values);
  if (status != CUDNN_STATUS_SUCCESS)
    check_cudnn(status, fmt::format("cudnnBackendGetAttribute({})", static_cast<int>(name)).c_str(), problem_);
  return std::min(count, most);  // The count is of all that there are.
}

Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, std::initializer_list<std::int64_t> values) {
  return set_attribute(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.begin());
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values) {
  return set_attribute(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.data());
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, float value) {
  return set_attribute(name, CUDNN_TYPE_FLOAT, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, bool value) {
  return set_attribute(name, CUDNN_TYPE_BOOLEAN, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, cudnnDataType_t value) {
  return set_attribute(name, CUDNN_TYPE_DATA_TYPE, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, cudnnConvolutionMode_t value) {
  return set_attribute(name, CUDNN_TYPE_CONVOLUTION_MODE, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, cudnnPointwiseMode_t value) {
  return set_attribute(name, CUDNN_TYPE_POINTWISE_MODE, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, cudnnBackendHeurMode_t value) {
  return set_attribute(name, CUDNN_TYPE_HEUR_MODE, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, cudnnHandle_t value) {
  return set_attribute(name, CUDNN_TYPE_HANDLE, 1, &value);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, const std::string& characters) {
  return set_attribute(name, CUDNN_TYPE_CHAR, static_cast<std::int64_t>(characters.size()), characters.data());
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, const Descriptor& part) {
  const cudnnBackendDescriptor_t handle = part.get();
  return set_attribute(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &handle);
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, const std::vector<const Descriptor*>& parts) {
  std::vector<cudnnBackendDescriptor_t> handles;
  for (const Descriptor* part : parts) handles.push_back(part->get());
  return set_attribute(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(handles.size()), handles.data());
}
Descriptor& Descriptor::set(cudnnBackendAttributeName_t name, const std::vector<void*>& pointers) {
  return set_attribute(name, CUDNN_TYPE_VOID_PTR, static_cast<std::int64_t>(pointers.size()), pointers.data());
}

cudnnStatus_t Descriptor::try_finalize() {
  return cudnnBackendFinalize(get());
}

Descriptor& Descriptor::finalize() {
  check_cudnn(try_finalize(), "cudnnBackendFinalize", problem_);
  return *this;
}

std::int64_t Descriptor::integer(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0;
  get_attribute(name, CUDNN_TYPE_INT64, 1, &value);
  return value;
}

std::vector<Descriptor> Descriptor::parts(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type,
                                          std::int64_t most) const {
  // cuDNN writes into descriptors that the caller has made.
  std::vector<Descriptor> found;
  std::vector<cudnnBackendDescriptor_t> handles;
  for (std::int64_t i = 0; i < most; ++i) {
    found.emplace_back(type, problem_);
    handles.push_back(found.back().get());
  }
  found.resize(static_cast<std::size_t>(get_attribute(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, handles.data())));
  return found;
}

}  // namespace kernels::cuda::library
