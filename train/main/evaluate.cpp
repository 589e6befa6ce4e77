// SPDX-License-Identifier: Apache-2.0
// evaluate: scores of a trained network on the labelled images of a data set.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/open.h"
#include "train/command_table.h"
#include "train/evaluation_table.h"
#include "train/inference_evaluation.h"
#include "train/inference_flags.h"
#include "train/log.h"
#include "train/output_folder.h"
#include "train/profile_report.h"
#include "train/registration.h"
#include "train/settings.h"
#include "train/trained_flags.h"

int main(int argc, char** argv) {
  CLI::App app("Scores a network: per class, by day and by night, in each convention in use.", "evaluate");
  train::TrainedFlags trained;
  train::InferenceFlags inference_flags;
  train::DeviceFlags device;
  train::ProfileFlag profile;
  datasets::OpenOptions data{.split = "test"};
  train::EvaluationOptions options;
  std::string dataset = "mfnet", out;
  std::vector<std::string> settings;
  trained.add_to(app);
  train::propose(app.add_option("--dataset", dataset, fmt::format("{}", fmt::join(datasets::dataset_names(), ", ")))
                     ->capture_default_str(),
                 datasets::dataset_names());
  app.add_option("--data", data.directory, "Folder of the data set; of folder: its TOML file")->type_name("PATH");
  train::propose(app.add_option("--split", data.split, "List to evaluate on: test, validation, test_night, ...")
                     ->capture_default_str(),
                 {"train", "validation", "test"});
  app.add_option("--dataset-set", settings, "KEY=VALUE setting of the data set");
  app.add_option("--seed", data.seed, "Of a rendered data set")->capture_default_str();
  app.add_option("--out", out, "Folder for metrics.json, confusion.png and config.toml")->type_name("DIR");
  app.add_option("--batch", options.batch, "Images per forward pass")->check(train::at_least(1))->capture_default_str();
  app.add_option("--workers", options.workers, "Threads that read images")
      ->check(train::at_least(0))
      ->capture_default_str();
  app.add_option("--limit", options.limit, "Only the first images; 0: all")
      ->check(train::at_least(0))
      ->capture_default_str();
  inference_flags.add_to(app);
  device.add_to(app);
  profile.add_to(app);
  app.footer("Exit codes: 0 done, 1 failure, 2 usage, 3 data, 4 checkpoint, 5 device or memory.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    data.settings = train::parse_pairs("--dataset-set", settings);
    const train::InferenceOptions inference = inference_flags.resolve();
    const auto images = datasets::open_dataset(dataset, data);
    train::RegistrationFlags().require_registered(*images, data.directory);
    const auto queue = device.open();
    const train::TrainedNetwork network = trained.open(queue, images->classes());
    if (network.card.classes.size() != images->classes().size())
      throw kernels::DataError("{}: the network has {} classes, data set {} has {}", trained.weights.string(),
                               network.card.classes.size(), dataset, images->classes().size());
    options.normalisation = network.card.normalisation;
    options.ignored_label = network.card.ignored_label ? network.card.ignored_label : images->ignored_label();
    options.classes = static_cast<int>(images->classes().size());
    if (!out.empty()) train::open_output_folder(out, train::resolved_flags(app));
    profile.start(*queue);
    const train::Evaluation result =
        inference.plain()
            ? train::evaluate(*network.network->model, *images, queue, device.compute_dtype(*queue), options)
            : train::evaluate_inference(network, *images, device.compute_dtype(*queue), inference, options);
    fmt::print("{} on {} images of {} ({})\n\n{}", network.card.model, result.images, dataset, data.split,
               train::to_table(result, images->classes()));
    if (!out.empty()) train::write_evaluation(out, result, images->classes());
    profile.finish(*queue, out);
    spdlog::info("{:.1f} images/s, {}", result.images / result.seconds, train::peak_memory_text(*queue));
  });
}
