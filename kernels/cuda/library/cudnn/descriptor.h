// SPDX-License-Identifier: Apache-2.0
// A descriptor of cuDNN's backend interface (cudnn_graph.h): what an operation, a plan or a device is, given attribute
// by attribute and then finalized. Every status is checked.
#pragma once

#include <cudnn.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace kernels::cuda::library {

static_assert(CUDNN_VERSION >= 90800, "cuDNN 9.8 or newer is needed; configure with ISOTHERM_CUDNN=OFF to do without");

// What a call works on, for messages: "conv2d_forward bf16 x [8, 64, 120, 160] ...". Throws DeviceError with the call,
// the problem and cuDNN's own words unless the status is success.
void check_cudnn(cudnnStatus_t status, const char* call, const std::string& problem);

class Descriptor {
 public:
  Descriptor() = default;
  // `problem` goes into the messages of this descriptor's errors.
  Descriptor(cudnnBackendDescriptorType_t type, std::string problem);

  cudnnBackendDescriptor_t get() const { return handle_.get(); }
  const std::string& problem() const { return problem_; }

  Descriptor& set(cudnnBackendAttributeName_t name, std::initializer_list<std::int64_t> values);
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values);
  Descriptor& set(cudnnBackendAttributeName_t name, float value);
  Descriptor& set(cudnnBackendAttributeName_t name, bool value);
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnDataType_t value);
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnConvolutionMode_t value);
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnPointwiseMode_t value);
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnBackendHeurMode_t value);
  Descriptor& set(cudnnBackendAttributeName_t name, cudnnHandle_t value);
  Descriptor& set(cudnnBackendAttributeName_t name, const std::string& characters);
  Descriptor& set(cudnnBackendAttributeName_t name, const Descriptor& part);
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<const Descriptor*>& parts);
  Descriptor& set(cudnnBackendAttributeName_t name, const std::vector<void*>& pointers);
  // With its own answer, because a plan that cannot be made is not an error.
  cudnnStatus_t try_finalize();
  Descriptor& finalize();

  std::int64_t integer(cudnnBackendAttributeName_t name) const;
  // The descriptors in an attribute, of type `type`; at most `most`.
  std::vector<Descriptor> parts(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type,
                                std::int64_t most) const;
  // Values of an enumeration, at most `most`.
  template <class Enumeration>
  std::vector<Enumeration> values(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                                  std::int64_t most) const {
    std::vector<Enumeration> found(static_cast<std::size_t>(most));
    found.resize(static_cast<std::size_t>(get_attribute(name, type, most, found.data())));
    return found;
  }

 private:
  Descriptor& set_attribute(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
                            const void* values);
  std::int64_t get_attribute(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t most,
                             void* values) const;

  struct Destroy {
    void operator()(void* handle) const noexcept;
  };
  std::unique_ptr<void, Destroy> handle_;
  std::string problem_;
};

}  // namespace kernels::cuda::library
