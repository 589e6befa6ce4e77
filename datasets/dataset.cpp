// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset.h"

#include <array>

namespace datasets {

std::string to_string(ProblemKind kind) {
  constexpr std::array names = {"missing partner", "unreadable",         "wrong size",
                                "wrong depth",     "label out of range", "list"};
  return names[static_cast<std::size_t>(kind)];
}

Sample Dataset::examine(int index, const TellProblem& tell) const {
  Sample sample;
  Steps(tell).attempt(ProblemKind::unreadable, sample_name(index), [&] { sample = load(index); });
  return sample;
}

}  // namespace datasets
