// SPDX-License-Identifier: Apache-2.0
// Golden cases of single modules in training mode: output, loss, the gradients of the input and of every parameter, and
// buffers, against one stored case that may hold several modules.
#pragma once

#include <functional>
#include <string>

#include "tests/support/golden_case.h"
#include "tests/support/golden_comparison.h"

namespace test {

struct GoldenBlock {
  std::string folder, name;  // Of the case.
  std::string module;        // What stands before a stored tensor's name, and after `tag` in the input's.
  std::string tag;           // Of the input, "TAG.MODULE.input", and of the loss's weights, "TAG.MODULE.project0".
  std::string prefix;        // Of parameters.
  kernels::Shape input;
};

// Makes the module below `at` and returns its function.
using BlockMaker = std::function<std::function<Tensor(const Tensor&)>(const engine::nn::Scope& at)>;

// Fails unless every stored tensor of the module agrees: on reference within 2e-6 of its maximum, on the others as the
// fixtures allow float32.
void compare_block(const GoldenBlock& golden, const BlockMaker& make, const std::shared_ptr<kernels::Queue>& queue);

}  // namespace test
