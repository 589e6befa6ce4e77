// SPDX-License-Identifier: Apache-2.0
// Argmax meets the shapes and axes of softmax.
#pragma once

#include "tests/cases/softmax_cases.h"

namespace test {

inline const std::vector<SoftmaxCase>& argmax_cases = softmax_cases;

}  // namespace test
