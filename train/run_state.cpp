// SPDX-License-Identifier: Apache-2.0
#include "train/run_state.h"

#include <spdlog/spdlog.h>

#include "engine/nn/weights.h"
#include "kernels/device.h"
#include "kernels/error.h"

namespace train {

namespace {

const std::string average_prefix = "average/";

engine::RunFacts facts_of(const RunPosition& position, const RunIdentity& identity) {
  engine::RunFacts facts;
  facts.epoch = position.epoch;
  facts.step = position.step;
  if (position.best_mean_iou >= 0) facts.best_metric = position.best_mean_iou;
  facts.seed = identity.seed;
  facts.threads = identity.threads;
  facts.instruction_set = kernels::instruction_set();
  facts.versions = {{"isotherm", ISOTHERM_VERSION}, {"libraries", kernels::library_versions()}};
  facts.configuration = identity.configuration;
  facts.configuration["position"] = {
      {"batch", position.batch}, {"loss_sum", position.loss_sum}, {"best_epoch", position.best_epoch}};
  return facts;
}

std::string optimizer_prefix(std::size_t index) {
  return "optimizer/" + std::to_string(index) + "/";
}

}  // namespace

engine::CheckpointWriter checkpoint_of(Recipe& recipe, const RunPosition& position, const RunIdentity& identity,
                                       const engine::MovingAverage* average) {
  engine::CheckpointWriter writer;
  writer.facts = facts_of(position, identity);
  writer.facts.configuration["choices"] = recipe.state().queue()->autotuner().choices();
  writer.add("", recipe.state());
  const auto optimizers = recipe.optimizers();
  for (std::size_t i = 0; i < optimizers.size(); ++i) {
    const std::vector<engine::NamedTensor> state = optimizers[i]->state();
    writer.add(optimizer_prefix(i), std::span<const engine::NamedTensor>(state));
  }
  if (average != nullptr) {
    const std::vector<engine::NamedTensor> state = average->state();
    writer.add(average_prefix, std::span<const engine::NamedTensor>(state));
  }
  return writer;
}

RunPosition resume_from(const std::filesystem::path& path, Recipe& recipe, const RunIdentity& identity,
                        engine::MovingAverage* average) {
  const engine::Checkpoint checkpoint = engine::Checkpoint::open(path);
  const engine::RunFacts& facts = checkpoint.facts();
  engine::RunFacts now = facts_of({}, identity);
  for (const std::string& difference : engine::reproducibility_differences(facts, now))
    spdlog::warn("{}: {}", path.string(), difference);
  engine::nn::load_weights(recipe.state(), checkpoint.file());
  const auto optimizers = recipe.optimizers();
  for (std::size_t i = 0; i < optimizers.size(); ++i) {
    const auto state = checkpoint.tensors(optimizer_prefix(i), recipe.state().queue());
    optimizers[i]->load_state(std::span<const engine::NamedTensor>(state));
  }
  if (average != nullptr) {
    const auto state = checkpoint.tensors(average_prefix, recipe.state().queue());
    average->load_state(std::span<const engine::NamedTensor>(state));
  }
  try {
    // The run goes on with the kernels that it began with, where device and versions are still the same.
    const auto choices = facts.configuration.find("choices");
    if (choices != facts.configuration.end())
      recipe.state().queue()->autotuner().take_over(choices->get<kernels::Autotuner::Choices>());
    const nlohmann::json& position = facts.configuration.at("position");
    return {.epoch = static_cast<int>(facts.epoch),
            .batch = position.at("batch").get<int>(),
            .step = facts.step,
            .best_mean_iou = facts.best_metric.value_or(-1),
            .best_epoch = position.value("best_epoch", static_cast<int>(facts.epoch)),  // Older files have none.
            .loss_sum = position.at("loss_sum").get<double>()};
  } catch (const nlohmann::json::exception& error) {
    throw kernels::CheckpointError("{}: its position in the run is unusable: {}", path.string(), error.what());
  }
}

}  // namespace train
