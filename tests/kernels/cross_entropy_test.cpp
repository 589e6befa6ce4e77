// SPDX-License-Identifier: Apache-2.0
#include "kernels/cross_entropy.h"

#include <cmath>

#include "kernels/random.h"
#include "tests/cases/cross_entropy_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using Catch::Matchers::Contains;
using engine::master_dtype;
using kernels::CrossEntropyInputs;
using kernels::LossReduction;

namespace {

struct Operands {
  Twin logits, weight, dloss;
  Tensor labels, reference_labels;
  Shape loss;
};

// The queues of every device, the reference's among them.
std::vector<std::shared_ptr<kernels::Queue>> every_queue() {
  std::vector<std::shared_ptr<kernels::Queue>> queues{reference_queue()};
  for (const Where& where : everywhere({DType::f32})) queues.push_back(where.queue);
  return queues;
}

// One label in five is the ignored one, where there is one.
std::vector<std::int64_t> random_labels(const CrossEntropyCase& c) {
  kernels::RandomStream stream(7, "labels");
  std::vector<std::int64_t> labels(static_cast<std::size_t>(c.logits.pixels()));
  for (auto& label : labels) {
    label = stream.below(static_cast<std::uint32_t>(c.logits.c()));
    if (c.options.ignored_label && stream.chance(0.2)) label = *c.options.ignored_label;
  }
  return labels;
}

Operands operands(const CrossEntropyCase& c, const Where& where) {
  const bool reduced = c.options.reduction != LossReduction::none;
  const Shape map{c.logits.n(), c.logits.h(), c.logits.w()}, loss = reduced ? Shape{} : map;
  const std::vector<std::int64_t> labels = random_labels(c);
  const bool weighted = c.weights == ClassWeights::given;
  return {random_twin(where, c.logits, 1, -12, 12),
          weighted ? random_parameter(where, {c.logits.c()}, 2, 0.25, 4) : Twin{},
          random_parameter(where, loss, 3, 0.5, 1),
          engine::from_host(std::span<const std::int64_t>(labels), map, c.labels, where.queue),
          engine::from_host(std::span<const std::int64_t>(labels), map, DType::i64, reference_queue()),
          loss};
}

// The loss, the divisor and the gradient on one device.
struct Results {
  Guarded loss, total, dlogits;
};

Results run(const CrossEntropyCase& c, const std::shared_ptr<kernels::Queue>& queue, const CrossEntropyInputs& inputs,
            const Tensor& dloss, DType dtype) {
  const DType master = master_dtype(*queue);
  const Shape loss = dloss.shape();
  Results r{{queue, loss, master}, {queue, {}, master}, {queue, c.logits, dtype}};
  const View total = c.options.reduction == LossReduction::mean ? r.total.view() : View{};
  kernels::cross_entropy_forward(*queue, c.options, inputs, r.loss.view(), total);
  kernels::cross_entropy_grad(*queue, c.options, inputs, dloss, total, r.dlogits.view());
  return r;
}

void agree(CaseSize size) {
  for (const CrossEntropyCase& c : cross_entropy_cases)
    for (const Where& where : everywhere()) {
      if (c.size != size) continue;
      const std::string label = c.name + ", " + where.name();
      const Operands o = operands(c, where);
      const Results got = run(c, where.queue, {o.logits.here, o.labels, o.weight.here}, o.dloss.here, where.dtype);
      const Results want = run(c, reference_queue(), {o.logits.reference, o.reference_labels, o.weight.reference},
                               o.dloss.reference, DType::f64);
      const std::int64_t terms = c.logits.c();
      expect_close(got.loss, want.loss, tolerance(DType::f32, terms), label + ", loss");
      if (c.options.reduction == LossReduction::mean)
        expect_close(got.total, want.total, tolerance(DType::f32, 1), label + ", divisor");
      expect_close(got.dlogits, want.dlogits, tolerance(where.dtype, terms), label + ", gradient");
    }
}

}  // namespace

TEST_CASE("cross entropy and its gradient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large cross entropy and its gradient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("cross entropy repeats bit for bit, and in any order of threads", "[sanitize]") {
  for (const CrossEntropyCase& c : cross_entropy_cases)
    for (const Where& where : everywhere()) {
      if (c.size != CaseSize::small) continue;
      const auto once = [&](const Where& place) {
        const Operands o = operands(c, place);
        return run(c, place.queue, {o.logits.here, o.labels, o.weight.here}, o.dloss.here, place.dtype);
      };
      const Results first = once(where), again = once(where), otherwise = once(where.otherwise());
      const std::string label = c.name + ", " + where.name();
      expect_identical(first.loss, again.loss, label + ", loss twice");
      expect_identical(first.loss, otherwise.loss, label + ", loss otherwise");
      expect_identical(first.dlogits, again.dlogits, label + ", gradient twice");
      expect_identical(first.dlogits, otherwise.dlogits, label + ", gradient otherwise");
    }
}

TEST_CASE("cross entropy neither overflows nor loses a large margin", "[sanitize]") {
  const CrossEntropyCase c{"large logits", {1, 3, 1, 2}, {.reduction = LossReduction::none}};
  for (const Where& where : everywhere()) {
    const std::vector<double> logits = {3e38, 80, -3e38, 0, 0, 80};  // Pixels (3e38, -3e38, 0) and (80, 0, 80).
    const std::vector<std::int64_t> labels = {0, 1};
    const Tensor x = engine::from_host(std::span<const double>(logits), c.logits, where.dtype, where.queue);
    const Tensor y = engine::from_host(std::span<const std::int64_t>(labels), {1, 1, 2}, DType::u8, where.queue);
    const Tensor ones = engine::full({1, 1, 2}, 1.0, DType::f32, where.queue);
    const Results r = run(c, where.queue, {x, y, {}}, ones, where.dtype);
    expect_close(r.loss.values(), {0.0, 80 + std::log(2.0)}, 1e-6, where.name() + ", loss");
    expect_close(r.dlogits.values(), {0, 0, 0, 0.5, -1, 0.5}, 1e-6, where.name() + ", gradient");
  }
}

TEST_CASE("cross entropy over ignored pixels alone is NaN as a mean and 0 as a sum, with gradient 0", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    const DType dtype = master_dtype(*queue);
    // Not even a NaN among the logits may leak out of an ignored pixel.
    const Tensor logits = engine::full({1, 3, 2, 5}, std::nan(""), dtype, queue);
    const Tensor labels = engine::full({1, 2, 5}, 255, DType::u8, queue);
    const Tensor dloss = engine::full({}, 1.0, dtype, queue);
    for (const LossReduction reduction : {LossReduction::mean, LossReduction::sum}) {
      const CrossEntropyCase c{"ignored", {1, 3, 2, 5}, {.ignored_label = 255, .reduction = reduction}};
      const Results r = run(c, queue, {logits, labels, {}}, dloss, dtype);
      INFO(to_string(queue->device()));
      CHECK(std::isnan(r.loss.values()[0]) == (reduction == LossReduction::mean));
      if (reduction == LossReduction::sum) CHECK(r.loss.values()[0] == 0.0);
      for (const double value : r.dlogits.values()) CHECK(value == 0.0);
    }
  }
}

TEST_CASE("a label that is no class is refused with its place and value", "[sanitize]") {
  for (const auto& queue : {queue_of(DeviceKind::cpu), reference_queue()}) {
    const DType dtype = master_dtype(*queue);
    const Shape shape{2, 3, 4, 5};
    const Tensor logits = engine::zeros(shape, dtype, queue);
    std::vector<std::int64_t> values(40, 1);
    values[20 + 2 * 5 + 3] = 3;
    const Tensor labels = engine::from_host(std::span<const std::int64_t>(values), {2, 4, 5}, DType::u8, queue);
    Guarded loss(queue, {}, dtype), total(queue, {}, dtype);
    const auto forward = [&](const kernels::CrossEntropyOptions& options) {
      kernels::cross_entropy_forward(*queue, options, CrossEntropyInputs{logits, labels, {}}, loss.view(),
                                     total.view());
    };
    CHECK_THROWS_AS(forward({}), kernels::DataError);
    CHECK_THROWS_WITH(forward({.ignored_label = 255}),
                      Contains("label 3 at image 1, row 2, column 3: expected 0 to 2 or the ignored 255"));
    CHECK_NOTHROW(forward({.ignored_label = 3}));
  }
}

TEST_CASE("a label that is no class gives NaN on device cuda, which cannot throw", "[sanitize]") {
  for (const Where& where : everywhere({DType::f32})) {
    if (where.queue->device().kind != DeviceKind::cuda) continue;
    const CrossEntropyCase c{"wild label", {1, 3, 1, 2}, {.reduction = LossReduction::none}};
    const std::vector<std::int64_t> values = {3, 1};
    const Tensor labels = engine::from_host(std::span<const std::int64_t>(values), {1, 1, 2}, DType::u8, where.queue);
    const Tensor logits = engine::zeros(c.logits, DType::f32, where.queue);
    const Tensor ones = engine::full({1, 1, 2}, 1.0, DType::f32, where.queue);
    const Results r = run(c, where.queue, {logits, labels, {}}, ones, DType::f32);
    const std::vector<double> loss = r.loss.values(), gradient = r.dlogits.values();
    CHECK(std::isnan(loss[0]));
    CHECK(loss[1] == Approx(std::log(3.0)));
    for (std::size_t i = 0; i < 6; ++i) CHECK(std::isnan(gradient[i]) == (i < 3));
  }
}
