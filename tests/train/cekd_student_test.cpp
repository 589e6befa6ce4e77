// SPDX-License-Identifier: Apache-2.0
// CEKD's student: its authors' step through the public door, every ablation of the letter, refusals, and a run.
#include "train/cekd_student.h"

#include <cmath>

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

const models::ModelOptions tiny{.classes = 5, .width = 0.0625, .size = {64, 96}};

// Writes a fresh teacher's weights.
std::filesystem::path teacher_file(const TemporaryFolder& folder, const std::string& model = "cenet",
                                   const models::ModelOptions& options = tiny) {
  const auto path = folder / (model + ".safetensors");
  engine::nn::save_weights(train::open_network(model, options, queue_of(DeviceKind::cpu), 5)->store, path);
  return path;
}

std::unique_ptr<train::Recipe> open_student(const std::vector<std::string>& pairs, const std::filesystem::path& teacher,
                                            const std::string& model = "", const models::ModelOptions& network = tiny) {
  train::Settings settings(pairs);
  return train::open_recipe("cekd_student", {.model = model, .network = network, .teacher = teacher}, settings,
                            queue_of(DeviceKind::cpu), 3);
}

train::Batch random_batch(int images = 2) {
  const auto queue = queue_of(DeviceKind::cpu);
  return {random_tensor(queue, {images, 3, 64, 96}, DType::f32, 1, 0, 1),
          random_tensor(queue, {images, 1, 64, 96}, DType::f32, 2, 0, 1),
          engine::zeros({images, 64, 96}, DType::u8, queue),
          {}};
}

std::vector<std::string> terms_of(train::Recipe& recipe) {
  std::vector<std::string> names;
  for (const auto& [name, loss] : recipe.differentiate(random_batch(), {})) {
    INFO(name);
    CHECK(std::isfinite(engine::read_scalar(loss)));
    names.push_back(name);
  }
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("cekd_student: a traced step with frozen batch norm equals its authors', in f32", "[memory]") {
  compare_traced_step({"eknet_frozen_bn_gradient_64x64",
                       "cekd_student",
                       "frozen_bn",
                       {queue_of(DeviceKind::cpu), DType::f32},
                       {.tensor = 1e-4, .scalar = 1e-4}});
}
TEST_CASE("cekd_student: a traced training step equals its authors', in f32", "[memory][slow]") {
  compare_traced_step({"eknet_train_64x96",
                       "cekd_student",
                       "train",
                       {queue_of(DeviceKind::cpu), DType::f32},
                       {.tensor = 1e-4, .scalar = 1e-4, .gradients = false, .recorded_drift = true}});
}
TEST_CASE("cekd_student: a traced step with frozen batch norm equals its authors', in double", "[memory][slow]") {
  compare_traced_step({"eknet_frozen_bn_gradient_64x64",
                       "cekd_student",
                       "frozen_bn",
                       {reference_queue(), DType::f64},
                       {.tensor = 2e-6, .scalar = 1e-5}});
}
TEST_CASE("cekd_student: a traced training step equals its authors', in double", "[memory][slow]") {
  compare_traced_step({"eknet_train_64x96",
                       "cekd_student",
                       "train",
                       {reference_queue(), DType::f64},
                       {.tensor = 2e-6, .scalar = 1e-5, .gradients = false}});
}

TEST_CASE("cekd_student: each term can be left out, and the similarity replaced", "[sanitize]") {
  const TemporaryFolder folder;
  const auto teacher = teacher_file(folder);
  CHECK(terms_of(*open_student({}, teacher)) == Names{"sim", "kdce", "edge", "seg", "total"});
  CHECK(terms_of(*open_student({"sim=none", "kdce=0", "hint=0"}, teacher)) == Names{"seg", "total"});
  CHECK(terms_of(*open_student({"sim=none", "hint=0", "temperature=1"}, teacher)) == Names{"kdce", "seg", "total"});
  CHECK(terms_of(*open_student({"kdce=0", "hint=0", "seg=0"}, teacher)) == Names{"sim", "total"});
  CHECK(terms_of(*open_student({"sim=attention", "lambda=0"}, teacher)) ==
        Names{"sim", "kdce", "edge", "seg", "total"});
  CHECK(terms_of(*open_student({}, teacher, "kdnet")) == Names{"sim", "kdce", "edge", "seg", "total"});
}

TEST_CASE("cekd_student: prime-aware distillation learns a variance beside the student") {
  const TemporaryFolder folder;
  const auto recipe = open_student({"sim=prime_aware"}, teacher_file(folder));
  CHECK(terms_of(*recipe) == Names{"sim", "kdce", "edge", "seg", "total"});
  const auto* head = recipe->state().find("prime_aware/variance.conv.weight");
  REQUIRE(head != nullptr);
  CHECK(head->tensor.grad());
  const std::vector<double> before = engine::download(head->tensor);
  recipe->update();
  CHECK(engine::download(head->tensor) != before);
}

TEST_CASE("cekd_student: strategy A learns from labels, B from a teacher that sees the thermal image alone") {
  const TemporaryFolder folder;
  const auto supervised = open_student({"strategy=A"}, {});
  CHECK(supervised->uses_labels());
  CHECK(terms_of(*supervised) == Names{"seg", "total"});
  CHECK(terms_of(*open_student({"strategy=A"}, {}, "mfnet_thermal")) == Names{"seg", "total"});
  CHECK(terms_of(*open_student({"strategy=A"}, {}, "rtfnet18_thermal")) == Names{"seg", "total"});
  const auto thermal = open_student({"strategy=B"}, teacher_file(folder, "cenet_thermal"));
  CHECK_FALSE(thermal->uses_labels());
  CHECK(terms_of(*thermal) == Names{"sim", "kdce", "edge", "seg", "total"});
  CHECK_THROWS_AS(open_student({"strategy=C"}, folder / "cenet_thermal.safetensors"), kernels::CheckpointError);
}

TEST_CASE("cekd_student: its teacher neither changes nor has a gradient") {
  const TemporaryFolder folder;
  const auto path = teacher_file(folder);
  const train::Teacher teacher({.weights = path, .network = tiny}, queue_of(DeviceKind::cpu));
  const train::Batch batch = random_batch();
  const std::vector<double> before = engine::download(teacher({batch.rgb, batch.thermal}).logits);
  CHECK_FALSE(teacher({batch.rgb, batch.thermal}).logits.node());
  CHECK(engine::download(teacher({batch.rgb, batch.thermal}).logits) == before);
}

TEST_CASE("cekd_student: wrong teachers are refused with what is wrong") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(open_student({}, {}), Contains("needs --teacher") && Contains("strategy A"));
  CHECK_THROWS_WITH(open_student({"strategy=A"}, teacher_file(folder)), Contains("strategy A has no teacher"));
  models::ModelOptions nine = tiny;
  nine.classes = 9;
  CHECK_THROWS_WITH(open_student({}, teacher_file(folder, "cenet", nine)),
                    Contains("knows 9 classes, the student shall learn 5"));
  const auto other = teacher_file(folder, "mfnet");
  CHECK_THROWS_WITH(open_student({}, other),
                    Contains("mfnet.safetensors: these are not the weights of a cenet of 5 classes"));
  CHECK_THROWS_WITH(open_student({}, teacher_file(folder), "mfnet_thermal"), Contains("has no features to compare"));
  CHECK_THROWS_WITH(open_student({}, teacher_file(folder), "cenet"), Contains("sees the thermal image alone"));
  CHECK_THROWS_WITH(open_student({"sim=none", "kdce=0", "hint=0", "seg=0"}, teacher_file(folder)),
                    Contains("nothing is left to learn from"));
  CHECK_THROWS_WITH(open_student({"strategy=D"}, teacher_file(folder)), Contains("expected one of C, B, A"));
}

TEST_CASE("cekd_student: a batch of one image is refused with what to do instead") {
  const TemporaryFolder folder;
  const auto recipe = open_student({}, teacher_file(folder));
  CHECK_THROWS_WITH(recipe->differentiate(random_batch(1), {}), Contains("one image") || Contains("alone"));
}

TEST_CASE("cekd_student: teacher, student, scores and pictures from the command line") {
  const TemporaryFolder folder;
  // Five images in batches of two: the student leaves out the last one.
  const std::string data =
      "--dataset synthetic --dataset-set height=64 --dataset-set width=96 --dataset-set day=3 --dataset-set night=2 ";
  const std::string flags =
      data + "--width 0.0625 --validation-split train --threads 1 --workers 1 --device cpu --epochs 1 ";
  const auto teacher = folder / "teacher", student = folder / "student", pictures = folder / "pictures";
  run_to_end("train", words("--recipe cekd_teacher " + flags + "--out " + teacher.string()), folder / "log");
  run_to_end("train",
             words("--recipe cekd_student --teacher " + (teacher / "best.safetensors").string() + " " + flags +
                   "--out " + student.string()),
             folder / "log");
  for (const auto& run : {teacher, student})
    run_to_end("predict",
               words(data + "--split train --limit 1 --threads 1 --device cpu --weights " +
                     (run / "last.safetensors").string() + " --out " + (pictures / run.filename()).string()),
               folder / "log");
  const auto has = [&](const std::string& run, const std::string& ending) {
    for (const auto& entry : std::filesystem::directory_iterator(pictures / run))
      if (entry.path().string().ends_with(ending)) return true;
    return false;
  };
  CHECK(has("teacher", "_edges.png"));
  CHECK(has("teacher", "_label.png"));
  CHECK(has("student", "_enhanced.png"));
  CHECK_FALSE(has("student", "_edges.png"));
}
