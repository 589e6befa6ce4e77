// SPDX-License-Identifier: Apache-2.0
// check_data: what is wrong with a data set, file by file, and how often its classes occur.
#include <fmt/ranges.h>

#include <iostream>
#include <mutex>
#include <thread>

#include "train/command_table.h"
#include "train/data_report.h"
#include "train/log.h"
#include "train/program.h"
#include "train/progress.h"
#include "train/settings.h"

int main(int argc, char** argv) {
  CLI::App app(
      "Reads a whole data set, names everything that is wrong with it, and counts its classes: missing partners, "
      "unreadable files, wrong sizes and depths, labels out of range.",
      "check_data");
  train::DataCheckOptions options;
  options.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  std::filesystem::path report = "data_report.html";
  std::vector<std::string> settings;
  bool optional_labels = false;
  train::propose(
      app.add_option("--dataset", options.dataset, fmt::format("{}", fmt::join(datasets::dataset_names(), ", ")))
          ->capture_default_str(),
      datasets::dataset_names());
  app.add_option("--data", options.data.directory, "Folder of the data set; of folder: its TOML file")
      ->type_name("PATH");
  app.add_option("--split", options.splits, "Lists to check, with commas between; default: all that there are")
      ->delimiter(',');
  app.add_option("--dataset-set", settings, "KEY=VALUE setting of the data set");
  app.add_option("--seed", options.data.seed, "Of a rendered data set")->capture_default_str();
  app.add_flag("--optional-labels", optional_labels, "An image may have no label");
  app.add_option("--report", report, "Page to write")->type_name("FILE")->capture_default_str();
  app.add_option("--threads", options.threads, "Threads that read files")
      ->check(train::at_least(1))
      ->capture_default_str();
  app.footer("Exit codes: 0 no problem, 1 failure, 2 usage, 3 problems were found or nothing could be opened.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    options.data.settings = train::parse_pairs("--dataset-set", settings);
    if (optional_labels) options.data.labels = datasets::LabelPolicy::optional;
    std::unique_ptr<train::Progress> progress;
    options.progress = [&](int, int total) {
      if (!progress)
        progress = std::make_unique<train::Progress>(train::progress_options_for_stderr("check", total), std::cerr);
      progress->advance({.images = 1});
    };
    const train::DataCheck check = train::check_data(options);
    if (progress) progress->finish();
    fmt::print("{}", train::to_text(check));
    train::write_data_report(report, check);
    spdlog::info("{}", report.string());
    if (check.problems() > 0)
      throw kernels::DataError("{}: {} problems, each named above and in {}", options.dataset, check.problems(),
                               report.string());
  });
}
