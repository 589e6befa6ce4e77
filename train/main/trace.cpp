// SPDX-License-Identifier: Apache-2.0
// trace: named tensors of a network or of a recipe's first steps, for comparison with another framework.
#include "train/trace.h"

#include <fmt/ranges.h>

#include "models/create.h"
#include "train/command_table.h"
#include "train/program.h"
#include "train/recipes.h"

int main(int argc, char** argv) {
  CLI::App app(
      "Runs a network, or steps of a recipe, on the tensors of one file and writes named tensors to another "
      "(docs/trace.md).",
      "trace");
  train::TraceOptions options;
  train::DeviceFlags device;
  device.device = "reference";
  train::propose(app.add_option("--model", options.model, "Network, for example mfnet or rtfnet50"),
                 models::model_names());
  train::propose(
      app.add_option("--recipe", options.recipe, fmt::format("Recipe: {}", fmt::join(train::recipe_names(), ", "))),
      train::recipe_names());
  app.add_option("--steps", options.steps, "Optimizer steps of the recipe")->capture_default_str();
  app.add_option("--classes", options.network.classes, "Class channels")->capture_default_str();
  app.add_option("--width", options.network.width, "Factor on inner channels")->capture_default_str();
  app.add_option("--set", options.settings, "KEY=VALUE options");
  app.add_option("--weights", options.weights, "The whole state under the original keys")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--teacher", options.teacher, "Weights of the frozen teacher of cekd_student")
      ->check(CLI::ExistingFile);
  app.add_option("--inputs", options.inputs, "rgb, thermal, labels, edges in network units")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--out", options.out, "File to write")->required()->type_name("FILE");
  train::propose(app.add_option("--mode", options.mode, "Batch norm of trained networks: eval, train or frozen_bn")
                     ->capture_default_str(),
                 {"eval", "train", "frozen_bn"});
  app.add_option("--only", options.only, "Write only names that match one of these globs")->delimiter(',');
  device.add_to(app);
  return train::run_program(app, argc, argv, [&] {
    const auto queue = device.open();
    train::trace(options, queue, device.compute_dtype(*queue));
  });
}
