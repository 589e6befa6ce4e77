// SPDX-License-Identifier: Apache-2.0
// The table of recipes: name, constructor.
#include "train/recipes.h"

#include <fmt/ranges.h>

#include "kernels/error.h"
#include "train/supervised.h"

namespace train {

namespace {

using QueuePointer = std::shared_ptr<kernels::Queue>;

std::unique_ptr<Recipe> open_supervised(const RecipeOptions& options, Settings&, const QueuePointer& queue,
                                        std::uint64_t seed) {
  return std::make_unique<Supervised>(options, queue, seed);
}

struct Entry {
  std::string name;
  // Asks `settings` for every key that the recipe knows.
  std::unique_ptr<Recipe> (*open)(const RecipeOptions&, Settings& settings, const QueuePointer&, std::uint64_t seed);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> table = {
      {"supervised", open_supervised},
  };
  return table;
}

}  // namespace

std::unique_ptr<Recipe> open_recipe(const std::string& name, const RecipeOptions& options, Settings& settings,
                                    const QueuePointer& queue, std::uint64_t seed) {
  for (const Entry& entry : entries()) {
    if (entry.name != name) continue;
    auto recipe = entry.open(options, settings, queue, seed);
    settings.finish();
    return recipe;
  }
  throw kernels::UsageError("--recipe {}: no such recipe; there are {}", name, fmt::join(recipe_names(), ", "));
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) names.push_back(entry.name);
  return names;
}

}  // namespace train
