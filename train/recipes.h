// SPDX-License-Identifier: Apache-2.0
// Recipes by name: the one table that training and tracing open them through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/recipe.h"
#include "train/settings.h"

namespace train {

// Puts the recipe's own network where no model is named, and into the network's options what the settings say of it.
// Throws UsageError for an unknown name or a value that makes no sense.
void resolve_options(const std::string& name, RecipeOptions& options, Settings& settings);

// What a recipe's published program trains, and how: for flags that are not given.
struct Protocol {
  std::string model = "mfnet";
  std::string augmentation = "flip_and_crop";
  int batch = 4;
  std::string last_batch = "keep";  // Or drop: the images at an epoch's end that fill no batch.
};
Protocol protocol_of(const std::string& name);

// A fresh recipe; `settings` holds the KEY=VALUE pairs that it alone understands. Throws UsageError for an unknown name
// or setting (the message lists the known ones), and what the recipe throws.
std::unique_ptr<Recipe> open_recipe(const std::string& name, const RecipeOptions& options, Settings& settings,
                                    const std::shared_ptr<kernels::Queue>& queue, std::uint64_t seed);

std::vector<std::string> recipe_names();

}  // namespace train
