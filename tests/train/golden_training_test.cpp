// SPDX-License-Identifier: Apache-2.0
// Losses, logits, gradients and two optimizer steps of the original authors' networks.
#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"
#include "tests/support/golden_case.h"
#include "tests/support/kernel_test.h"
#include "train/supervised.h"

using namespace test;
using engine::nn::Mode;

namespace {

// What a comparison allows; relative to the stored tensor's maximum, or to the scalar.
struct Allowed {
  double tensor, scalar;
  bool gradients = true;  // Whether gradients are well enough conditioned to be compared.
};

double norm(const Tensor& tensor) {
  double sum = 0;
  for (const double value : engine::download(tensor)) sum += value * value;
  return std::sqrt(sum);
}

class TrainingCase {
 public:
  TrainingCase(const std::string& folder, const std::string& name, const std::string& model, Mode mode,
               const std::shared_ptr<kernels::Queue>& queue, DType dtype)
      : golden_(folder, name), name_(name), mode_(mode), recipe_({.model = model}, queue, 0) {
    const auto filled = golden_.network(model, queue);
    for (const auto& entry : filled->store.entries())
      if (entry.tensor) engine::copy_into(entry.tensor, recipe_.state().find(entry.name)->tensor);
    const models::Inputs in = golden_.inputs(queue, dtype);
    batch_ = {in.rgb, in.thermal, golden_.labels(queue), {}};
  }

  void compare(const Allowed& allowed) {
    int compared = 0;
    for (int step = 1; golden_.json()["scalars_f64"].contains("loss_step" + std::to_string(step)) ||
                       (step == 1 && golden_.json()["scalars_f64"].contains("loss"));
         ++step) {
      const std::string number = std::to_string(step);
      const auto listen = [&](const std::string& feature, const Tensor& value) {
        if (step == 1 && feature == "logits" && golden_.has("logits"))
          compared += check("logits", value, allowed.tensor);
      };
      const train::Losses losses = recipe_.differentiate(batch_, {.mode = mode_, .scale = 1, .listener = listen});
      const auto& scalars = golden_.json()["scalars_f64"];
      const std::string key = scalars.contains("loss_step" + number) ? "loss_step" + number : "loss";
      CHECK(engine::read_scalar(losses.back().second) == Approx(golden_.scalar(key)).epsilon(allowed.scalar));
      if (step == 1 && allowed.gradients) compare_gradients(allowed, compared);
      if (step == 1 && !allowed.gradients)
        for (const auto& name : golden_.tensors()) compared += name.starts_with("grad.") ? 1 : 0;
      recipe_.update();
      for (const auto& entry : recipe_.state().entries()) {
        const std::string stored = "after_step" + number + "." + entry.name;
        if (entry.tensor && golden_.has(stored))
          compared += check(stored, entry.tensor, std::max(allowed.tensor, allowed.scalar));
      }
    }
    CHECK(compared == static_cast<int>(golden_.tensors().size()));
  }

 private:
  int check(const std::string& tensor, const Tensor& value, double tolerance) {
    const std::vector<double> want = golden_.values(tensor);
    if (std::all_of(want.begin(), want.end(), [](double w) { return w == 0; })) {  // A dead path: compared absolutely.
      for (const double got : golden_.thinned(tensor, engine::download(value))) CHECK(std::abs(got) < 1e-12);
      return 1;
    }
    expect_close(golden_.thinned(tensor, engine::download(value)), golden_.values(tensor), tolerance,
                 name_ + " " + tensor);
    return 1;
  }

  bool is_structural_zero(const std::string& key) const {
    const auto& json = golden_.json();
    if (!json.contains("grad_l2_structural_zeros")) return false;
    const auto& zeros = json["grad_l2_structural_zeros"];
    return std::find(zeros.begin(), zeros.end(), key) != zeros.end();
  }

  void compare_gradients(const Allowed& allowed, int& compared) {
    for (const auto& parameter : recipe_.state().parameters()) {
      INFO(name_ << " gradient of " << parameter.name);
      const Tensor gradient = parameter.tensor.grad();
      REQUIRE(gradient);
      const bool zero = mode_ == Mode::train && is_structural_zero(parameter.name);
      if (golden_.has("grad." + parameter.name)) {
        if (zero)
          ++compared;
        else
          compared += check("grad." + parameter.name, gradient, allowed.tensor);
      }
      if (zero)
        CHECK(norm(gradient) < 1e-12);
      else if (golden_.json()["grad_l2_f64"].contains(parameter.name))
        CHECK(norm(gradient) == Approx(golden_.json()["grad_l2_f64"][parameter.name].get<double>())
                                    .epsilon(std::max(allowed.scalar, allowed.tensor / 2)));
    }
  }

  GoldenCase golden_;
  std::string name_;
  Mode mode_;
  train::Supervised recipe_;
  train::Batch batch_;
};

void exact(const std::string& folder, const std::string& name, const std::string& model, Mode mode) {
  TrainingCase(folder, name, model, mode, reference_queue(), DType::f64).compare({.tensor = 2e-6, .scalar = 1e-6});
}

}  // namespace

TEST_CASE("mfnet: loss, gradients and two steps equal its authors', in double") {
  exact("mfnet", "mfnet_train", "mfnet", Mode::train);
}

TEST_CASE("rtfnet18: gradients with frozen batch norm equal its authors', in double", "[slow]") {
  exact("rtfnet", "rtfnet18_frozen_bn_gradient", "rtfnet18", Mode::frozen_batch_norm);
}
TEST_CASE("rtfnet18: loss, gradients and two steps equal its authors', in double", "[slow]") {
  exact("rtfnet", "rtfnet18_train", "rtfnet18", Mode::train);
}
TEST_CASE("rtfnet50: gradients with frozen batch norm equal its authors', in double", "[slow][memory]") {
  exact("rtfnet", "rtfnet50_frozen_bn_gradient", "rtfnet50", Mode::frozen_batch_norm);
}
TEST_CASE("rtfnet50: loss, gradients and a step equal its authors', in double", "[slow][memory]") {
  exact("rtfnet", "rtfnet50_train", "rtfnet50", Mode::train);
}

TEST_CASE("mfnet: loss, logits and updates equal its authors', in f32") {
  TrainingCase("mfnet", "mfnet_train", "mfnet", Mode::train, queue_of(DeviceKind::cpu), DType::f32)
      .compare({.tensor = 1e-4, .scalar = 1e-5, .gradients = false});
}
TEST_CASE("rtfnet18: gradients with frozen batch norm equal its authors', in f32") {
  TrainingCase("rtfnet", "rtfnet18_frozen_bn_gradient", "rtfnet18", Mode::frozen_batch_norm, queue_of(DeviceKind::cpu),
               DType::f32)
      .compare({.tensor = 1e-4, .scalar = 1e-4});
}
TEST_CASE("rtfnet50: gradients with frozen batch norm equal its authors', in f32", "[memory]") {
  TrainingCase("rtfnet", "rtfnet50_frozen_bn_gradient", "rtfnet50", Mode::frozen_batch_norm, queue_of(DeviceKind::cpu),
               DType::f32)
      .compare({.tensor = 1e-4, .scalar = 1e-4});
}

TEST_CASE("rtfnet18: bf16 gradients with frozen batch norm point the way of the exact ones") {
  const auto gradients = [](const std::shared_ptr<kernels::Queue>& queue, DType dtype) {
    const GoldenCase golden("rtfnet", "rtfnet18_frozen_bn_gradient");
    train::Supervised recipe({.model = "rtfnet18"}, queue, 0);
    const auto filled = golden.network("rtfnet18", queue);
    for (const auto& entry : filled->store.entries())
      if (entry.tensor) engine::copy_into(entry.tensor, recipe.state().find(entry.name)->tensor);
    const models::Inputs in = golden.inputs(queue, dtype);
    recipe.differentiate({in.rgb, in.thermal, golden.labels(queue), {}}, {.mode = Mode::frozen_batch_norm});
    std::vector<std::pair<std::string, std::vector<double>>> result;
    for (const auto& parameter : recipe.state().parameters())
      result.emplace_back(parameter.name, engine::download(parameter.tensor.grad()));
    return result;
  };
  const auto half = gradients(queue_of(DeviceKind::cpu), DType::bf16),
             single = gradients(queue_of(DeviceKind::cpu), DType::f32);
  double worst = 1;
  for (std::size_t i = 0; i < half.size(); ++i) {
    double dot = 0, a = 0, b = 0;
    for (std::size_t k = 0; k < half[i].second.size(); ++k) {
      dot += half[i].second[k] * single[i].second[k];
      a += half[i].second[k] * half[i].second[k];
      b += single[i].second[k] * single[i].second[k];
    }
    const double cosine = dot / std::sqrt(a * b);
    INFO(half[i].first << ": cosine " << cosine);
    CHECK(cosine >= 0.98);
    worst = std::min(worst, cosine);
  }
  WARN("worst cosine " << worst);
}
