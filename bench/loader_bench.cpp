// SPDX-License-Identifier: Apache-2.0
// The speed of the loader alone: whole epochs of augmented pairs that nobody trains on. Every epoch prints one line of
// JSON: "images", "seconds", and a checksum of all that was delivered, which depends on seed and epoch but not on the
// workers. With --interactive every line on the standard input is a number of further epochs, so that two programs can
// take turns on one machine (bench/peers/loader_peer.py).
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "datasets/loader.h"
#include "datasets/open.h"
#include "train/program.h"
#include "train/settings.h"

namespace {

struct Flags {
  std::string dataset = "mfnet", size = "480x640", filter = "nearest", augmentation = "flip_and_crop";
  datasets::OpenOptions data{.split = "train"};
  int batch = 4, workers = 2, epochs = 3;
  bool interactive = false, checksum = false;
};

template <class Values>
void add(XXH3_state_t& state, const Values& values) {
  XXH3_64bits_update(&state, values.data(), values.size() * sizeof(values[0]));
}

datasets::AugmentationOptions augmentation_of(const Flags& flags) {
  datasets::AugmentationOptions how = datasets::without_augmentation(train::parse_size(flags.size));
  if (flags.augmentation == "flip_and_crop") {
    how.flip_probability = 0.5;
    how.crop_fraction = 0.1;
  }
  if (flags.filter == "bilinear") how.pair_filter = datasets::PairFilter::bilinear;
  if (flags.filter == "bicubic") how.pair_filter = datasets::PairFilter::bicubic;
  return how;
}

nlohmann::json read_epoch(datasets::Loader& loader, int epoch, const Flags& flags) {
  using Clock = std::chrono::steady_clock;
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  XXH3_64bits_reset(state.get());
  const auto begin = Clock::now();
  int images = 0;
  loader.begin_epoch(epoch);
  while (const datasets::HostBatch* batch = loader.next()) {
    images += batch->n;
    if (!flags.checksum) continue;
    add(*state, batch->rgb);
    add(*state, batch->thermal);
    add(*state, batch->labels);
    for (const std::string& name : batch->names) add(*state, name);
  }
  nlohmann::json line{
      {"epoch", epoch}, {"images", images}, {"seconds", std::chrono::duration<double>(Clock::now() - begin).count()}};
  if (flags.checksum) line["checksum"] = fmt::format("{:016x}", XXH3_64bits_digest(state.get()));
  return line;
}

void run(const Flags& flags) {
  const auto data = datasets::open_dataset(flags.dataset, flags.data);
  datasets::Loader loader(*data, {.batch_size = flags.batch,
                                  .workers = flags.workers,
                                  .seed = flags.data.seed,
                                  .augmentation = augmentation_of(flags)});
  int epoch = 0;
  const auto print = [&](int epochs) {
    for (const int end = epoch + epochs; epoch < end; ++epoch) {
      fmt::print("{}\n", read_epoch(loader, epoch, flags).dump());
      std::fflush(stdout);
    }
  };
  print(flags.epochs);
  if (!flags.interactive) return;
  for (std::string line; std::getline(std::cin, line);)
    print(static_cast<int>(train::parse_numbers("epochs", line)[0]));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The speed of the loader without a consumer.", "loader_bench");
  Flags flags;
  app.add_option("--dataset", flags.dataset, fmt::format("{}", fmt::join(datasets::dataset_names(), ", ")))
      ->capture_default_str();
  app.add_option("--data", flags.data.directory, "Folder of the data set; of folder: its TOML file");
  app.add_option("--split", flags.data.split, "List to read")->capture_default_str();
  app.add_option("--size", flags.size, "Height x width that images are resized to")->capture_default_str();
  app.add_option("--filter", flags.filter, "Resizing of images")
      ->check(CLI::IsMember({"nearest", "bilinear", "bicubic"}))
      ->capture_default_str();
  app.add_option("--augmentation", flags.augmentation, "Of every sample")
      ->check(CLI::IsMember({"none", "flip_and_crop"}))
      ->capture_default_str();
  app.add_option("--seed", flags.data.seed, "Of order and augmentation")->capture_default_str();
  app.add_option("--batch", flags.batch, "Images per batch")->capture_default_str();
  app.add_option("--workers", flags.workers, "Threads that read images; 0: the one that asks")->capture_default_str();
  app.add_option("--epochs", flags.epochs, "Epochs to read")->capture_default_str();
  app.add_flag("--checksum", flags.checksum, "Also sum up what was delivered, which takes time");
  app.add_flag("--interactive", flags.interactive, "Then wait for numbers of further epochs");
  return train::run_program(app, argc, argv, [&] { run(flags); });
}
