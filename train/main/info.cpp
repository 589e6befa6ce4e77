// SPDX-License-Identifier: Apache-2.0
// info: what a network costs and what its state dict holds.
#include "train/info.h"

#include <fmt/format.h>

#include "train/program.h"
#include "train/settings.h"

int main(int argc, char** argv) {
  CLI::App app("What a network is made of: layers, parameters, multiply-adds, activation memory.", "info");
  std::string model, recipe, size = "480x640";
  models::ModelOptions options;
  std::vector<std::string> settings;
  bool json = false;
  app.add_option("--model", model, "Network, for example mfnet or rtfnet50_thermal");
  app.add_option("--recipe", recipe, "Recipe: the joint state of every network that it trains");
  app.add_option("--classes", options.classes, "Class channels")->capture_default_str();
  app.add_option("--width", options.width, "Factor on inner channels")->capture_default_str();
  app.add_option("--size", size, "Height x width")->capture_default_str();
  app.add_option("--set", settings, "KEY=VALUE options");
  app.add_flag("--json", json, "Print JSON");
  return train::run_program(app, argc, argv, [&] {
    if (!recipe.empty() && recipe != "supervised")
      throw kernels::UsageError("--recipe {}: no such recipe; there is supervised", recipe);
    if (model.empty() && recipe.empty()) throw kernels::UsageError("info: --model or --recipe is required");
    if (model.empty()) model = "mfnet";
    train::Settings given(settings);
    given.number("dropout", 0);  // These networks have none.
    given.finish();
    const auto queue = std::make_shared<kernels::Queue>(kernels::Device{});
    const auto network = train::open_network(model, options, queue);
    const train::NetworkInfo info = train::inspect(*network, train::parse_size(size));
    if (json)
      fmt::print("{}\n", train::to_json(info, network->store).dump());
    else
      fmt::print("{}", train::to_table(info, fmt::format("{}, {} classes, width {}, {}", model, options.classes,
                                                         options.width, size)));
  });
}
