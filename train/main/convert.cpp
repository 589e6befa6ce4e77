// SPDX-License-Identifier: Apache-2.0
// convert: weight files between PyTorch's format and safetensors, what they hold, and whether they fit a network.
#include <fmt/format.h>

#include "kernels/error.h"
#include "models/create.h"
#include "train/command_table.h"
#include "train/conversion.h"
#include "train/program.h"

int main(int argc, char** argv) {
  CLI::App app("Converts weights between PyTorch checkpoints and safetensors; no code in a file is ever run.",
               "convert");
  train::ConversionOptions options;
  bool list = false, report = false;
  app.add_option("IN", options.in, "Weight file: .safetensors, or what torch.save wrote (zip or legacy)")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("OUT", options.out, "File to write: .safetensors, .pth or .pt")->type_name("FILE");
  app.add_flag("--list", list, "Print every tensor, with type and shape; so does IN without anything else");
  app.add_option("--part", options.part, "Dictionary of IN that holds the weights; default: the state dict");
  app.add_flag("--all", options.every_part, "Write every tensor of IN under its whole path");
  train::propose(
      app.add_option("--model", options.model, "Refuse what does not fit this network, for example rtfnet50"),
      models::model_names());
  app.add_flag("--report", report, "Print every name that is missing, unexpected or of another shape (with --model)");
  app.add_option("--classes", options.network.classes, "Class channels of that network")->capture_default_str();
  app.add_option("--width", options.network.width, "Factor on inner channels of that network")->capture_default_str();
  train::propose(
      app.add_option("--stem", options.stem,
                     "IN is an ImageNet ResNet of torchvision: resnet18, resnet34, resnet50, resnet101 or resnet152. "
                     "With --model, OUT is that network with the ResNet in its encoders"),
      {"resnet18", "resnet34", "resnet50", "resnet101", "resnet152"});
  train::propose(
      app.add_option("--channels", options.channels, "Channels that the first convolution of OUT sees: 1, 3 or 4"),
      {"1", "3", "4"});
  app.add_option("--seed", options.seed, "Of the rest of that network")->capture_default_str();
  app.footer("Exit codes: 0 done, 1 failure, 2 usage, 3 data, 4 checkpoint (damaged, refused or of another network).");
  return train::run_program(app, argc, argv, [&] {
    if (report && options.model.empty()) throw kernels::UsageError("--report: needs --model");
    if (list || (options.out.empty() && !report && options.model.empty() && options.stem.empty()))
      fmt::print("{}", train::list_contents(options.in));
    if (options.out.empty() && !options.stem.empty()) throw kernels::UsageError("--stem {}: needs OUT", options.stem);
    if (!options.model.empty() && options.stem.empty() && (report || options.out.empty())) {
      const train::FitReport fit = train::report_fit(options);
      fmt::print("{}", fit.text);
      if (!fit.fits) throw kernels::CheckpointError("{}: does not fit --model {}", options.in.string(), options.model);
    }
    if (!options.out.empty()) train::convert(options);
  });
}
