// SPDX-License-Identifier: Apache-2.0
// Which of cuDNN's engines can do a convolution, and how much temporary memory they want. Needs no GPU where the device
// is described by its properties.
#pragma once

#include <span>

#include "kernels/cuda/library/convolution_problem.h"
#include "kernels/cuda/library/cudnn/descriptor.h"

namespace kernels::cuda::library {

// The tensors of a problem, as the arguments of a plan are named. bias is there where the problem has one.
enum TensorId : std::int64_t { id_x = 'x', id_weight = 'w', id_y = 'y', id_bias = 'b', id_sum = 's', id_biased = 't' };

// What plans are made for: the GPU of a handle, or a device that is described by its properties as JSON.
class PlanningDevice {
 public:
  explicit PlanningDevice(cudnnHandle_t handle) : handle_(handle) {}
  explicit PlanningDevice(const std::string& properties);
  // Names the device to a graph, a heuristic or a plan. A graph of a described device names none.
  void name_to(Descriptor& descriptor, cudnnBackendDescriptorType_t type) const;

 private:
  cudnnHandle_t handle_ = nullptr;
  Descriptor properties_;
};

// What makes a plan of an engine and its settings.
struct PlanChoice {
  std::string name;  // "cudnn 23 k2=5 k13=1": engine, knobs. The same in every process with the same version.
  Descriptor configuration;
};

struct Plan {
  std::string name;
  Descriptor plan;
  std::size_t workspace = 0;  // Bytes.
};

// The engines that may serve the problem, the most promising first by cuDNN's own guess. Left out are those that need
// run-time compilation (none of them does the plain convolutions better, and each costs seconds), that round more than
// the problem allows (a transformed convolution, sums in less than f32, f32 factors rounded to tf32 where not asked
// for) and, where determinism is required, those with sums in an order that changes.
std::vector<PlanChoice> plan_choices(const ConvolutionProblem& problem, const PlanningDevice& device,
                                     Determinism determinism);

// The first of these that can be made, at most `most` of them.
std::vector<Plan> make_plans(std::span<const PlanChoice> choices, const PlanningDevice& device, std::size_t most);

}  // namespace kernels::cuda::library
