// SPDX-License-Identifier: Apache-2.0
// info: what a network costs and what its state dict holds.
#include "train/info.h"

#include <fmt/ranges.h>

#include "train/command_table.h"
#include "train/network.h"
#include "train/program.h"
#include "train/recipes.h"

int main(int argc, char** argv) {
  CLI::App app("What a network is made of: layers, parameters, multiply-adds, activation memory.", "info");
  std::string model, recipe, size = "480x640";
  models::ModelOptions options;
  std::vector<std::string> settings;
  bool json = false;
  train::propose(app.add_option("--model", model, "Network, for example mfnet or rtfnet50_thermal"),
                 models::model_names());
  train::propose(app.add_option("--recipe", recipe,
                                fmt::format("Recipe, for the joint state of every network that it trains: {}",
                                            fmt::join(train::recipe_names(), ", "))),
                 train::recipe_names());
  app.add_option("--classes", options.classes, "Class channels")->capture_default_str();
  app.add_option("--width", options.width, "Factor on inner channels")->capture_default_str();
  app.add_option("--size", size, "Height x width")->capture_default_str();
  app.add_option("--set", settings, "KEY=VALUE options");
  app.add_flag("--json", json, "Print JSON");
  return train::run_program(app, argc, argv, [&] {
    if (model.empty() && recipe.empty()) throw kernels::UsageError("info: --model or --recipe is required");
    train::Settings given(settings);
    given.number("dropout", 0);  // These networks have none.
    options.size = train::parse_size(size);
    const auto queue = std::make_shared<kernels::Queue>(kernels::Device{});
    const auto show = [&](const models::SegmentationModel& network, const engine::nn::ParameterStore& store) {
      const train::NetworkInfo info = train::inspect(network, store, train::parse_size(size));
      if (json)
        fmt::print("{}\n", train::to_json(info, store).dump());
      else
        fmt::print("{}", train::to_table(info, fmt::format("{}, {} classes, width {}, {}", model, options.classes,
                                                           options.width, size)));
    };
    if (recipe.empty()) {
      options.edge_position = given.word("edge_position", options.edge_position);
      options.lambda = given.number("lambda", options.lambda);
      given.finish();
      const auto network = train::open_network(model, options, queue);
      show(*network->model, network->store);
    } else {
      train::RecipeOptions common{
          .model = model, .network = options, .without_teacher = train::RecipeOptions::WithoutTeacher::absent};
      train::resolve_options(recipe, common, given);
      model = common.model;
      const auto opened = train::open_recipe(recipe, common, given, queue, 0);
      show(opened->model(), opened->state());
    }
  });
}
