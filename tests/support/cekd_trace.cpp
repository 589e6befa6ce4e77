// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cekd_trace.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "engine/nn/weights.h"
#include "engine/ops/elementwise_unary.h"
#include "engine/stored_tensor.h"
#include "tests/support/catch.h"
#include "tests/support/golden_case.h"
#include "tests/support/temporary_folder.h"
#include "train/trace.h"

namespace test {

namespace {

// Under which name trace writes a tensor of the fixture; after_step1 is a parameter or a buffer.
std::vector<std::string> traced_names(const std::string& stored) {
  static const std::map<std::string, std::string> results{{"edge_map", "edge_map"},
                                                          {"logits", "logits"},
                                                          {"pseudo_label", "pseudo_label"},
                                                          {"delta", "delta"},
                                                          {"teacher_logits", "logits.teacher"},
                                                          {"teacher_f5", "feature.teacher.f5"},
                                                          {"teacher_hint", "feature.teacher.hint"},
                                                          {"student_logits", "logits"},
                                                          {"student_f5", "feature.f5"},
                                                          {"student_hint", "feature.hint"}};
  const std::string update = "after_step1.";
  if (stored.starts_with(update)) {
    const std::string key = stored.substr(update.size());
    return {"step1.param." + key, "step1.buffer." + key};
  }
  return {"step1." + (stored.starts_with("grad.") ? stored : results.at(stored))};
}

// A network's weights by the fixture's rule. Written from the CPU: float32, which the rule is exact in.
void write_weights(const GoldenCase& golden, const std::string& model, const std::string& prefix_entry,
                   const std::filesystem::path& path) {
  engine::nn::save_weights(golden.network(model, queue_of(DeviceKind::cpu), prefix_entry)->store, path);
}

// `brightness` multiplies the images.
void write_inputs(const GoldenCase& golden, const std::filesystem::path& path, double brightness = 1) {
  const models::Inputs in = golden.inputs(reference_queue(), DType::f64);
  std::vector<engine::OwnedTensor> inputs{engine::stored("rgb", engine::affine(in.rgb, brightness, 0)),
                                          engine::stored("thermal", engine::affine(in.thermal, brightness, 0))};
  const auto& stored = golden.json()["tensors"];
  if (stored.contains("edge_label")) {
    const std::vector<double> edges = golden.values("edge_label");
    const auto shape = stored["edge_label"]["full_shape"].get<std::vector<std::int64_t>>();
    inputs.push_back(engine::stored("labels", golden.labels(reference_queue())));
    inputs.push_back(engine::stored(
        "edges",
        engine::from_host(std::span<const double>(edges), kernels::Shape::from(shape), DType::u8, reference_queue())));
  }
  engine::write_safetensors(path, engine::views(inputs));
}

train::TraceOptions write_files(const CekdTrace& trace, const GoldenCase& golden, const std::filesystem::path& folder) {
  const bool teacher = trace.recipe == "cekd_teacher";
  train::TraceOptions options;
  if (!teacher) {
    options.teacher = folder / "teacher.safetensors";
    write_weights(golden, "cenet", "teacher_key_prefix", options.teacher);
  }
  options.recipe = trace.recipe;
  options.mode = trace.mode;
  options.weights = folder / "weights.safetensors";
  options.inputs = folder / "inputs.safetensors";
  options.out = folder / "out.safetensors";
  write_weights(golden, teacher ? "cenet" : "eknet", teacher ? "parameter_key_prefix" : "student_key_prefix",
                options.weights);
  write_inputs(golden, options.inputs);
  options.only = {"step1.loss.*", "step1.grad_norm.*"};
  for (const std::string& stored : golden.tensors())
    if (stored != "edge_label")
      for (const std::string& name : traced_names(stored)) options.only.push_back(name);
  return options;
}

void compare_norms(const GoldenCase& golden, const engine::SafetensorsFile& out, const TrainingTolerance& allowed) {
  const auto& zeros = golden.json().at("grad_l2_structural_zeros");
  for (const auto& [key, value] : golden.json().at("grad_l2_f64").items()) {
    INFO("gradient norm of " << key);
    const double norm = engine::to_f64(out.at("step1.grad_norm." + key))[0];
    if (std::find(zeros.begin(), zeros.end(), key) != zeros.end())
      CHECK(norm < 1e-5);  // Zero but for rounding; the fixtures allow this.
    else if (allowed.gradients)
      CHECK(norm == Approx(value.get<double>()).epsilon(allowed.scalar));
  }
}

}  // namespace

void compare_traced_step(const CekdTrace& trace) {
  const GoldenCase golden("cekd", trace.fixture);
  const TemporaryFolder folder;
  train::trace(write_files(trace, golden, folder.path()), trace.where.queue, trace.where.dtype);
  const auto out = engine::SafetensorsFile::open(folder / "out.safetensors");
  const std::string label = trace.fixture + " on " + to_string(trace.where.queue->device()) + ", ";
  for (const char* term : {"sim", "kdce", "edge", "seg", "total"}) {
    const std::string stored = "loss_" + std::string(term) + "_step1";
    if (!golden.json()["scalars_f64"].contains(stored)) continue;
    INFO(label << stored);
    CHECK(engine::to_f64(out.at("step1.loss." + std::string(term)))[0] ==
          Approx(golden.scalar(stored)).epsilon(trace.allowed.scalar));
  }
  compare_norms(golden, out, trace.allowed);
  const auto& zeros = golden.json().at("grad_l2_structural_zeros");
  for (const std::string& stored : golden.tensors()) {
    if (stored == "edge_label") continue;  // An input.
    if (stored.starts_with("grad.") &&
        (!trace.allowed.gradients || std::find(zeros.begin(), zeros.end(), stored.substr(5)) != zeros.end()))
      continue;
    const auto names = traced_names(stored);
    const auto* record = out.find(names[0]) != nullptr ? out.find(names[0]) : out.find(names.back());
    INFO(label << stored);
    REQUIRE(record != nullptr);
    const double tolerance = trace.allowed.recorded_drift
                                 ? std::max(trace.allowed.tensor, golden.float_tolerance(stored))
                                 : trace.allowed.tensor;
    expect_close(golden.thinned(stored, engine::to_f64(*record)), golden.values(stored), tolerance, label + stored);
  }
}

void compare_gradients_nearby(const CekdTrace& trace, double brightness) {
  const GoldenCase golden("cekd", trace.fixture);
  const TemporaryFolder folder;
  train::TraceOptions options = write_files(trace, golden, folder.path());
  options.only = {"step1.grad.*"};
  train::trace(options, trace.where.queue, trace.where.dtype);
  const auto out = engine::SafetensorsFile::open(options.out);
  write_inputs(golden, options.inputs, brightness);
  options.out = folder / "nearby.safetensors";
  train::trace(options, reference_queue(), DType::f64);
  const auto nearby = engine::SafetensorsFile::open(options.out);
  REQUIRE(nearby.records().size() == golden.json().at("grad_l2_f64").size());
  for (const engine::TensorRecord& record : nearby.records())
    expect_close(engine::to_f64(out.at(record.name)), engine::to_f64(record), trace.allowed.tensor,
                 trace.fixture + " on " + to_string(trace.where.queue->device()) + ", " + record.name);
}

}  // namespace test
