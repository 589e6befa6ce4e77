// SPDX-License-Identifier: Apache-2.0
// predict: label maps and overlays of pairs, a list, a folder or a data set.
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>

#include "datasets/mfnet_classes.h"
#include "datasets/open.h"
#include "train/log.h"
#include "train/prediction.h"
#include "train/progress.h"
#include "train/trained_flags.h"

namespace {

struct Flags {
  train::TrainedFlags trained;
  train::DeviceFlags device;
  std::filesystem::path rgb, thermal, list, images, out;
  std::string dataset;
  datasets::OpenOptions data{.split = "test", .labels = datasets::LabelPolicy::optional};
  int limit = 0;
};

using Source = std::vector<std::function<datasets::Sample()>>;

// Lines "rgb thermal"; paths are relative to the list.
Source pairs_of_list(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) throw kernels::FileError("{}: cannot be read", path.string());
  Source source;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    std::istringstream words(line);
    std::string rgb, thermal, more;
    if (!(words >> rgb)) continue;
    if (!(words >> thermal) || words >> more)
      throw kernels::DataError("{}:{}: expected two paths, RGB and thermal, got '{}'", path.string(), number, line);
    const auto folder = path.parent_path();
    source.push_back([=] { return train::read_pair(folder / rgb, folder / thermal); });
  }
  return source;
}

Source source_of(const Flags& flags) {
  Source source;
  if (!flags.rgb.empty()) {
    source.push_back([&] { return train::read_pair(flags.rgb, flags.thermal); });
  } else if (!flags.list.empty()) {
    source = pairs_of_list(flags.list);
  } else if (!flags.images.empty()) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(flags.images))
      if (entry.path().extension() == ".png") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) source.push_back([file] { return train::read_four_channels(file); });
  } else {
    const std::shared_ptr<datasets::Dataset> images = datasets::open_dataset(flags.dataset, flags.data);
    for (int i = 0; i < images->size(); ++i) source.push_back([images, i] { return images->load(i); });
  }
  if (source.empty()) throw kernels::DataError("nothing to predict: no image was found");
  if (flags.limit > 0 &&
      static_cast<int>(source.size()) > flags.limit) {  // Spread evenly: day and night are both shown.
    Source some;
    for (int i = 0; i < flags.limit; ++i)
      some.push_back(source[static_cast<std::size_t>(i) * source.size() / static_cast<std::size_t>(flags.limit)]);
    source = std::move(some);
  }
  return source;
}

void run(const Flags& flags) {
  const int ways = !flags.rgb.empty() + !flags.list.empty() + !flags.images.empty() + !flags.dataset.empty();
  if (ways != 1) throw kernels::UsageError("expected one of --rgb with --thermal, --list, --images, or --dataset");
  const Source source = source_of(flags);
  const auto queue = flags.device.open();
  const train::TrainedNetwork network = flags.trained.open(queue, datasets::mfnet_classes());
  std::filesystem::create_directories(flags.out);
  train::Progress progress(train::progress_options_for_stderr("predict", static_cast<std::int64_t>(source.size())),
                           std::cerr);
  for (const auto& load : source) {
    train::predict_sample(network, load(), flags.device.compute_dtype(*queue), flags.out);
    progress.advance({.images = 1});
  }
  progress.finish();
  spdlog::info("{} predictions in {}", source.size(), flags.out.string());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Label maps, overlays and sheets of image pairs of any size.", "predict");
  Flags flags;
  flags.trained.add_to(app);
  auto* rgb = app.add_option("--rgb", flags.rgb, "Colour image of one pair")->check(CLI::ExistingFile);
  auto* thermal =
      app.add_option("--thermal", flags.thermal, "Thermal image of the pair, 8 or 16 bits")->check(CLI::ExistingFile);
  rgb->needs(thermal);
  thermal->needs(rgb);
  app.add_option("--list", flags.list, "File of lines 'rgb thermal'")->check(CLI::ExistingFile);
  app.add_option("--images", flags.images, "Folder of 4-channel PNG files")->check(CLI::ExistingDirectory);
  app.add_option("--dataset", flags.dataset, fmt::format("{}", fmt::join(datasets::dataset_names(), ", ")));
  app.add_option("--data", flags.data.directory, "Folder of the data set");
  app.add_option("--split", flags.data.split, "List of the data set")->capture_default_str();
  app.add_option("--limit", flags.limit, "At most so many, evenly spread; 0: all")->capture_default_str();
  app.add_option("--out", flags.out, "Folder to write")->required();
  flags.device.add_to(app);
  app.footer(
      "Writes NAME_label.png, NAME_overlay_rgb.png, NAME_overlay_thermal.png and NAME_sheet.png.\n"
      "Exit codes: 0 done, 1 failure, 2 usage, 3 data, 4 checkpoint, 5 device or memory.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    run(flags);
  });
}
