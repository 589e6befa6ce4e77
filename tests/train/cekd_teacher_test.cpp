// SPDX-License-Identifier: Apache-2.0
// CEKD's teacher: its authors' step through the public door, the letter's two phases, and a run from the command line.
#include "train/cekd_teacher.h"

#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/cekd_trace.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "train/recipes.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

const train::RecipeOptions tiny{.network = {.classes = 5, .width = 0.0625, .size = {64, 96}}};

std::unique_ptr<train::Recipe> open_teacher(const std::vector<std::string>& pairs,
                                            train::RecipeOptions options = tiny) {
  train::Settings settings(pairs);
  return train::open_recipe("cekd_teacher", options, settings, queue_of(DeviceKind::cpu), 3);
}

// Two images with their labels and edges of random places.
train::Batch random_batch(int edge_scale) {
  const auto queue = queue_of(DeviceKind::cpu);
  std::vector<std::int64_t> labels(2 * 64 * 96),
      edges(labels.size() / static_cast<std::size_t>(edge_scale * edge_scale));
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i / 16 % 5);
  for (std::size_t i = 0; i < edges.size(); ++i) edges[i] = i % 7 == 0;
  return {
      random_tensor(queue, {2, 3, 64, 96}, DType::f32, 1, 0, 1),
      random_tensor(queue, {2, 1, 64, 96}, DType::f32, 2, 0, 1),
      engine::from_host(std::span<const std::int64_t>(labels), {2, 64, 96}, DType::u8, queue),
      {},
      engine::from_host(std::span<const std::int64_t>(edges), {2, 64 / edge_scale, 96 / edge_scale}, DType::u8, queue)};
}

std::vector<std::string> terms_of(const train::Losses& losses) {
  std::vector<std::string> names;
  for (const auto& [name, loss] : losses) names.push_back(name);
  return names;
}

}  // namespace

// One activation of encoder_rgb_layer3.1.bn1 is -1.5e-7 in maps that reach 5. Where float32 makes it positive, norms of
// gradients move by up to 2e-4, and are those of images brighter by 5e-6.
TEST_CASE("cekd_teacher: a traced step with frozen batch norm equals its authors', in f32", "[memory]") {
  compare_traced_step({"cenet_frozen_bn_gradient_64x64",
                       "cekd_teacher",
                       "frozen_bn",
                       {queue_of(DeviceKind::cpu), DType::f32},
                       {.tensor = 1e-4, .scalar = 1e-4, .gradients = false}});
}
TEST_CASE("cekd_teacher: gradients with frozen batch norm are exact for images nearby, in f32", "[memory][slow]") {
  compare_gradients_nearby({"cenet_frozen_bn_gradient_64x64",
                            "cekd_teacher",
                            "frozen_bn",
                            {queue_of(DeviceKind::cpu), DType::f32},
                            {.tensor = 1e-4, .scalar = 1e-4}},
                           1 + 5e-6);
}
TEST_CASE("cekd_teacher: a traced training step equals its authors', in f32", "[memory][slow]") {
  compare_traced_step({"cenet_train_64x96",
                       "cekd_teacher",
                       "train",
                       {queue_of(DeviceKind::cpu), DType::f32},
                       {.tensor = 1e-4, .scalar = 1e-4, .gradients = false, .recorded_drift = true}});
}
TEST_CASE("cekd_teacher: a traced step with frozen batch norm equals its authors', in double", "[memory][slow]") {
  compare_traced_step({"cenet_frozen_bn_gradient_64x64",
                       "cekd_teacher",
                       "frozen_bn",
                       {reference_queue(), DType::f64},
                       {.tensor = 2e-6, .scalar = 1e-5}});
}
TEST_CASE("cekd_teacher: a traced training step equals its authors', in double", "[memory][slow]") {
  compare_traced_step({"cenet_train_64x96",
                       "cekd_teacher",
                       "train",
                       {reference_queue(), DType::f64},
                       {.tensor = 2e-6, .scalar = 1e-5, .gradients = false}});
}

TEST_CASE("cekd_teacher: every position of the edge module trains, each parameter", "[sanitize]") {
  for (const char* position : {"NED", "E123D3", "E123D2", "D234D2", "E2D3", "E1D2", "D2D2", "D3D3"}) {
    INFO(position);
    const auto recipe = open_teacher({std::string("edge_position=") + position});
    const auto edges = recipe->edges();
    CHECK(edges.has_value() == (std::string(position) != "NED"));
    const auto terms = terms_of(recipe->differentiate(random_batch(edges ? edges->reduction : 4), {}));
    CHECK(terms ==
          (edges ? std::vector<std::string>{"seg", "edge", "total"} : std::vector<std::string>{"seg", "total"}));
    for (const auto& parameter : recipe->state().parameters()) {
      INFO(parameter.name);
      CHECK(parameter.tensor.grad());
    }
  }
}

TEST_CASE("cekd_teacher: the second phase begins with the first one's weights and an edge module of its own") {
  const TemporaryFolder folder;
  const auto first = open_teacher({"phase=first"});
  CHECK_FALSE(first->edges());
  CHECK(first->state().find("edge.conv1x1.weight") == nullptr);
  engine::nn::save_weights(first->state(), folder / "first.safetensors");
  const auto second = open_teacher({"phase=second"});
  second->initialise(folder / "first.safetensors");
  const std::string key = "deconv3.0.conv1.weight";
  CHECK(engine::download(second->state().find(key)->tensor) == engine::download(first->state().find(key)->tensor));
  CHECK(second->state().find("edge.conv1x1.weight") != nullptr);
  // In one phase the edge module's weights must be there; in the second nothing else may be missing.
  CHECK_THROWS_WITH(open_teacher({})->initialise(folder / "first.safetensors"), Contains("edge."));
  CHECK_THROWS_AS(open_teacher({"phase=second"}, {.network = {.classes = 9, .width = 0.0625, .size = {64, 96}}})
                      ->initialise(folder / "first.safetensors"),
                  kernels::CheckpointError);
}

TEST_CASE("cekd_teacher: settings, networks and sizes that make no sense are refused in words", "[sanitize]") {
  CHECK_THROWS_WITH(open_teacher({"form=letter"}), Contains("--set form=letter: expected one of code, paper"));
  CHECK_THROWS_WITH(open_teacher({"phase=third"}), Contains("expected one of only, first, second"));
  CHECK_THROWS_WITH(open_teacher({"edge_position=D4D4"}), Contains("D4D4") && Contains("E123D3"));
  CHECK_THROWS_WITH(open_teacher({"phase=first", "edge_position=D3D3"}), Contains("trains without edge module"));
  CHECK_THROWS_WITH(open_teacher({"phase=second", "edge_position=NED"}), Contains("NED"));
  train::RecipeOptions other = tiny;
  other.model = "mfnet";
  CHECK_THROWS_WITH(open_teacher({}, other), Contains("expected cenet") && Contains("got --model mfnet"));
  other = tiny;
  other.network.size = {64, 100};
  CHECK_THROWS_WITH(open_teacher({}, other), Contains("32"));
}

TEST_CASE("cekd_teacher: a run that is interrupted and resumed ends in the same weights, and is scored on edges") {
  const TemporaryFolder folder;
  const std::string flags =
      "--recipe cekd_teacher --width 0.0625 --dataset synthetic --dataset-set height=64 --dataset-set width=96 "
      "--dataset-set day=3 --dataset-set night=3 --validation-split train --threads 1 --workers 1 --device cpu --seed "
      "3 ";
  const auto once = folder / "once", twice = folder / "twice";
  run_to_end("train", words(flags + "--epochs 2 --out " + once.string()), folder / "log");
  run_to_end("train", words(flags + "--epochs 1 --out " + twice.string()), folder / "log");
  run_to_end("train", words(flags + "--epochs 2 --resume --out " + twice.string()), folder / "log");
  const auto a = engine::SafetensorsFile::open(once / "last.safetensors"),
             b = engine::SafetensorsFile::open(twice / "last.safetensors");
  for (const auto& record : a.records()) {
    if (record.name.find('/') != std::string::npos) continue;
    INFO(record.name);
    CHECK(engine::to_f64(record) == engine::to_f64(b.at(record.name)));
  }
  run_to_end("evaluate",
             words("--dataset synthetic --dataset-set height=64 --dataset-set width=96 --dataset-set day=2 "
                   "--dataset-set night=2 --threads 1 --device cpu --weights " +
                   (once / "best.safetensors").string() + " --out " + (folder / "scores").string()),
             folder / "log");
  CHECK_THAT(read_text(folder / "scores" / "metrics.json"), Contains("\"edges\"") && Contains("\"thresholds\""));
  CHECK_THAT(read_text(folder / "log"), Contains("edges: IoU"));
}
