// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden_block.h"

#include <algorithm>
#include <cmath>

#include "engine/autograd.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"

namespace test {

namespace {

Tensor uniform(const std::string& name, const Shape& shape, const std::shared_ptr<kernels::Queue>& queue,
               double scale) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i)
    values.push_back(scale * static_cast<double>(static_cast<float>(golden_uniform(name, i))));
  return engine::from_host(std::span<const double>(values), shape, engine::master_dtype(*queue), queue);
}

}  // namespace

void compare_block(const GoldenBlock& golden, const BlockMaker& make, const std::shared_ptr<kernels::Queue>& queue) {
  const GoldenCase fixture(golden.folder, golden.name);
  const bool exact = queue->device().kind == DeviceKind::reference;
  engine::nn::ParameterStore store(queue);
  const auto module = make(store.root());
  fill_by_rule(store, golden.prefix + golden.module + ".");
  int compared = 0;
  const auto check = [&](const std::string& part, const Tensor& value) {
    const std::string name = golden.module + "." + part;
    if (!fixture.has(name)) return;
    ++compared;
    const std::vector<double> want = fixture.values(name), got = fixture.thinned(name, engine::download(value));
    const std::string label = golden.name + " on " + to_string(queue->device()) + ", " + name;
    INFO(label);
    if (std::all_of(want.begin(), want.end(), [](double w) { return std::abs(w) < 1e-14; })) {
      for (const double each : got) CHECK(std::abs(each) < (exact ? 1e-12 : 1e-5));  // A true zero.
      return;
    }
    expect_close(got, want, exact ? 2e-6 : fixture.float_tolerance(name), label);
  };
  Tensor input = uniform(golden.tag + "." + golden.module + ".input", golden.input, queue, 1);
  input.set_requires_grad(true);
  const Tensor output = module(input);
  check("output", output);
  const Tensor weights = uniform(golden.tag + "." + golden.module + ".project0", output.shape(), queue,
                                 1 / std::sqrt(static_cast<double>(output.elements())));
  double loss = 0;
  const std::vector<double> values = engine::download(output), factors = engine::download(weights);
  for (std::size_t i = 0; i < values.size(); ++i) loss += values[i] * factors[i];
  CHECK(loss == Approx(fixture.scalar(golden.module + ".loss")).epsilon(exact ? 1e-6 : 1e-4));
  engine::backward_from(output, weights);
  check("grad_input", input.grad());
  for (const auto& entry : store.entries()) {
    if (entry.kind == engine::nn::StateEntry::Kind::parameter) check("grad." + entry.name, entry.tensor.grad());
    if (entry.kind == engine::nn::StateEntry::Kind::buffer) check("after." + entry.name, entry.tensor);
  }
  const std::vector<std::string> stored = fixture.tensors();
  CHECK(compared == std::count_if(stored.begin(), stored.end(),
                                  [&](const std::string& name) { return name.starts_with(golden.module + "."); }));
}

}  // namespace test
