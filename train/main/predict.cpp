// SPDX-License-Identifier: Apache-2.0
// predict: label maps and overlays of pairs, folders, a list or a data set.
#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "train/inference_flags.h"
#include "train/log.h"
#include "train/output_folder.h"
#include "train/prediction.h"
#include "train/prediction_source.h"
#include "train/profile_report.h"
#include "train/progress.h"
#include "train/trained_flags.h"

int main(int argc, char** argv) {
  CLI::App app("Label maps, overlays and sheets of image pairs of any size.", "predict");
  train::TrainedFlags trained;
  train::SourceFlags source_flags;
  train::InferenceFlags inference;
  train::DeviceFlags device;
  train::ProfileFlag profile;
  train::PredictionOptions options;
  std::vector<std::string> only;
  std::filesystem::path out;
  trained.add_to(app);
  source_flags.add_to(app);
  inference.add_to(app);
  app.add_option("--only", only, "Names of classes, with commas between, that pictures and counts are about")
      ->delimiter(',');
  app.add_flag("--confidence", options.confidence, "Also write NAME_confidence.png, and show it in the sheet");
  app.add_option("--out", out, "Folder to write")->required()->type_name("DIR");
  device.add_to(app);
  profile.add_to(app);
  app.footer(
      "Writes NAME_label.png (class ids), NAME_overlay_rgb.png, NAME_overlay_thermal.png, NAME_sheet.png and "
      "summary.json;\nof cenet NAME_edges.png (edge map), of eknet NAME_enhanced.png (thermal image after its "
      "enhancement).\n"
      "Exit codes: 0 done, 1 failure, 2 usage, 3 data, 4 checkpoint, 5 device or memory.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    options.inference = inference.resolve();
    const train::PredictionSource source = source_flags.open();
    const auto queue = device.open();
    const train::TrainedNetwork network = trained.open(queue, source.classes);
    options.compute = device.compute_dtype(*queue);
    options.only = train::class_ids(only, network.card.classes);
    train::open_output_folder(out, train::resolved_flags(app));
    std::filesystem::remove(out / "summary.json");  // Of an earlier run: it would describe these files wrongly.
    profile.start(*queue);
    const auto begin = std::chrono::steady_clock::now();
    train::Progress progress(
        train::progress_options_for_stderr("predict", static_cast<std::int64_t>(source.samples.size())), std::cerr);
    std::vector<train::ImageSummary> images;
    for (const auto& load : source.samples) {
      images.push_back(train::predict_sample(network, load(), options, out));
      progress.advance({.images = 1});
    }
    progress.finish();
    const train::RunSummary run{
        .weights = trained.weights.string(),
        .device = to_string(queue->device()),
        .precision = device.precision,
        .inference = options.inference,
        .only = options.only,
        .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()};
    train::write_summary(out / "summary.json", train::to_json(run, network.card, images));
    profile.finish(*queue, out);
    spdlog::info("{} predictions in {}; {}", source.samples.size(), out.string(), train::peak_memory_text(*queue));
  });
}
