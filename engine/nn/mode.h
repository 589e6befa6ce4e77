// SPDX-License-Identifier: Apache-2.0
// Modes of a forward pass.
#pragma once

namespace engine::nn {

// What normalisation and dropout layers do in a pass.
enum class Mode {
  train,              // Batch statistics, running ones updated; dropout drops.
  evaluate,           // Running statistics; dropout is the identity.
  frozen_batch_norm,  // Running statistics, gradients flow; dropout is the identity.
};

}  // namespace engine::nn
