// SPDX-License-Identifier: Apache-2.0
// Which samples of somebody's own data belong to which split.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "datasets/folder_description.h"

namespace datasets {

// Split -> names, in order. Lists keep their order and may name what is not among `names` (sorted); patterns and
// fractions choose among them; "unassigned" is what no rule takes. Fractions share what lists and patterns leave, by
// the seed alone: another fraction moves as few samples as it must. Throws FileError for a list that is missing.
std::map<std::string, std::vector<std::string>> split_samples(const FolderDescription& description,
                                                              const std::vector<std::string>& names);

inline constexpr const char* unassigned_split = "unassigned";

}  // namespace datasets
