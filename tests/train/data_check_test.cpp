// SPDX-License-Identifier: Apache-2.0
// The check of whole data sets, and the program as its users run it.
#include "train/data_check.h"

#include "datasets/image_io.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/own_data.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "train/data_report.h"

using namespace train;
using Catch::Matchers::Contains;
using datasets::ProblemKind;
using test::TemporaryFolder;

namespace {

// Seven good pairs in the MFNet layout, then spoiled: a missing image, a missing label, a label out of range, one of
// the wrong size, three channels instead of four, a label that no list names and that has no image.
void write_bad_mfnet(const std::filesystem::path& folder) {
  const datasets::LabelMap label(4, 6, 1, 2);
  std::string list;
  for (const char* part : {"images", "labels"}) std::filesystem::create_directories(folder / part);
  for (int i = 0; i < 7; ++i) {
    const std::string name = "0000" + std::to_string(i) + "D";
    list += name + "\n";
    datasets::Image8 image(4, 6, 4);
    for (std::size_t k = 0; k < image.pixels.size(); ++k)
      image.pixels[k] = static_cast<std::uint8_t>(k * 7 + static_cast<std::size_t>(i));
    datasets::write_png(folder / "images" / (name + ".png"), image);
    datasets::write_png(folder / "labels" / (name + ".png"), label);
  }
  test::write_text(folder / "train.txt", list);
  datasets::write_png(folder / "labels/00009D.png", label);
  std::filesystem::remove(folder / "images/00001D.png");
  std::filesystem::remove(folder / "labels/00002D.png");
  datasets::LabelMap bad = label;
  bad.at(1, 4) = 9;
  bad.at(2, 2) = 77;
  datasets::write_png(folder / "labels/00003D.png", bad);
  datasets::write_png(folder / "labels/00004D.png", datasets::LabelMap(5, 6, 1));
  datasets::write_png(folder / "images/00005D.png", datasets::Image8(4, 6, 3));
}

DataCheck check_mfnet(const std::filesystem::path& folder, int threads) {
  return check_data({.dataset = "mfnet", .data = {.directory = folder}, .threads = threads});
}

}  // namespace

TEST_CASE("check_data names every file and goes on after each problem", "[sanitize]") {
  const TemporaryFolder folder;
  write_bad_mfnet(folder.path());
  const DataCheck check = check_mfnet(folder.path(), 2);
  const std::string text = to_text(check);
  INFO(text);
  for (const char* line :
       {"[missing partner] ", "images/00001D.png: cannot be opened", "labels/00002D.png: cannot be opened",
        "[label out of range] ",
        "labels/00003D.png: expected class ids 0 to 8, got 9 at x 4, y 1 (2 such pixels, with the values 9, 77)",
        "[wrong size] ", "labels/00004D.png: expected height 4 and width 6",
        "images/00005D.png: expected 4 channels, got 3", "labels/00009D.png: expected its partner"})
    CHECK_THAT(text, Contains(line));
  CHECK(check.problems() == 6);
  CHECK(check.findings.size() == 5);
  REQUIRE(check.splits.size() == 1);
  CHECK(check.splits[0].labels.images == 2);  // 00000D and 00006D.
  CHECK(check.splits[0].labels.classes[2].pixels == 48);
  CHECK_THAT(text, Contains("--class-weights") && Contains("Eigen and Fergus") && Contains("1 / ln(1.02 + p)"));
}

TEST_CASE("check_data says the same from one thread and from three", "[sanitize]") {
  const TemporaryFolder folder;
  write_bad_mfnet(folder.path());
  CHECK(to_text(check_mfnet(folder.path(), 1)) == to_text(check_mfnet(folder.path(), 3)));
}

TEST_CASE("check_data finds nothing wrong with rendered scenes, in any label table", "[sanitize]") {
  for (const char* table : {"mf9", "heatnet13", "cityscapes19", "pst5"}) {
    INFO(table);
    const DataCheck check = check_data(
        {.dataset = "synthetic",
         .data = {.settings = {{"day", "2"}, {"night", "1"}, {"height", "32"}, {"width", "48"}, {"labels", table}}}});
    INFO(to_text(check));
    CHECK(check.problems() == 0);
    CHECK(check.splits.size() == 3);
    CHECK(check.weighted_split().labels.images == 3);
  }
}

TEST_CASE("check_data remarks on flat thermal images and on pictures that two splits share", "[sanitize]") {
  const TemporaryFolder folder;
  write_bad_mfnet(folder.path());
  test::write_text(folder / "train.txt", "00000D\n");
  test::write_text(folder / "test.txt", "copy\n");
  datasets::Image8 copy = datasets::read_image8(folder / "images/00000D.png");
  for (std::size_t i = 3; i < copy.pixels.size(); i += 4) copy.pixels[i] = 50;
  datasets::write_png(folder / "images/copy.png", copy);
  std::filesystem::copy(folder / "labels/00000D.png", folder / "labels/copy.png");
  const DataCheck check = check_data({.dataset = "mfnet", .data = {.directory = folder.path()}});
  REQUIRE(check.findings.size() == 1);
  REQUIRE(check.findings[0].remarks.size() == 2);
  CHECK_THAT(check.findings[0].remarks[0], Contains("the thermal image is 50 everywhere"));
  CHECK_THAT(check.findings[0].remarks[1], Contains("the colour image is that of 00000D in train: scores"));
}

TEST_CASE("the data report holds problems, thumbnails and weights and needs no other file", "[sanitize]") {
  const TemporaryFolder folder;
  write_bad_mfnet(folder.path());
  const DataCheck check = check_mfnet(folder.path(), 2);
  const std::string html = data_report_html(check, 3);
  CHECK_THAT(html, Contains("What is wrong") && Contains("labels/00003D.png: expected class ids 0 to 8") &&
                       Contains("data:image/png;base64,") && Contains("(the first 3 of 5)") && Contains("</html>"));
  CHECK_THAT(html, !Contains("<script") && !Contains("http"));
  for (const Finding& finding : check.findings) CHECK(thumbnail(check, finding).width > 900);
}

TEST_CASE("check_data exits with 3 and a report where there are problems, else with 0") {
  const TemporaryFolder folder;
  write_bad_mfnet(folder / "bad");
  const auto log = folder / "log";
  const std::string report = (folder / "report.html").string();
  const auto run = [&](const std::string& line) {
    return test::wait_for(test::start_program("check_data", test::words(line + " --report " + report), log));
  };
  CHECK(run("--dataset mfnet --data " + (folder / "bad").string()) == 3);
  INFO(test::read_text(log));
  CHECK_THAT(test::read_text(log), Contains("mfnet: 6 problems, each named above and in ") &&
                                       Contains("labels/00003D.png: expected class ids 0 to 8, got 9 at x 4, y 1"));
  CHECK(std::filesystem::file_size(report) > 10000);
  CHECK(run("--dataset synthetic --dataset-set day=1 --dataset-set night=1 --dataset-set height=32 --dataset-set "
            "width=48 --split train") == 0);
  CHECK(run("--dataset mfnet --data " + (folder / "absent").string()) == 3);
  CHECK(run("--dataset mfnat") == 2);
}

TEST_CASE("forty own pairs become a trained network without code") {
  const TemporaryFolder folder;
  const auto log = folder / "log";
  test::write_own_data(folder / "mine", {.pairs = 40, .height = 32, .width = 48});
  const std::string data = (folder / "mine").string(), toml = data + "/dataset.toml", run = (folder / "run").string();
  test::run_to_end("prepare", {"folder", data}, log);
  INFO(test::read_text(log) << test::read_text(toml));
  test::run_to_end("check_data",
                   {"--dataset", "folder", "--data", toml, "--report", (folder / "data_report.html").string()}, log);
  test::run_to_end("train",
                   test::words("--dataset folder --data " + toml + " --out " + run +
                               " --model mfnet --width 0.25 --epochs 2 --batch 4 --device cpu --threads 1 --workers 1"),
                   log);
  test::run_to_end("evaluate",
                   test::words("--weights " + run + "/best.safetensors --dataset folder --data " + toml +
                               " --split test --device cpu --threads 1 --out " + run + "/test"),
                   log);
  CHECK(std::filesystem::exists(folder / "run/test/metrics.json"));
  CHECK_THAT(test::read_text(log), Contains("thermal counts ") && Contains("become 0 to 1, as the data set says"));
}
