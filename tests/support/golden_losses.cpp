// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden_losses.h"

#include <functional>

#include "engine/autograd.h"
#include "engine/ops/cross_entropy.h"
#include "engine/ops/distillation_cross_entropy.h"
#include "engine/ops/edge_loss.h"
#include "engine/ops/mean_squared_error.h"
#include "engine/ops/pairwise_similarity.h"
#include "engine/ops/pseudo_label_cross_entropy.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/golden_case.h"

namespace test {

void compare_cekd_losses(const Computing& where, const TrainingTolerance& allowed) {
  const GoldenCase golden("cekd", "losses");
  const auto& queue = where.queue;
  const auto input = [&](const std::string& name) {
    const auto& rule = golden.json().at("inputs").at(name);
    const auto shape = kernels::Shape::from(rule.at("shape").get<std::vector<std::int64_t>>());
    std::vector<double> values;
    for (std::int64_t i = 0; i < shape.elements(); ++i) {
      const double value = rule.at("scale").get<double>() * golden_uniform(rule.at("name").get<std::string>(), i);
      values.push_back(static_cast<double>(static_cast<float>(value)));
    }
    return engine::from_host(std::span<const double>(values), shape, where.dtype, queue);
  };
  const auto edge_input = [&] {
    const auto& rule = golden.json().at("edge_map");
    const auto shape = kernels::Shape::from(rule.at("shape").get<std::vector<std::int64_t>>());
    const std::vector<float> values = golden_image(rule.at("name").get<std::string>(), shape);
    return engine::from_host(std::span<const float>(values), shape, where.dtype, queue);
  };
  const std::vector<double> edge_labels = golden.values("edge_label");
  const Tensor edges = engine::from_host(std::span<const double>(edge_labels), {2, 12, 16}, DType::u8, queue);
  const Tensor f5 = input("teacher_f5"), logits = input("teacher_logits"), hint = input("teacher_hint");
  std::size_t compared = 1;  // The edge labels.
  const auto compare = [&](const std::string& name, Tensor student,
                           const std::function<Tensor(const Tensor&)>& loss_of) {
    student.set_requires_grad(true);
    const Tensor loss = loss_of(student);
    INFO(name << " on " << to_string(queue->device()));
    CHECK(engine::read_scalar(loss) == Approx(golden.scalar("loss_" + name)).epsilon(allowed.scalar));
    engine::backward(loss);
    expect_close(golden.thinned("grad." + name, engine::download(student.grad())), golden.values("grad." + name),
                 allowed.tensor, to_string(queue->device()) + ", gradient of " + name);
    ++compared;
  };
  compare("sim", input("student_f5"), [&](const Tensor& x) { return engine::pairwise_similarity(x, f5); });
  for (const double temperature : {6.0, 1.0})
    compare(temperature == 6 ? "kdce_T6" : "kdce_T1", input("student_logits"), [&](const Tensor& x) {
      return engine::distillation_cross_entropy(x, logits, {.temperature = temperature});
    });
  compare("mse", input("student_hint"), [&](const Tensor& x) { return engine::mean_squared_error(x, hint); });
  compare("pseudo_ce", input("student_logits"),
          [&](const Tensor& x) { return engine::pseudo_label_cross_entropy(x, logits).loss; });
  compare("seg_ce", input("student_logits"),
          [&](const Tensor& x) { return engine::cross_entropy(x, golden.labels(queue)); });
  compare("edge", edge_input(), [&](const Tensor& x) { return engine::edge_loss(x, edges); });
  CHECK(compared == golden.tensors().size());
}

}  // namespace test
