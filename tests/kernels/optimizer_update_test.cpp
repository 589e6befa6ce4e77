// SPDX-License-Identifier: Apache-2.0
#include "kernels/optimizer_update.h"

#include <functional>

#include "tests/cases/optimizer_update_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::Centered;
using kernels::Nesterov;
using kernels::ParameterUpdates;

namespace {

struct Rule {
  std::string name;
  std::function<void(kernels::Queue&, ConstView rate, ParameterUpdates)> update;
};

const std::vector<Rule>& rules() {
  const auto sgd = [](const kernels::SgdOptions& options) {
    return [=](auto& queue, ConstView rate, ParameterUpdates updates) {
      kernels::sgd_update(queue, options, rate, updates);
    };
  };
  const auto adam = [](const kernels::AdamOptions& options) {
    return [=](auto& queue, ConstView rate, ParameterUpdates updates) {
      kernels::adam_update(queue, options, rate, updates);
    };
  };
  const auto adamw = [](const kernels::AdamOptions& options) {
    return [=](auto& queue, ConstView rate, ParameterUpdates updates) {
      kernels::adamw_update(queue, options, rate, updates);
    };
  };
  const auto rmsprop = [](const kernels::RmspropOptions& options) {
    return [=](auto& queue, ConstView rate, ParameterUpdates updates) {
      kernels::rmsprop_update(queue, options, rate, updates);
    };
  };
  static const std::vector<Rule> all = {
      {"sgd", sgd({})},
      {"sgd with weight decay", sgd({.weight_decay = 0.1})},
      {"sgd with momentum", sgd({.momentum = 0.9})},
      {"sgd with momentum, dampening and weight decay", sgd({.momentum = 0.8, .dampening = 0.4, .weight_decay = 0.1})},
      {"sgd with Nesterov", sgd({.momentum = 0.9, .nesterov = Nesterov::yes})},
      {"sgd with Nesterov and weight decay", sgd({.momentum = 0.9, .weight_decay = 0.1, .nesterov = Nesterov::yes})},
      {"adam", adam({})},
      {"adam with weight decay", adam({.weight_decay = 0.1})},
      {"adam with a short memory", adam({.beta1 = 0.3, .beta2 = 0.5, .epsilon = 0.01})},
      {"adamw", adamw({.weight_decay = 0.1})},
      {"adamw without weight decay", adamw({})},
      {"rmsprop", rmsprop({.epsilon = 1e-4})},
      {"rmsprop with weight decay", rmsprop({.epsilon = 1e-4, .weight_decay = 0.1})},
      {"rmsprop with momentum", rmsprop({.epsilon = 1e-4, .momentum = 0.9})},
      {"rmsprop centered", rmsprop({.alpha = 0.9, .epsilon = 0.1, .centered = Centered::yes})},
      {"rmsprop centered with momentum and a short memory",
       rmsprop({.alpha = 0.4, .epsilon = 0.1, .momentum = 0.5, .centered = Centered::yes})},
  };
  return all;
}

constexpr int steps = 3;

// Everything that a rule wrote, in the order of the parameters: parameter, three states.
std::vector<Guarded> updated(const Rule& rule, const OptimizerUpdateCase& c, const Where& where) {
  const bool on_reference = where.queue->device().kind == DeviceKind::reference;
  const auto twin = [&](const Shape& shape, std::uint64_t seed) {
    // Rounded to f32 on every device, so that a comparison measures the kernel.
    const Where here{on_reference ? queue_of(DeviceKind::cpu) : where.queue, DType::f32};
    const Twin numbers = random_parameter(here, shape, seed);
    return on_reference ? numbers.reference : numbers.here;
  };
  const DType dtype = on_reference ? DType::f64 : DType::f32;
  std::vector<Guarded> outputs;
  std::vector<Tensor> counts;
  for (std::size_t i = 0; i < c.parameters.size(); ++i) {
    for (int part = 0; part < 4; ++part) {
      outputs.emplace_back(where.queue, c.parameters[i], dtype);
      const Tensor start = part == 0 ? twin(c.parameters[i], i) : engine::zeros(c.parameters[i], dtype, where.queue);
      outputs.back().start_from(start);
    }
    counts.push_back(engine::zeros({}, DType::i64, where.queue));
  }
  const Tensor rate = engine::full({}, 0.05, DType::f64, where.queue);
  for (int k = 0; k < steps; ++k) {
    std::vector<Tensor> gradients;
    std::vector<kernels::ParameterUpdate> updates;
    for (std::size_t i = 0; i < c.parameters.size(); ++i) {
      gradients.push_back(twin(c.parameters[i], 1000 + 7 * i + static_cast<std::size_t>(k)));
      updates.push_back({outputs[4 * i].view(),
                         gradients.back(),
                         counts[i].mutable_view(),
                         {outputs[4 * i + 1].view(), outputs[4 * i + 2].view(), outputs[4 * i + 3].view()}});
    }
    rule.update(*where.queue, rate, updates);
  }
  for (const Tensor& n : counts) CHECK(engine::download_integers(n)[0] == steps);
  return outputs;
}

}  // namespace

TEST_CASE("optimizer updates agree with the reference", "[sanitize]") {
  for (const OptimizerUpdateCase& c : optimizer_update_cases) {
    if (c.size != OptimizerUpdateCase::Size::small) continue;
    for (const Rule& rule : rules()) {
      const std::vector<Guarded> want = updated(rule, c, {reference_queue(), DType::f64});
      for (const Where& where : everywhere({DType::f32})) {
        const std::vector<Guarded> got = updated(rule, c, where);
        for (std::size_t i = 0; i < got.size(); ++i)
          expect_close(got[i], want[i], 2e-6,
                       rule.name + ", " + c.name + ", " + where.name() + ", tensor " + std::to_string(i / 4) +
                           ", part " + std::to_string(i % 4));
      }
    }
  }
}

TEST_CASE("one call updates more parameters than one launch takes", "[sanitize]") {
  const Rule& rule = rules()[2];  // With a state.
  for (const Where& where : everywhere({DType::f32})) {
    const std::vector<Guarded> got = updated(rule, thousands_of_parameters, where);
    const std::vector<Guarded> want = updated(rule, thousands_of_parameters, {reference_queue(), DType::f64});
    for (std::size_t i = 0; i < got.size(); ++i)
      expect_close(
          got[i], want[i], 2e-6,
          rule.name + ", " + where.name() + ", tensor " + std::to_string(i / 4) + ", part " + std::to_string(i % 4));
  }
}

TEST_CASE("optimizer updates repeat bit for bit, whatever the threads", "[sanitize]") {
  for (const OptimizerUpdateCase& c : optimizer_update_cases) {
    if (c.size != OptimizerUpdateCase::Size::small) continue;
    for (const Rule& rule : rules())
      for (const Where& where : everywhere({DType::f32})) {
        const std::string label = rule.name + ", " + c.name + ", " + where.name();
        const auto first = updated(rule, c, where), second = updated(rule, c, where),
                   otherwise = updated(rule, c, where.otherwise());
        for (std::size_t i = 0; i < first.size(); ++i) {
          expect_identical(first[i], second[i], label + ", twice");
          expect_identical(first[i], otherwise[i], label + ", with other threads");
        }
      }
  }
}
