// SPDX-License-Identifier: Apache-2.0
// The ops of kernels/<op>.h with a row that has no kernel for device cuda. Their tests leave that device out, by name;
// a house test keeps the list equal to the rows.
#pragma once

#include <array>

namespace test {

inline constexpr std::array<const char*, 0> ops_without_cuda = {};

}  // namespace test
