// SPDX-License-Identifier: Apache-2.0
// The parity door: runs a network, or K optimizer steps of a recipe, on the tensors of one safetensors file and writes
// named tensors to another. docs/trace.md is its contract.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "kernels/queue.h"
#include "models/create.h"

namespace train {

struct TraceOptions {
  std::string model = {}, recipe = {};  // A recipe trains the network of --model (default mfnet).
  int steps = 1;
  models::ModelOptions network = {};
  std::vector<std::string> settings = {};  // KEY=VALUE
  std::filesystem::path weights = {}, inputs = {}, out = {};
  std::filesystem::path teacher = {};  // Of recipes that learn from one.
  std::string mode = "eval";           // eval, train or frozen_bn.
  std::vector<std::string> only = {};  // Globs over the names that are written; none: everything.
};

// Throws UsageError, DataError (inputs), CheckpointError (weights that do not fit).
void trace(const TraceOptions& options, const std::shared_ptr<kernels::Queue>& queue, kernels::DType compute);

}  // namespace train
