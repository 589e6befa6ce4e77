// SPDX-License-Identifier: Apache-2.0
// A library of convolutions as the autotuner sees it: for a problem, some plans with names, each of which can be run.
// kernels/cuda/library/cudnn implements it; a build without cuDNN has none.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cuda/library/convolution_problem.h"
#include "kernels/queue.h"

namespace kernels::cuda::library {

// Device memory of the problem's tensors, the result among them, aligned to 16 bytes. bias is in the type of the
// others, and there only where the problem has one.
struct ConvolutionPointers {
  const void *x, *weight, *y, *bias;
};

class ConvolutionPlan {
 public:
  ConvolutionPlan() = default;
  ConvolutionPlan(const ConvolutionPlan&) = delete;
  ConvolutionPlan& operator=(const ConvolutionPlan&) = delete;
  virtual ~ConvolutionPlan() = default;

  virtual std::string name() const = 0;  // The same in every process with the same versions.
  virtual void run(Queue& queue, const ConvolutionPointers& pointers) const = 0;
};

// What may be asked of a plan beyond its problem.
struct PlanRequest {
  Determinism determinism = Determinism::relaxed;  // required: no sums in an order that changes.
  std::size_t most = 8;                            // So many plans.
};

class ConvolutionLibrary {
 public:
  ConvolutionLibrary() = default;
  ConvolutionLibrary(const ConvolutionLibrary&) = delete;
  ConvolutionLibrary& operator=(const ConvolutionLibrary&) = delete;
  virtual ~ConvolutionLibrary() = default;

  // The most promising first; none where the library does not do this problem.
  virtual std::vector<std::shared_ptr<const ConvolutionPlan>> plans(const ConvolutionProblem& problem,
                                                                    const PlanRequest& request) = 0;
};

// The library of this build on the queue's device; null in a build without one.
std::unique_ptr<ConvolutionLibrary> open_convolutions(Queue& queue);

}  // namespace kernels::cuda::library
