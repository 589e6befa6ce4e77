// SPDX-License-Identifier: Apache-2.0
// The page that compares runs says which is best, what differs, and what cannot be compared.
#include "train/run_comparison.h"

#include <regex>

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/training.h"
#include "train/evaluation_table.h"

namespace {

using Catch::Matchers::Contains;
using train::Difference;
namespace fs = std::filesystem;

// A run folder with three epochs; the second has the best score.
fs::path write_run(const fs::path& folder, const std::string& rate, double best, const std::string& more = "",
                   const std::string& commit = "def") {
  fs::create_directories(folder);
  test::write_text(folder / "config.toml",
                   "# Rate\nrate=" + rate + "\n\nmodel=\"mfnet\"\nout=\"" + folder.string() + "\"\n" + more);
  std::string lines;
  for (int epoch = 1; epoch <= 3; ++epoch)
    lines += fmt::format(
        R"({{"epoch":{},"step":{},"train_loss":{},"seconds":40,"val_miou":{},"val_macc":0.5,"tensors_peak_mib":12}})"
        "\n",
        epoch, 5 * epoch, 3.0 / epoch, epoch == 2 ? best : best / 2);
  test::write_text(folder / "metrics.jsonl", lines);
  test::write_text(folder / "starts.jsonl",
                   "{\"commit\":\"abc\",\"threads\":2}\n{\"commit\":\"" + commit + "\",\"threads\":1}\n");
  return folder;
}

TEST_CASE("comparison: the best run stands out, and what differs is listed", "[sanitize]") {
  const test::TemporaryFolder folder;
  const auto runs = train::runs_to_compare({{write_run(folder / "low", "0.01", 0.25)},
                                            {write_run(folder / "high", "0.1", 0.5, "ema=0.9\n")},
                                            {write_run(folder / "middle", "0.01", 0.375)}});
  REQUIRE(runs.size() == 3);
  CHECK(runs[1].name == "high");
  const auto differences = train::differences_of(runs);
  REQUIRE(differences.size() == 2);
  CHECK(differences[0] == Difference{"rate", {"0.01", "0.1", "0.01"}});
  CHECK(differences[1] == Difference{"ema", {"", "0.9", ""}});
  const std::string html = train::comparison_html(runs);
  CHECK_THAT(html, Contains("<h1>3 runs</h1>") && Contains("<td>high</td><td><b>50.0</b></td><td>2</td>") &&
                       Contains("<td>low</td><td>25.0</td><td>2</td><td>50.0</td><td>1.0000</td><td>3</td><td>15</td>"
                                "<td>2:00</td><td>12</td>") &&
                       Contains("<td>ema</td><td>&ndash;</td><td>0.9</td><td>&ndash;</td>") && !Contains("Mind:") &&
                       !Contains("On test images"));
  for (const char* outside : {"http:", "https:", "<script", "<link", "url(", "@import"})
    CHECK_THAT(html, !Contains(outside));
}

TEST_CASE("comparison: other data are pointed out, test scores shown, names told apart and escaped", "[sanitize]") {
  const test::TemporaryFolder folder;
  const train::ConfusionMatrix day(2, {6, 2, 2, 6}), none(2);
  train::write_evaluation(folder / "scores", {day, day, none, 7, 1}, {{"a", {0, 0, 0}}, {"b", {9, 9, 9}}});
  const auto runs =
      train::runs_to_compare({{write_run(folder / "1/run", "0.1", 0.5, "data=\"<here>\"\n"), folder / "scores"},
                              {write_run(folder / "2/run", "0.1", 0.5, "data=\"there\"\n")}});
  CHECK(runs[0].name == (folder / "1/run").string());
  const std::string html = train::comparison_html(runs, "Two & two");
  CHECK_THAT(html, Contains("Two &amp; two") && Contains("--data is not the same") && Contains("&lt;here&gt;") &&
                       Contains("<td>7</td><td>60.0</td><td>60.0</td><td>&ndash;</td>"));
}

TEST_CASE("comparison: the commit of the latest start counts, and a seed of rendered scenes", "[sanitize]") {
  const test::TemporaryFolder folder;
  const auto runs =
      train::runs_to_compare({{write_run(folder / "a", "0.1", 0.5, "dataset=\"synthetic\"\nseed=1\n")},
                              {write_run(folder / "b", "0.1", 0.5, "dataset=\"synthetic\"\nseed=2\n", "ghi")}});
  CHECK(train::differences_of(runs) == std::vector<Difference>{{"seed", {"1", "2"}}, {"commit", {"def", "ghi"}}});
  CHECK_THAT(train::comparison_html(runs), Contains("Mind:") && Contains("--seed is not the same"));
  const auto files = train::runs_to_compare({{write_run(folder / "c", "0.1", 0.5, "dataset=\"mfnet\"\nseed=1\n")},
                                             {write_run(folder / "d", "0.1", 0.5, "dataset=\"mfnet\"\nseed=2\n")}});
  CHECK_THAT(train::comparison_html(files), !Contains("Mind:"));
}

TEST_CASE("comparison: what cannot be compared is named", "[sanitize]") {
  const test::TemporaryFolder folder;
  const fs::path run = write_run(folder / "run", "0.1", 0.5), other = write_run(folder / "other", "0.1", 0.5);
  CHECK_THROWS_AS(train::runs_to_compare({{run}}), kernels::UsageError);
  CHECK_THROWS_AS(train::runs_to_compare(std::vector<train::RunFolders>(13, {run})), kernels::UsageError);
  CHECK(train::comparison_html(train::runs_to_compare({{run}, {run}})).find("No setting:") != std::string::npos);
  test::write_text(other / "metrics.jsonl", "");
  CHECK_THROWS_WITH(train::runs_to_compare({{run}, {other}}), Contains("metrics.jsonl: no epoch has ended yet"));
  fs::remove(other / "metrics.jsonl");
  CHECK_THROWS_AS(train::runs_to_compare({{run}, {other}}), kernels::FileError);
}

TEST_CASE("comparison: report compares runs that train made, and refuses predictions of them") {
  const test::TemporaryFolder folder;
  const fs::path log = folder / "log", page = folder / "page.html";
  REQUIRE(test::train(folder / "a", {.epochs = 2, .more = "--rate 0.02"}) == 0);
  REQUIRE(test::train(folder / "b", {.epochs = 1, .more = "--no-validation"}) == 0);
  const std::string runs = "--train " + (folder / "a").string() + " " + (folder / "b/").string();
  test::run_to_end("report", test::words(runs + " --out " + page.string()), log);
  CHECK_THAT(test::read_text(page), Contains("<td>a</td><td><b>") && Contains("<td>b</td><td>&ndash;</td>") &&
                                        Contains("<td>rate</td><td>0.02</td><td>0.01</td>"));
  const std::string refused = runs + " --predict " + folder.path().string() + " --out " + page.string();
  CHECK(test::wait_for(test::start_program("report", test::words(refused), log)) == 2);
}

}  // namespace
