// SPDX-License-Identifier: Apache-2.0
// prepare: data sets as files. `prepare synthetic` renders street scenes in the MFNet layout; `prepare folder`
// describes somebody's own images; `prepare edges` finds the edges of label maps.
#include <cmath>
#include <iostream>
#include <memory>

#include "datasets/folder.h"
#include "datasets/folder_guess.h"
#include "datasets/labels/write_edges.h"
#include "datasets/synthetic/write.h"
#include "engine/formats/atomic_file.h"
#include "train/command_table.h"
#include "train/log.h"
#include "train/output_folder.h"
#include "train/program.h"
#include "train/progress.h"
#include "train/settings.h"

namespace {

struct Flags {
  std::string out, size = "480x640";
  int train = 200, validation = 50, test = 100;
  double day_share = 0.5;
  bool twins = false, replace = false;
  std::string configuration;  // The resolved flags, saved beside the result.
  datasets::synthetic::WriteOptions options;
};

void render(Flags flags) {
  const kernels::Size2 size = train::parse_size(flags.size);
  auto& options = flags.options;
  options.data.scene.height = size.h;
  options.data.scene.width = size.w;
  const auto share = [&](int count, int& day, int& night) {
    day = static_cast<int>(std::lround(count * flags.day_share));
    night = count - day;
  };
  share(flags.train, options.train_day, options.train_night);
  share(flags.validation, options.validation_day, options.validation_night);
  share(flags.test, options.test_day, options.test_night);
  if (flags.twins) options.test_pairing = datasets::synthetic::Pairing::twins;
  datasets::synthetic::require_sense(options);
  using datasets::synthetic::EarlierData;
  datasets::synthetic::make_room(flags.out, flags.replace ? EarlierData::replaced : EarlierData::refused);
  train::open_output_folder(flags.out, flags.configuration);
  train::Progress progress(train::progress_options_for_stderr("render", flags.train + flags.validation + flags.test),
                           std::cerr);
  options.progress = [&](int, int) {
    progress.advance({.images = 1});
  };
  datasets::synthetic::write_mfnet_layout(flags.out, options);
  progress.finish();
  spdlog::info("{}: {} training, {} validation and {} test scenes of {}x{}", flags.out, flags.train, flags.validation,
               flags.test, size.h, size.w);
}

struct FolderFlags {
  datasets::GuessOptions options;
  std::filesystem::path out;
  bool replace = false;
};

void describe_folder(FolderFlags flags) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(flags.options.directory))
    throw kernels::FileError("{}: expected a directory of images", flags.options.directory.string());
  const fs::path path = flags.out.empty() ? flags.options.directory / datasets::folder_description_name : flags.out;
  if (fs::exists(path) && !flags.replace)
    throw kernels::UsageError("{}: exists already; replace it with --replace or choose another --out", path.string());
  std::unique_ptr<train::Progress> progress;
  flags.options.progress = [&](int done, int total) {
    if (done == 1)
      progress = std::make_unique<train::Progress>(train::progress_options_for_stderr("look", total), std::cerr);
    progress->advance({.images = 1});
    if (done == total) progress->finish();
  };
  const datasets::Guess guess = datasets::guess_description(flags.options);
  const fs::path folder = path.parent_path().empty() ? "." : path.parent_path();
  const fs::path root = fs::absolute(flags.options.directory).lexically_normal();
  std::string relative = root.lexically_relative(fs::absolute(folder).lexically_normal()).generic_string();
  while (relative.size() > 1 && relative.back() == '/') relative.pop_back();
  engine::write_file(path, datasets::to_toml(guess.description, relative.empty() ? "." : relative));
  fmt::print("{}, guessed:\n", path.string());
  for (const std::string& reason : guess.reasons) fmt::print("  {}\n", reason);
  fmt::print("Read it and correct it, then:\n  check_data --dataset folder --data {0}\n", path.string());
}

struct EdgeFlags {
  datasets::labels::WriteEdgesOptions options{.edges = {.reduction = 4}};
  std::string kind = "regular";
  int value = 1;
  bool thin = false;
  std::string configuration;

  void add_to(CLI::App& app) {
    app.add_option("--labels", options.labels, "Folder of label maps (PNG or TIFF of class ids)")
        ->required()
        ->check(CLI::ExistingDirectory);
    app.add_option("--out", options.out, "Folder to write")->required();
    app.add_option("--reduction", options.edges.reduction, "Label maps are first made so many times smaller")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--kind", kind, "regular: both sides of a border; inner, outer: of the border to class 0")
        ->capture_default_str();
    app.add_option("--radius", options.edges.radius, "Of the neighbourhood, in pixels")->capture_default_str();
    app.add_option("--ignore", options.edges.ignored, "Labels beside which there are no edges, with commas between")
        ->delimiter(',');
    app.add_flag("--thin", thin, "Edges of one pixel (Guo and Hall's thinning)");
    app.add_option("--value", value, "Of an edge pixel in the files: 1 is what losses take")
        ->capture_default_str()
        ->check(CLI::Range(1, 255));
  }
};

void write_edges(EdgeFlags flags) {
  auto& options = flags.options;
  options.edges.kind = datasets::labels::edge_kind(flags.kind);
  if (flags.thin) options.edges.thinning = datasets::labels::Thinning::guo_hall;
  options.value = static_cast<std::uint8_t>(flags.value);
  train::open_output_folder(options.out, flags.configuration);
  std::unique_ptr<train::Progress> progress;
  options.progress = [&](int done, int total) {
    if (done == 1)
      progress = std::make_unique<train::Progress>(train::progress_options_for_stderr("edges", total), std::cerr);
    progress->advance({.images = 1});
  };
  const int files = datasets::labels::write_edges(options);
  if (progress) progress->finish();
  spdlog::info("{}: edges of {} label maps", options.out.string(), files);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes data sets in the layout that train reads.", "prepare");
  app.require_subcommand(1);
  Flags flags;
  CLI::App& synthetic = *app.add_subcommand("synthetic", "Procedural RGB-thermal street scenes, by day and by night");
  synthetic.configurable();  // A saved configuration names the kind of data set too.
  synthetic.add_option("--out", flags.out, "Folder to write")->required()->type_name("DIR");
  synthetic.add_option("--size", flags.size, "Height x width")->capture_default_str();
  synthetic.add_option("--train", flags.train, "Training scenes")->capture_default_str();
  synthetic.add_option("--val", flags.validation, "Validation scenes")->capture_default_str();
  synthetic.add_option("--test", flags.test, "Test scenes")->capture_default_str();
  synthetic.add_option("--day-share", flags.day_share, "Share of scenes by day")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  train::propose(
      synthetic.add_option("--labels", flags.options.data.label_table, "mf9, heatnet13, cityscapes19 or pst5")
          ->capture_default_str(),
      {"mf9", "heatnet13", "cityscapes19", "pst5"});
  synthetic.add_option("--seed", flags.options.data.seed, "The same seed gives the same bytes on every machine")
      ->capture_default_str();
  synthetic.add_option("--threads", flags.options.threads, "Rendering threads")
      ->check(train::at_least(1))
      ->capture_default_str();
  synthetic.add_flag("--thermal16", flags.options.thermal16, "Also 16-bit thermal counts");
  synthetic.add_flag("--depth", flags.options.depth, "Also depth maps");
  synthetic.add_flag("--instances", flags.options.instances, "Also instance maps");
  synthetic.add_flag("--replace", flags.replace, "Remove a rendered data set that --out holds already");
  synthetic.add_flag("--twins", flags.twins, "Test scenes show the same streets by day and by night");
  FolderFlags own;
  CLI::App& folder = *app.add_subcommand("folder", "A description (TOML) of somebody's own images, by looking at them");
  folder.configurable();
  folder.add_option("directory", own.options.directory, "Directory of the images and labels")
      ->required()
      ->type_name("DIR");
  folder.add_option("--out", own.out, "File to write; default: dataset.toml in the directory")->type_name("FILE");
  folder.add_option("--seed", own.options.seed, "Of the splits, where no lists are found")->capture_default_str();
  folder.add_option("--threads", own.options.threads, "Reading threads")
      ->check(train::at_least(1))
      ->capture_default_str();
  folder.add_flag("--replace", own.replace, "Replace an earlier description");
  EdgeFlags edge_flags;
  CLI::App& edges =
      *app.add_subcommand("edges", "Edge maps of label maps, by the rule that CEKD's teacher learns from");
  edges.configurable();
  edge_flags.add_to(edges);
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    if (edges.parsed()) {
      edge_flags.configuration = train::resolved_flags(app);
      write_edges(edge_flags);
      return;
    }
    if (folder.parsed()) {
      describe_folder(std::move(own));
      return;
    }
    flags.configuration = train::resolved_flags(app);
    render(flags);
  });
}
