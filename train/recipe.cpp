// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include <cmath>

#include "engine/nn/weights.h"
#include "kernels/error.h"

namespace train {

engine::Tensor class_weights_on(const std::shared_ptr<kernels::Queue>& queue, const RecipeOptions& options) {
  const auto classes = static_cast<std::int64_t>(options.class_weights.size());
  if (classes == 0) return {};
  if (classes != options.network.classes)
    throw kernels::UsageError("--class-weights: {} weights for {} classes", classes, options.network.classes);
  for (const double weight : options.class_weights)
    if (!(weight >= 0 && std::isfinite(weight)))
      throw kernels::UsageError("--class-weights: expected weights of at least 0, got {}", weight);
  return engine::from_host(std::span<const double>(options.class_weights), {classes}, engine::master_dtype(*queue),
                           queue);
}

void Recipe::initialise(const std::filesystem::path& weights) {
  engine::nn::load_weights(state(), weights);
}

}  // namespace train
