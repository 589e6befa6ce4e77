// SPDX-License-Identifier: Apache-2.0
// A tensor and the path by which files, optimizers and messages know it.
#pragma once

#include <string>

#include "engine/tensor.h"

namespace engine {

struct NamedTensor {
  std::string name;
  Tensor tensor;
};

}  // namespace engine
