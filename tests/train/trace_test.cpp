// SPDX-License-Identifier: Apache-2.0
// The parity door, from file to file.
#include "train/trace.h"

#include "engine/formats/safetensors.h"
#include "engine/nn/weights.h"
#include "tests/support/catch.h"
#include "tests/support/golden_case.h"
#include "tests/support/kernel_test.h"
#include "tests/support/temporary_folder.h"

using namespace test;
using Catch::Matchers::Contains;

namespace {

// The weights and inputs of a golden case as files, and the options that trace them.
train::TraceOptions files_of(const GoldenCase& golden, const std::string& model, const std::filesystem::path& folder) {
  const auto queue = reference_queue();
  engine::nn::save_weights(golden.network(model, queue)->store, folder / "weights.safetensors");
  const models::Inputs in = golden.inputs(queue, DType::f64);
  std::vector<std::vector<double>> values{engine::download(in.rgb), engine::download(in.thermal)};
  const auto shape = [](const Tensor& t) {
    return std::vector<std::int64_t>{t.shape().n(), t.shape().c(), t.shape().h(), t.shape().w()};
  };
  std::vector<engine::TensorToWrite> tensors{
      {"rgb", engine::FileDType::f64, shape(in.rgb), std::as_bytes(std::span(values[0]))},
      {"thermal", engine::FileDType::f64, shape(in.thermal), std::as_bytes(std::span(values[1]))}};
  std::vector<std::int64_t> ids;
  if (golden.json().contains("label")) {
    const Tensor labels = golden.labels(queue);
    ids = engine::download_integers(labels);
    tensors.push_back({"labels",
                       engine::FileDType::i64,
                       {labels.shape()[0], labels.shape()[1], labels.shape()[2]},
                       std::as_bytes(std::span(ids))});
  }
  engine::write_safetensors(folder / "inputs.safetensors", tensors);
  train::TraceOptions options;
  options.model = model;
  options.weights = folder / "weights.safetensors";
  options.inputs = folder / "inputs.safetensors";
  options.out = folder / "out.safetensors";
  return options;
}

}  // namespace

TEST_CASE("trace writes the logits and features of mfnet's golden case", "[sanitize]") {
  const TemporaryFolder folder;
  const GoldenCase golden("mfnet", "mfnet_eval");
  train::trace(files_of(golden, "mfnet", folder.path()), reference_queue(), DType::f64);
  const auto out = engine::SafetensorsFile::open(folder.path() / "out.safetensors");
  CHECK(out.records().size() == golden.tensors().size());
  for (const std::string& name : golden.tensors()) {
    const auto& record = out.at(name == "logits" ? name : "feature." + name);
    CHECK(record.dtype == engine::FileDType::f64);
    expect_close(golden.thinned(name, engine::to_f64(record)), golden.values(name), 2e-6, name);
  }
}

TEST_CASE("trace of a recipe writes losses, gradients, updates and momentum, and only what is asked for") {
  const TemporaryFolder folder;
  const GoldenCase golden("mfnet", "mfnet_train");
  train::TraceOptions options = files_of(golden, "mfnet", folder.path());
  options.recipe = "supervised";
  options.steps = 2;
  options.mode = "train";
  options.only = {"step*.loss.*",
                  "step1.grad.decode1.conv.weight",
                  "step2.param.decode1.bn.weight",
                  "step2.buffer.decode1.bn.*",
                  "step1.state.momentum.decode1.bn.weight",
                  "step1.grad_norm.*"};
  train::trace(options, reference_queue(), DType::f64);
  const auto out = engine::SafetensorsFile::open(options.out);
  for (const char* step : {"1", "2"})
    CHECK(engine::to_f64(out.at("step" + std::string(step) + ".loss.total"))[0] ==
          Approx(golden.scalar("loss_step" + std::string(step))).epsilon(1e-6));
  const auto compare = [&](const std::string& name, const std::string& stored) {
    expect_close(golden.thinned(stored, engine::to_f64(out.at(name))), golden.values(stored), 2e-6, name);
  };
  compare("step1.grad.decode1.conv.weight", "grad.decode1.conv.weight");
  compare("step2.param.decode1.bn.weight", "after_step2.decode1.bn.weight");
  compare("step2.buffer.decode1.bn.running_mean", "after_step2.decode1.bn.running_mean");
  CHECK(engine::to_i64(out.at("step2.buffer.decode1.bn.num_batches_tracked"))[0] == 2);
  CHECK(out.find("step1.state.momentum.decode1.bn.weight") != nullptr);
  CHECK(out.find("step1.logits") == nullptr);
  CHECK(engine::to_f64(out.at("step1.grad_norm.conv1_rgb.conv.bias"))[0] == 0);
}

TEST_CASE("trace refuses what it does not know, and lists what there is", "[sanitize]") {
  const TemporaryFolder folder;
  const GoldenCase golden("mfnet", "mfnet_eval");
  train::TraceOptions options = files_of(golden, "mfnet", folder.path());
  const auto run = [&](const train::TraceOptions& o) {
    train::trace(o, reference_queue(), DType::f64);
  };
  auto other = options;
  other.settings = {"temperature=3"};
  CHECK_THROWS_WITH(run(other), Contains("temperature") && Contains("dropout"));
  other = options;
  other.mode = "test";
  CHECK_THROWS_WITH(run(other), Contains("--mode test"));
  other = options;
  other.model = "mfnet_rgb";
  CHECK_THROWS_WITH(run(other), Contains("unexpected") && Contains("conv1_inf.bn.bias"));
  other = options;
  other.only = {"nothing*"};
  CHECK_THROWS_WITH(run(other), Contains("nothing*"));
  other = options;
  other.recipe = "supervised";
  CHECK_THROWS_WITH(run(other), Contains("needs labels"));
}
