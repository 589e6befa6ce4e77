// SPDX-License-Identifier: Apache-2.0
// Recipes by name: the one table that training and tracing open them through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/recipe.h"
#include "train/settings.h"

namespace train {

// A fresh recipe; `settings` holds the KEY=VALUE pairs that it alone understands. Throws UsageError for an unknown name
// or setting (the message lists the known ones), and what the recipe throws.
std::unique_ptr<Recipe> open_recipe(const std::string& name, const RecipeOptions& options, Settings& settings,
                                    const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed);

std::vector<std::string> recipe_names();

}  // namespace train
