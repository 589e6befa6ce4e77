// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden_comparison.h"

#include <algorithm>
#include <cmath>

#include "engine/autograd.h"
#include "tests/support/catch.h"
#include "train/supervised.h"

namespace test {

using engine::nn::Mode;

namespace {

double norm(const Tensor& tensor) {
  double sum = 0;
  for (const double value : engine::download(tensor)) sum += value * value;
  return std::sqrt(sum);
}

class TrainingCase {
 public:
  TrainingCase(const GoldenName& golden, Mode mode, const Computing& where)
      : golden_(golden.folder, golden.name),
        name_(golden.name + " on " + to_string(where.queue->device())),
        mode_(mode),
        recipe_({.model = golden.model}, where.queue, 0) {
    const auto filled = golden_.network(golden.model, where.queue);
    for (const auto& entry : filled->store.entries())
      if (entry.tensor) engine::copy_into(entry.tensor, recipe_.state().find(entry.name)->tensor);
    const models::Inputs in = golden_.inputs(where.queue, where.dtype);
    batch_ = {in.rgb, in.thermal, golden_.labels(where.queue), {}};
  }

  void compare(const TrainingTolerance& allowed) {
    recorded_drift_ = allowed.recorded_drift;
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

  NamedGradients gradients() {
    recipe_.differentiate(batch_, {.mode = mode_});
    NamedGradients result;
    for (const auto& parameter : recipe_.state().parameters())
      result.emplace_back(parameter.name, engine::download(parameter.tensor.grad()));
    return result;
  }

 private:
  int check(const std::string& tensor, const Tensor& value, double tolerance) {
    const std::vector<double> want = golden_.values(tensor);
    if (std::all_of(want.begin(), want.end(), [](double w) { return w == 0; })) {  // A dead path: compared absolutely.
      for (const double got : golden_.thinned(tensor, engine::download(value))) CHECK(std::abs(got) < 1e-12);
      return 1;
    }
    if (recorded_drift_) tolerance = std::max(tolerance, golden_.float_tolerance(tensor));
    expect_close(golden_.thinned(tensor, engine::download(value)), want, tolerance, name_ + " " + tensor);
    return 1;
  }

  bool is_structural_zero(const std::string& key) const {
    const auto& json = golden_.json();
    if (!json.contains("grad_l2_structural_zeros")) return false;
    const auto& zeros = json["grad_l2_structural_zeros"];
    return std::find(zeros.begin(), zeros.end(), key) != zeros.end();
  }

  void compare_gradients(const TrainingTolerance& allowed, int& compared) {
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
  bool recorded_drift_ = false;
  train::Supervised recipe_;
  train::Batch batch_;
};

}  // namespace

FeatureTolerance always(double tolerance) {
  return [tolerance](const GoldenCase&, const std::string&) {
    return tolerance;
  };
}

FeatureTolerance float_tolerance() {
  return [](const GoldenCase& golden, const std::string& feature) {
    return golden.float_tolerance(feature);
  };
}

void compare_evaluation(const GoldenName& golden, const Computing& where, const FeatureTolerance& tolerance) {
  const GoldenCase fixture(golden.folder, golden.name);
  const auto network = fixture.network(golden.model, where.queue);
  models::Inputs in = fixture.inputs(where.queue, where.dtype);
  int compared = 0;
  const auto check = [&](const std::string& feature, const Tensor& value) {
    if (!fixture.has(feature)) return;
    ++compared;
    expect_close(fixture.thinned(feature, engine::download(value)), fixture.values(feature),
                 tolerance(fixture, feature),
                 golden.name + " on " + to_string(where.queue->device()) + " " + name_of(where.dtype) + " " + feature);
  };
  in.listener = check;
  const engine::NoGradient no_gradient;
  check("logits", (*network->model)(in, Mode::evaluate));
  CHECK(compared == static_cast<int>(fixture.tensors().size()));
}

void compare_training(const GoldenName& golden, Mode mode, const Computing& where, const TrainingTolerance& allowed) {
  TrainingCase(golden, mode, where).compare(allowed);
}

NamedGradients frozen_gradients(const GoldenName& golden, const Computing& where) {
  return TrainingCase(golden, Mode::frozen_batch_norm, where).gradients();
}

std::vector<std::pair<std::string, double>> cosines(const NamedGradients& got, const NamedGradients& want) {
  REQUIRE(got.size() == want.size());
  std::vector<std::pair<std::string, double>> result;
  for (std::size_t i = 0; i < got.size(); ++i) {
    REQUIRE(got[i].first == want[i].first);
    double dot = 0, a = 0, b = 0;
    for (std::size_t k = 0; k < got[i].second.size(); ++k) {
      dot += got[i].second[k] * want[i].second[k];
      a += got[i].second[k] * got[i].second[k];
      b += want[i].second[k] * want[i].second[k];
    }
    result.emplace_back(got[i].first, a == 0 && b == 0 ? 1.0 : dot / std::sqrt(a * b));
  }
  return result;
}

double compare_directions(const NamedGradients& got, const NamedGradients& want, double least_cosine) {
  double worst = 1;
  for (const auto& [name, cosine] : cosines(got, want)) {
    INFO(name << ": cosine " << cosine);
    CHECK(cosine >= least_cosine);
    worst = std::min(worst, cosine);
  }
  return worst;
}

}  // namespace test
