// SPDX-License-Identifier: Apache-2.0
// Which tier a case belongs to.
#pragma once

namespace test {

enum class CaseSize { small, large };  // Large: too slow for the reference loops in the fast tier.

}  // namespace test
