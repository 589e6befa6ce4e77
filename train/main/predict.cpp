// SPDX-License-Identifier: Apache-2.0
// predict: label maps and overlays of pairs, folders, a list or a data set.
#include <fmt/format.h>

#include <iostream>

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
  train::DeviceFlags device;
  train::ProfileFlag profile;
  std::filesystem::path out;
  trained.add_to(app);
  source_flags.add_to(app);
  app.add_option("--out", out, "Folder to write")->required();
  device.add_to(app);
  profile.add_to(app);
  app.footer(
      "Writes NAME_label.png (class ids), NAME_overlay_rgb.png, NAME_overlay_thermal.png and NAME_sheet.png.\n"
      "Exit codes: 0 done, 1 failure, 2 usage, 3 data, 4 checkpoint, 5 device or memory.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    const train::PredictionSource source = source_flags.open();
    const auto queue = device.open();
    const train::TrainedNetwork network = trained.open(queue, source.classes);
    train::open_output_folder(out, train::resolved_flags(app));
    profile.start(*queue);
    train::Progress progress(
        train::progress_options_for_stderr("predict", static_cast<std::int64_t>(source.samples.size())), std::cerr);
    for (const auto& load : source.samples) {
      train::predict_sample(network, load(), device.compute_dtype(*queue), out);
      progress.advance({.images = 1});
    }
    progress.finish();
    profile.finish(*queue, out);
    spdlog::info("{} predictions in {}; {}", source.samples.size(), out.string(), train::peak_memory_text(*queue));
  });
}
