// SPDX-License-Identifier: Apache-2.0
// report: one self-contained page about a run.
#include "train/log.h"
#include "train/program.h"
#include "train/run_report.h"

int main(int argc, char** argv) {
  CLI::App app("Makes one self-contained HTML page of a training run.", "report");
  train::RunFolders folders;
  std::filesystem::path out;
  std::string title;
  app.add_option("--train", folders.training, "Run folder of train")->required()->check(CLI::ExistingDirectory);
  app.add_option("--evaluate", folders.evaluation, "Folder that evaluate wrote")->check(CLI::ExistingDirectory);
  app.add_option("--predict", folders.prediction, "Folder that predict wrote")->check(CLI::ExistingDirectory);
  app.add_option("--title", title, "Heading of the page; default: network and data set");
  app.add_option("--out", out, "Page to write")->required()->type_name("FILE");
  app.footer("Exit codes: 0 done, 1 failure, 2 usage, 3 data, 4 checkpoint.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    train::write_report(out, train::report_of(folders, title));
    spdlog::info("{}", out.string());
  });
}
