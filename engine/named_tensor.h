// SPDX-License-Identifier: Apache-2.0
// A tensor and the path by which files, optimizers and messages know it.
#pragma once

#include <span>
#include <string>

#include "engine/tensor.h"

namespace engine {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

// Copies the values of `saved` into the tensors of `state` by name. Throws CheckpointError that speaks of `owner` ("the
// optimizer"), and changes nothing, where a name is missing on either side or a shape differs.
void copy_state(const char* owner, std::span<const NamedTensor> saved, std::span<const NamedTensor> state);

}  // namespace engine
