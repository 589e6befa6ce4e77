// SPDX-License-Identifier: Apache-2.0
// predict and evaluate, as their users run them: windows, lists, summaries, and what they refuse.
#include <nlohmann/json.hpp>

#include "datasets/image_io.h"
#include "engine/nn/weights.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "tests/support/own_data.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "train/network.h"

using Catch::Matchers::Contains;
using test::read_text;
using test::words;

namespace {

// Five pairs of somebody's own, and weights of a narrow network.
struct OwnCameras {
  test::TemporaryFolder folder;
  std::filesystem::path log = folder / "log";

  OwnCameras() {
    test::write_own_data(folder.path(), {.pairs = 5, .height = 48, .width = 64});
    for (int i = 0; i < 5; ++i) {  // predict --rgb --thermal pairs files of equal name.
      const std::string name = fmt::format("frame_{:03}", 7 * i + 1);
      std::filesystem::rename(folder / ("infrared/" + name + "_ir.png"), folder / ("infrared/" + name + ".png"));
    }
    const auto network = train::open_network("mfnet", {.width = 0.125}, test::queue_of(kernels::DeviceKind::cpu), 5);
    engine::nn::save_weights(network->store, folder / "weights.safetensors");
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  int run(const std::string& program, const std::string& line) {
    std::filesystem::remove(log);
    return test::wait_for(test::start_program(
        program,
        words("--weights " + path("weights.safetensors") + " --model mfnet --width 0.125 --device cpu " + line), log));
  }
  std::string pairs() const { return "--rgb " + path("visible") + " --thermal " + path("infrared"); }
  nlohmann::json summary(const std::string& out) const {
    return nlohmann::json::parse(read_text(folder / (out + "/summary.json")));
  }
};

}  // namespace

TEST_CASE("predict tells of every image and of all of them in summary.json") {
  OwnCameras place;
  const int code = place.run(
      "predict", place.pairs() + " --confidence --window 32x48 --overlap 8 --flip --out " + place.path("out"));
  INFO(read_text(place.log));
  REQUIRE(code == 0);
  CHECK_THAT(read_text(place.log), Contains("predict  5/5 (100 %)"));
  const nlohmann::json summary = place.summary("out");
  CHECK(summary["format"] == "isotherm predictions 1");
  CHECK(summary["network"]["model"] == "mfnet");
  CHECK(summary["settings"]["window"] == nlohmann::json({32, 48}));
  CHECK(summary["settings"]["overlap"] == nlohmann::json({8, 8}));
  CHECK(summary["settings"]["flip"] == true);
  CHECK(summary["settings"]["only"].is_null());
  REQUIRE(summary["classes"].size() == 9);
  REQUIRE(summary["images"].size() == 5);
  std::map<std::string, std::int64_t> totals;
  double confidence = 0;
  for (const auto& image : summary["images"]) {
    const std::string name = image["name"];
    CHECK(image["height"] == 48);
    CHECK(image["width"] == 64);
    CHECK(image["seconds"] > 0);
    CHECK(image["other_pixels"] == 0);
    const datasets::LabelMap label = datasets::read_label(place.folder / ("out/" + name + "_label.png"));
    for (std::size_t id = 0; id < 9; ++id) {
      const std::string of_class = summary["classes"][id]["name"];
      CHECK(image["pixels"][of_class] == std::count(label.pixels.begin(), label.pixels.end(), id));
      totals[of_class] += image["pixels"][of_class].get<std::int64_t>();
    }
    const datasets::Image16 shown = datasets::read_grey(place.folder / ("out/" + name + "_confidence.png")).image;
    double sum = 0;
    for (const auto value : shown.pixels) sum += value / 255.0;
    CHECK(image["mean_confidence"].get<double>() == Approx(sum / (48 * 64)).margin(0.002));
    confidence += image["mean_confidence"].get<double>() / 5;
  }
  CHECK(summary["totals"]["pixels"].get<std::map<std::string, std::int64_t>>() == totals);
  CHECK(summary["totals"]["images"] == 5);
  CHECK(summary["totals"]["mean_confidence"].get<double>() == Approx(confidence));
  CHECK(summary["totals"]["seconds"] > 0);
}

TEST_CASE("predict --only shows and counts the named classes alone") {
  OwnCameras place;
  REQUIRE(place.run("predict", place.pairs() + " --out " + place.path("all")) == 0);
  REQUIRE(place.run("predict", place.pairs() + " --only car,guardrail --out " + place.path("some")) == 0);
  const auto all = place.summary("all")["totals"], some = place.summary("some")["totals"];
  CHECK(some["pixels"].size() == 2);
  CHECK(some["pixels"]["car"] == all["pixels"]["car"]);
  CHECK(some["pixels"]["guardrail"] == all["pixels"]["guardrail"]);
  const auto kept = some["pixels"]["car"].get<int>() + some["pixels"]["guardrail"].get<int>();
  CHECK(some["other_pixels"] == 5 * 48 * 64 - kept);
  CHECK(some["mean_confidence"] == all["mean_confidence"]);
  CHECK(place.summary("some")["settings"]["only"] == nlohmann::json({"car", "guardrail"}));
  for (const auto& image : place.summary("some")["images"]) {
    const std::string file = image["name"].get<std::string>() + "_label.png";
    const auto before = datasets::read_label(place.folder / ("all/" + file)),
               after = datasets::read_label(place.folder / ("some/" + file));
    for (std::size_t i = 0; i < before.pixels.size(); ++i)
      REQUIRE(after.pixels[i] == (before.pixels[i] == 1 || before.pixels[i] == 7 ? before.pixels[i] : 0));
  }
  CHECK(place.run("predict", place.pairs() + " --only cars --out " + place.path("none")) == 2);
  CHECK_THAT(read_text(place.log),
             Contains("--only cars: the network has no class of this name; it has unlabelled, car"));
  CHECK_FALSE(std::filesystem::exists(place.folder / "none"));
}

TEST_CASE("predict refuses pairs that are not registered, and says that it does not warp") {
  OwnCameras place;
  datasets::write_png(place.folder / "infrared/frame_008.png", datasets::Image16(48, 60, 1, 900));
  test::write_text(place.folder / "calibration.toml", "\n");
  const auto refused = [&](const std::string& line, int code, const std::string& message) {
    INFO(line);
    CHECK(place.run("predict", line + " --out " + place.path("out")) == code);
    CHECK_THAT(read_text(place.log), Contains(message));
    CHECK_FALSE(std::filesystem::exists(place.folder / "out/summary.json"));
  };
  refused(place.pairs(), 3, "frame_008.png: expected height 48 and width 64 as in");
  CHECK_THAT(read_text(place.log),
             Contains("frame_008.png, got 48 and 60; colour and thermal must show the same pixels"));
  const std::string calibration = " --calibration " + place.path("calibration.toml");
  refused(place.pairs() + " --unregistered", 2, "--unregistered: colour and thermal must show the same pixels");
  refused(place.pairs() + calibration, 2, "expected --depth DIR or --plane-depth METRES");
  refused(place.pairs() + calibration + " --plane-depth 20", 2, "warping is not in this version");
  refused(place.pairs() + " --unregistered --depth " + place.path("visible") + calibration, 2,
          "warping is not in this version");
  refused(place.pairs() + " --plane-depth 20", 2, "--plane-depth requires --calibration");
  refused(place.pairs() + calibration + " --plane-depth -1", 2, "--plane-depth -1: expected metres above 0");
  refused(place.pairs() + calibration + " --plane-depth 3 --depth " + place.path("visible"), 2, "excludes");
  test::write_text(
      place.folder / "dataset.toml",
      "registered = false\n[rgb]\nfiles = \"visible/*.png\"\n[thermal]\nfiles = \"infrared/*.png\"\nbits = 16\n");
  const std::string declared = " --dataset folder --split all --data " + place.path("dataset.toml");
  refused(declared, 3, "dataset.toml: registered = false");
  CHECK(place.run("evaluate", declared) == 3);
  CHECK_THAT(read_text(place.log), Contains("dataset.toml: registered = false"));
}

TEST_CASE("evaluate scores windows and mirrored looks") {
  OwnCameras place;
  const std::string line = "--dataset synthetic --dataset-set day=1 night=1 height=40 width=56 --out ";
  REQUIRE(place.run("evaluate", line + place.path("plain")) == 0);
  const int code = place.run("evaluate", line + place.path("windows") + " --window 40x56 --overlap 4");
  INFO(read_text(place.log));
  REQUIRE(code == 0);
  const auto metrics = [&](const std::string& out) {
    auto json = nlohmann::json::parse(read_text(place.folder / (out + "/metrics.json")));
    json.erase("seconds");
    return json;
  };
  CHECK(metrics("plain") == metrics("windows"));
  REQUIRE(place.run("evaluate", line + place.path("flip") + " --flip --scales 1,1.25") == 0);
  CHECK(metrics("flip")["all"]["pixels"] == 2 * 40 * 56);
  CHECK(metrics("flip")["all"] != metrics("plain")["all"]);
}
