// SPDX-License-Identifier: Apache-2.0
// report: one self-contained page about a run, or about several.
#include "engine/formats/atomic_file.h"
#include "kernels/error.h"
#include "train/log.h"
#include "train/program.h"
#include "train/run_comparison.h"
#include "train/run_report.h"

namespace {

using Folders = std::vector<std::filesystem::path>;

void compare(const Folders& training, const Folders& evaluation, const std::string& title,
             const std::filesystem::path& out) {
  if (!evaluation.empty() && evaluation.size() != training.size())
    throw kernels::UsageError("--evaluate: expected none or one folder for each of {} runs, got {}", training.size(),
                              evaluation.size());
  std::vector<train::RunFolders> runs;
  for (std::size_t i = 0; i < training.size(); ++i)
    runs.push_back({.training = training[i], .evaluation = evaluation.empty() ? "" : evaluation[i]});
  const std::string html = train::comparison_html(train::runs_to_compare(runs), title);
  engine::write_file(out, html);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes one self-contained HTML page of a training run, or one that compares several.", "report");
  Folders training, evaluation;
  std::filesystem::path prediction, out;
  std::string title;
  app.add_option("--train", training, "Run folder of train; several: they are compared")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--evaluate", evaluation, "Folder that evaluate wrote, one for each run")
      ->check(CLI::ExistingDirectory);
  app.add_option("--predict", prediction, "Folder that predict wrote (of one run)")->check(CLI::ExistingDirectory);
  app.add_option("--title", title, "Heading of the page; default: network and data set");
  app.add_option("--out", out, "Page to write")->required()->type_name("FILE");
  app.footer("Exit codes: 0 done, 1 failure, 2 usage, 3 data or files, 4 checkpoint.");
  return train::run_program(app, argc, argv, [&] {
    train::setup_log();
    if (training.size() > 1) {
      if (!prediction.empty())
        throw kernels::UsageError("--predict {}: a comparison of runs shows no predictions", prediction.string());
      compare(training, evaluation, title, out);
    } else {
      if (evaluation.size() > 1)
        throw kernels::UsageError("--evaluate: expected one folder for one run, got {}", evaluation.size());
      const train::RunFolders folders{training[0], evaluation.empty() ? "" : evaluation[0], prediction};
      train::write_report(out, train::report_of(folders, title));
    }
    spdlog::info("{}", out.string());
  });
}
