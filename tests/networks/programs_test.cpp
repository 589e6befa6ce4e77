// SPDX-License-Identifier: Apache-2.0
// The programs with --device cuda: train and resume, evaluate, predict, trace, step_bench.
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "datasets/image_io.h"
#include "engine/formats/safetensors.h"
#include "engine/nn/weights.h"
#include "kernels/cuda/devices.h"
#include "tests/support/catch.h"
#include "tests/support/devices.h"
#include "tests/support/golden.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "train/network.h"

using Catch::Matchers::Contains;
using test::words;

namespace {

const std::string tiny_scenes =
    "--dataset synthetic --dataset-set height=32 --dataset-set width=48 --dataset-set day=2 --dataset-set night=1 ";

// A program with flags in one line and a folder; its words are in FOLDER.log.
struct Run {
  std::filesystem::path folder;

  void operator()(const std::string& program, const std::string& flags, const std::string& out = "--out") const {
    std::vector<std::string> arguments = words(flags);
    if (!out.empty()) arguments.insert(arguments.end(), {out, folder.string()});
    test::run_to_end(program, arguments, log());
  }
  std::filesystem::path log() const { return folder.string() + ".log"; }
  std::string said() const { return test::read_text(log()); }
};

std::string training_flags(const std::string& more) {
  return "--model mfnet --width 0.125 --batch 2 --epochs 3 --seed 5 --device cuda " + tiny_scenes + more;
}

void train_network(const std::filesystem::path& folder, const std::string& flags) {
  Run{folder}("train", training_flags(flags));
}

// Starts a training and stops it after some steps, as Ctrl-C would.
void interrupt_training(const std::filesystem::path& folder, const std::string& flags) {
  std::vector<std::string> arguments = words(training_flags(flags) + " --checkpoint-every 1");
  arguments.insert(arguments.end(), {"--out", folder.string()});
  for (int attempt = 0; attempt < 5; ++attempt) {
    const pid_t child = test::start_program("train", arguments, folder.string() + ".log");
    for (int i = 0; i < 60000 && !std::filesystem::exists(folder / "last.safetensors"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    kill(child, SIGTERM);
    const int code = test::wait_for(child);
    INFO(test::read_text(folder.string() + ".log"));
    if (code == 130) return;
    REQUIRE(code == 0);  // It got to the end before the signal: once more.
    std::filesystem::remove_all(folder);
  }
  FAIL("five trainings in a row ended before they could be interrupted");
}

std::string differences(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto left = engine::SafetensorsFile::open(a), right = engine::SafetensorsFile::open(b);
  if (left.names() != right.names()) return "the lists of tensors differ";
  std::string names;
  for (const auto& record : left.records()) {
    const auto& other = right.at(record.name);
    if (other.bytes != record.bytes || std::memcmp(other.data, record.data, record.bytes) != 0)
      names += record.name + " ";
  }
  return names;
}

double mean_iou(const std::filesystem::path& folder) {
  const auto metrics = nlohmann::json::parse(test::read_text(folder / "metrics.json"));
  return metrics.at("all").at("mean").at("nan_as_zero").at("iou").get<double>();
}

}  // namespace

TEST_CASE("training with --device cuda resumes bit for bit, in f32 and bf16", "[cuda]") {
  if (!test::cuda_queue()) return;
  for (const std::string precision : {"f32", "bf16"}) {
    INFO(precision);
    const test::TemporaryFolder folder;
    const std::string flags = "--ema 0.9 --clip-norm 1 --precision " + precision;
    train_network(folder / "whole", flags);
    interrupt_training(folder / "broken", flags);
    train_network(folder / "broken", flags + " --resume");
    CHECK(differences(folder / "whole" / "last.safetensors", folder / "broken" / "last.safetensors") == "");
    CHECK(differences(folder / "whole" / "best.safetensors", folder / "broken" / "best.safetensors") == "");
  }
}

TEST_CASE("a network trained with --device cuda is evaluated and used there as on the cpu", "[cuda]") {
  if (!test::cuda_queue()) return;
  const test::TemporaryFolder folder;
  train_network(folder / "run", "--optimizer adam");
  const std::string weights = "--weights " + (folder / "run" / "best.safetensors").string() + " ";
  std::vector<datasets::LabelMap> labels;
  for (const std::string device : {"cpu", "cuda"}) {
    const std::string flags = weights + tiny_scenes + "--split test --device " + device;
    Run{folder / (device + "_scores")}("evaluate", flags);
    Run{folder / (device + "_pictures")}("predict", flags + " --limit 1");
    for (const auto& file : std::filesystem::directory_iterator(folder / (device + "_pictures")))
      if (file.path().string().ends_with("_label.png")) labels.push_back(datasets::read_label(file.path()));
  }
  CHECK(mean_iou(folder / "cuda_scores") == Approx(mean_iou(folder / "cpu_scores")).margin(0.01));
  REQUIRE(labels.size() == 2);
  REQUIRE(labels[0].pixels.size() == labels[1].pixels.size());
  std::size_t other = 0;
  for (std::size_t i = 0; i < labels[0].pixels.size(); ++i) other += labels[0].pixels[i] != labels[1].pixels[i] ? 1 : 0;
  CHECK(other <= labels[0].pixels.size() / 100);  // Where two classes score the same.
}

TEST_CASE("trace with --device cuda gives the reference's numbers", "[cuda]") {
  if (!test::cuda_queue()) return;
  const test::TemporaryFolder folder;
  const auto queue = test::reference_queue();
  engine::nn::save_weights(train::open_network("mfnet", {.classes = 5, .width = 0.125}, queue, 3)->store,
                           folder / "weights.safetensors");
  const std::vector<float> rgb = test::golden_image("trace.rgb", {1, 3, 32, 48}),
                           thermal = test::golden_image("trace.thermal", {1, 1, 32, 48});
  const std::vector<engine::TensorToWrite> inputs{
      {"rgb", engine::FileDType::f32, {1, 3, 32, 48}, std::as_bytes(std::span(rgb))},
      {"thermal", engine::FileDType::f32, {1, 1, 32, 48}, std::as_bytes(std::span(thermal))}};
  engine::write_safetensors(folder / "inputs.safetensors", inputs);
  for (const std::string device : {"reference", "cuda"})
    Run{folder / device}("trace", "--model mfnet --classes 5 --width 0.125 --weights " +
                                      (folder / "weights.safetensors").string() + " --inputs " +
                                      (folder / "inputs.safetensors").string() + " --device " + device);
  const auto want = engine::SafetensorsFile::open(folder / "reference"),
             got = engine::SafetensorsFile::open(folder / "cuda");
  REQUIRE(got.names() == want.names());
  for (const auto& record : want.records())
    test::expect_close(engine::to_f64(got.at(record.name)), engine::to_f64(record), 1e-4, record.name);
}

TEST_CASE("step_bench runs training steps and inferences with --device cuda", "[cuda]") {
  if (!test::cuda_queue()) return;
  const test::TemporaryFolder folder;
  const Run run{folder / "bench"};
  for (const std::string mode : {"train --precision f32", "infer --precision bf16"})
    run("step_bench",
        "--model mfnet --width 0.125 --size 32x48 --warmup 1 --iterations 1 --device cuda --json --mode " + mode, "");
  CHECK_THAT(run.said(), Contains("\"device\":\"cuda") && Contains("\"seconds\":["));
}

TEST_CASE("with --device auto a program takes a GPU and no emulated one, and prints its choice", "[cuda]") {
  const test::TemporaryFolder folder;
  const Run run{folder / "bench"};
  run("step_bench", "--model mfnet --mode infer --width 0.125 --size 32x48 --warmup 0 --iterations 1 --device auto",
      "");
  const kernels::cuda::Devices found = kernels::cuda::devices();
  CHECK_THAT(run.said(), Contains(found.count > 0 && !found.emulated ? "device: cuda:0" : "device: cpu"));
}
