// SPDX-License-Identifier: Apache-2.0
// It learns: networks trained by the programs, on scenes that the programs render. Every child computes on one thread,
// so the figures are the same on every machine with the same instruction set and libraries.
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "train/metrics_log.h"

using test::words;

namespace {

constexpr std::array<const char*, 3> judged = {"car", "person", "bike"};

// IoU of the judged classes in per cent, and their mean.
struct NightScore {
  std::array<double, judged.size()> iou{};
  double mean = 0;
};

NightScore read_score(const std::filesystem::path& metrics) {
  const auto classes = nlohmann::json::parse(test::read_text(metrics)).at("night").at("classes");
  NightScore score;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const auto found =
        std::find_if(classes.begin(), classes.end(), [&](const auto& each) { return each.at("name") == judged[i]; });
    REQUIRE(found != classes.end());
    score.iou[i] = 100 * found->at("iou").template get<double>();
    score.mean += score.iou[i] / judged.size();
  }
  return score;
}

std::string to_text(const std::string& model, const NightScore& score) {
  std::ostringstream text;
  text.precision(3);
  text << model << ": mean IoU " << score.mean << " %";
  for (std::size_t i = 0; i < judged.size(); ++i) text << ", " << judged[i] << " " << score.iou[i];
  return text.str();
}

// Trains both networks side by side on 200 scenes, half of them by day, and scores them on 60 others by night.
void compare_at_night(std::uint64_t seed) {
  const test::TemporaryFolder folder;
  const std::string data = (folder / "data").string(), number = std::to_string(seed);
  test::run_to_end("prepare",
                   words("synthetic --size 96x128 --train 200 --val 20 --test 120 --threads 2 --seed 10" + number +
                         " --out " + data),
                   folder / "prepare.log");
  const std::array<std::string, 2> models = {"mfnet", "mfnet_rgb"};
  std::array<pid_t, 2> trainings{};
  for (std::size_t i = 0; i < models.size(); ++i)
    trainings[i] = test::start_program(
        "train",
        words("--width 0.5 --dataset mfnet --epochs 25 --batch 4 --optimizer adam --rate 0.005 --decay 0.87 "
              "--weight-decay 0 --augmentation flip --no-validation --threads 1 --workers 1 --device cpu --model " +
              models[i] + " --data " + data + " --seed " + number + " --out " + (folder / models[i]).string()),
        folder / (models[i] + ".log"));
  std::array<int, 2> codes{};
  for (std::size_t i = 0; i < models.size(); ++i) codes[i] = test::wait_for(trainings[i]);
  std::array<NightScore, 2> scores;
  for (std::size_t i = 0; i < models.size(); ++i) {
    INFO(test::read_text(folder / (models[i] + ".log")));
    REQUIRE(codes[i] == 0);
    const std::string out = (folder / models[i]).string();
    test::run_to_end("evaluate",
                     words("--dataset mfnet --split test_night --threads 1 --device cpu --data " + data +
                           " --weights " + out + "/last.safetensors --out " + out + "/night"),
                     folder / (models[i] + ".log"));
    scores[i] = read_score(out + "/night/metrics.json");
  }
  const std::string figures =
      "seed " + number + ": " + to_text(models[0], scores[0]) + "; " + to_text(models[1], scores[1]);
  INFO(figures);
  CHECK(scores[0].mean > scores[1].mean + 5);
  WARN(figures);
}

// Trains on eight scenes by day and night; the best mean IoU of all epochs on these.
double learn_by_heart(const std::string& flags, int epochs, const std::filesystem::path& out) {
  test::run_to_end("train",
                   words("--dataset synthetic --dataset-set height=96 --dataset-set width=128 --dataset-set day=4 "
                         "--dataset-set night=4 --validation-split train --optimizer adam --rate 0.01 --weight-decay 0 "
                         "--augmentation none --threads 1 --workers 1 --device cpu --epochs " +
                         std::to_string(epochs) + " --out " + out.string() + " " + flags),
                   out.string() + ".log");
  double best = 0;
  const auto lines = train::read_metrics(out / "metrics.jsonl");
  for (const auto& epoch : lines) best = std::max(best, epoch.at("val_miou").get<double>());
  CHECK(lines.size() == static_cast<std::size_t>(epochs));
  WARN(out.filename().string() << ": best mean IoU " << best);
  return best;
}

}  // namespace

TEST_CASE("mfnet learns eight scenes by heart: mean IoU 0.9 or more", "[slow]") {
  const test::TemporaryFolder folder;
  CHECK(learn_by_heart("--model mfnet --batch 4 --decay 0.997", 300, folder / "mfnet") >= 0.9);
}

// The logits end in a ReLU: without weights, classes of few pixels lose their gradient early.
TEST_CASE("cenet learns eight scenes by heart, and eknet learns them from it: mean IoU 0.9 or more", "[slow]") {
  const test::TemporaryFolder folder;
  const std::string both = "--size 96x128 --width 0.125 --decay 0.997 ";
  CHECK(learn_by_heart("--recipe cekd_teacher --batch 8 --class-weights 0.1,1,1.5,2,2.2,3,3,3,2.5 " + both, 700,
                       folder / "teacher") >= 0.9);
  CHECK(learn_by_heart("--recipe cekd_student --batch 4 --class-weights 0.3,1,1.2,1.5,1.5,2,3,3,2 --teacher " +
                           (folder / "teacher/last.safetensors").string() + " " + both,
                       800, folder / "student") >= 0.9);
}

// Three paired seeds: both networks of a pair see the same scenes in the same order.
TEST_CASE("at night mfnet with thermal beats mfnet without by 5 points of mean IoU, seed 0", "[slow]") {
  compare_at_night(0);
}
TEST_CASE("at night mfnet with thermal beats mfnet without by 5 points of mean IoU, seed 1", "[slow]") {
  compare_at_night(1);
}
TEST_CASE("at night mfnet with thermal beats mfnet without by 5 points of mean IoU, seed 2", "[slow]") {
  compare_at_night(2);
}
