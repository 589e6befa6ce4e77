// SPDX-License-Identifier: Apache-2.0
#include "train/prediction_source.h"

#include <fmt/ranges.h>

#include <memory>

#include "datasets/mfnet_classes.h"
#include "datasets/pairs.h"
#include "kernels/error.h"
#include "train/command_table.h"
#include "train/settings.h"

namespace train {

namespace {

std::vector<datasets::ImagePair> pairs_of(const SourceFlags& flags) {
  if (!flags.list.empty()) return datasets::read_pair_list(flags.list);
  if (!flags.images.empty()) return datasets::four_channel_images(flags.images);
  const bool rgb_folder = std::filesystem::is_directory(flags.rgb);
  if (rgb_folder != std::filesystem::is_directory(flags.thermal))
    throw kernels::UsageError("--rgb {} --thermal {}: expected two files or two folders", flags.rgb.string(),
                              flags.thermal.string());
  if (rgb_folder) return datasets::pairs_of_folders(flags.rgb, flags.thermal);
  return {datasets::image_pair(flags.rgb, flags.thermal)};
}

}  // namespace

void SourceFlags::add_to(CLI::App& app) {
  auto* by_rgb = app.add_option("--rgb", rgb, "Colour image of a pair, or a folder of them")->check(CLI::ExistingPath);
  auto* by_thermal =
      app.add_option("--thermal", thermal, "Thermal image of the pair (grey, 8 or 16 bits), or the folder of them")
          ->check(CLI::ExistingPath);
  by_rgb->needs(by_thermal);
  by_thermal->needs(by_rgb);
  app.add_option("--list", list, "Text file of lines 'RGB THERMAL' (or one 4-channel image), relative to the file")
      ->check(CLI::ExistingFile);
  app.add_option("--images", images, "Folder of 4-channel PNG files")->check(CLI::ExistingDirectory);
  propose(app.add_option("--dataset", dataset, fmt::format("{}", fmt::join(datasets::dataset_names(), ", "))),
          datasets::dataset_names());
  app.add_option("--data", data.directory, "Folder of the data set; of folder: its TOML file")->type_name("PATH");
  propose(app.add_option("--split", data.split, "List of the data set: test, validation, test_night, ...")
              ->capture_default_str(),
          {"train", "validation", "test"});
  app.add_option("--dataset-set", dataset_settings, "KEY=VALUE setting of the data set");
  app.add_option("--seed", data.seed, "Of a rendered data set")->capture_default_str();
  registration.add_to(app);
  app.add_option("--limit", limit, "At most so many, spread evenly; 0: all")->check(at_least(0))->capture_default_str();
}

PredictionSource SourceFlags::open() const {
  const int kinds = !rgb.empty() + !list.empty() + !images.empty() + !dataset.empty();
  if (kinds != 1)
    throw kernels::UsageError("expected one of --rgb with --thermal, --list, --images, or --dataset; got {} of them",
                              kinds);
  registration.require_registered();
  PredictionSource source;
  source.classes = datasets::mfnet_classes();
  if (!dataset.empty()) {
    datasets::OpenOptions options = data;
    options.settings = parse_pairs("--dataset-set", dataset_settings);
    const std::shared_ptr<datasets::Dataset> opened = datasets::open_dataset(dataset, options);
    registration.require_registered(*opened, data.directory);
    source.classes = opened->classes();
    for (int i = 0; i < opened->size(); ++i) source.samples.push_back([opened, i] { return opened->load(i); });
  } else {
    for (const datasets::ImagePair& pair : pairs_of(*this))
      source.samples.push_back([pair] { return datasets::load_pair(pair); });
  }
  const std::size_t size = source.samples.size();
  if (limit > 0 && size > static_cast<std::size_t>(limit)) {
    std::vector<std::function<datasets::Sample()>> chosen;
    for (std::size_t i = 0; i < static_cast<std::size_t>(limit); ++i)
      chosen.push_back(source.samples[i * size / static_cast<std::size_t>(limit)]);
    source.samples = std::move(chosen);
  }
  return source;
}

}  // namespace train
