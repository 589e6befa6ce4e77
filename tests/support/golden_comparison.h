// SPDX-License-Identifier: Apache-2.0
// Golden cases as whole comparisons, on any device: features in evaluation, and losses, gradients and updates of
// training steps.
#pragma once

#include <functional>
#include <string>

#include "engine/nn/mode.h"
#include "tests/support/golden_case.h"
#include "tests/support/kernel_test.h"

namespace test {

// A fixture and the network that it was made with: {"rtfnet", "rtfnet18_eval", "rtfnet18"}.
struct GoldenName {
  std::string folder, name, model;
};

// Where it is computed, and in which type.
struct Computing {
  std::shared_ptr<kernels::Queue> queue;
  DType dtype;
};

// Relative to the stored tensor's maximum.
using FeatureTolerance = std::function<double(const GoldenCase&, const std::string& feature)>;
FeatureTolerance always(double tolerance);
// What the fixtures allow a float32 engine.
FeatureTolerance float_tolerance();

// Runs the network in evaluation mode and compares every stored tensor.
void compare_evaluation(const GoldenName& golden, const Computing& where, const FeatureTolerance& tolerance);

// What a comparison of training steps allows; relative to the stored tensor's maximum, or to the scalar.
struct TrainingTolerance {
  double tensor, scalar;
  bool gradients = true;        // Whether gradients are well enough conditioned to be compared.
  bool recorded_drift = false;  // Allow a tensor ten times the drift of float32 that its fixture records, too.
};
// Runs the optimizer steps of the case and compares every stored tensor.
void compare_training(const GoldenName& golden, engine::nn::Mode mode, const Computing& where,
                      const TrainingTolerance& allowed);

// Gradients of the case with frozen batch norm, by parameter.
using NamedGradients = std::vector<std::pair<std::string, std::vector<double>>>;
NamedGradients frozen_gradients(const GoldenName& golden, const Computing& where);
// Of each pair of gradients of one name. Where both are zero, a dead path: 1.
std::vector<std::pair<std::string, double>> cosines(const NamedGradients& got, const NamedGradients& want);
// Fails unless each gradient has at least this cosine with the other's of its name; returns the worst.
double compare_directions(const NamedGradients& got, const NamedGradients& want, double least_cosine);

}  // namespace test
