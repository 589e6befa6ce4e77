// SPDX-License-Identifier: Apache-2.0
#include "kernels/confusion_matrix.h"

#include <cmath>

#include "kernels/random.h"
#include "tests/cases/confusion_matrix_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

struct Totals {
  Guarded counts, refused, prediction;
};

// Whole numbers in a narrow range, so that equals are common.
Tensor with_ties(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype) {
  std::vector<double> values = engine::download(random_tensor(reference_queue(), shape, DType::f64, 1, -4, 4));
  for (double& value : values) value = std::floor(value);
  return engine::from_host(std::span<const double>(values), shape, dtype, queue);
}

std::vector<std::int64_t> random_labels(const ConfusionMatrixCase& c) {
  kernels::RandomStream random(3, "labels");
  std::vector<std::int64_t> labels(static_cast<std::size_t>(c.labels.elements()));
  for (std::int64_t& label : labels) {
    label = random.below(static_cast<std::uint32_t>(c.logits.c()));
    if (c.ignored && random.chance(0.2)) label = *c.ignored;
  }
  return labels;
}

// Every second image adds to the last matrix, the last one of several to none.
std::vector<std::int64_t> matrix_of_image(const ConfusionMatrixCase& c) {
  std::vector<std::int64_t> matrices;
  for (std::int64_t n = 0; n < c.logits.n(); ++n) matrices.push_back(n % 2 == 0 ? c.matrices - 1 : 0);
  if (matrices.size() > 2) matrices.back() = c.matrices;
  return matrices;
}

Totals run(const ConfusionMatrixCase& c, const Tensor& logits, const std::vector<std::int64_t>& labels, int batches) {
  const auto& queue = logits.shared_queue();
  const Shape table{c.matrices, c.logits.c(), c.logits.c()};
  Totals totals{Guarded(queue, table, DType::i64), Guarded(queue, {1}, DType::i64),
                Guarded(queue, c.labels, DType::u8)};
  totals.counts.start_from(engine::zeros(table, DType::i64, queue));
  const std::int64_t none[] = {kernels::no_refusal};
  totals.refused.start_from(engine::from_host(std::span<const std::int64_t>(none), {1}, DType::i64, queue));
  const std::vector<std::int64_t> matrices = matrix_of_image(c);
  const Tensor truth = engine::from_host(std::span<const std::int64_t>(labels), c.labels, DType::u8, queue);
  const Tensor of_image = engine::from_host(std::span<const std::int64_t>(matrices), {c.logits.n()}, DType::i32, queue);
  const kernels::ConfusionMatrixInputs in{logits, truth, of_image};
  const kernels::ConfusionMatrixTotals to{totals.counts.view(), totals.refused.view()};
  for (int batch = 0; batch < batches; ++batch) {
    const kernels::ConfusionMatrixOptions options{.ignored_label = c.ignored, .first_image = batch * c.logits.n()};
    kernels::confusion_matrix(*queue, options, in, to, batch == 0 ? totals.prediction.view() : View{});
  }
  return totals;
}

void expect_same(const Totals& got, const Totals& want, const std::string& label) {
  CHECK((got.counts.guards_intact() && got.refused.guards_intact() && got.prediction.guards_intact()));
  expect_identical(got.counts, want.counts, label + ", counts");
  expect_identical(got.refused, want.refused, label + ", refused");
  expect_identical(got.prediction, want.prediction, label + ", prediction");
}

void agree(CaseSize size) {
  for (const ConfusionMatrixCase& c : confusion_matrix_cases) {
    if (c.size != size) continue;
    const std::vector<std::int64_t> labels = random_labels(c);
    const Totals want = run(c, with_ties(reference_queue(), c.logits, DType::f64), labels, 2);
    for (const Where& where : everywhere())
      for (const Where& place : {where, where.otherwise()})
        expect_same(run(c, with_ties(place.queue, c.logits, place.dtype), labels, 2), want,
                    c.name + ", " + place.name());
  }
}

std::vector<std::shared_ptr<kernels::Queue>> every_queue() {
  std::vector<std::shared_ptr<kernels::Queue>> queues{reference_queue()};
  for (const Where& where : everywhere({DType::f32}, "confusion_matrix_test.cpp")) queues.push_back(where.queue);
  return queues;
}

}  // namespace

TEST_CASE("confusion_matrix adds up the counts of the reference in any order of threads", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large confusion_matrix adds up the counts of the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("confusion_matrix has the truth in its rows and what was predicted in its columns", "[sanitize]") {
  // Four pixels of three classes: the largest logits are those of 2, 0, 0 (of equals the lowest) and 1 (NaN).
  const double nan = std::nan("");
  const std::vector<double> logits = {0, 7, 5, 3, 0, 2, 5, nan, 1, 1, 5, 9};  // [1, 3, 2, 2]
  const ConfusionMatrixCase c{"by hand", {1, 3, 2, 2}, {1, 2, 2}};
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    const Tensor x = engine::from_host(std::span<const double>(logits), c.logits, engine::master_dtype(*queue), queue);
    const Totals totals = run(c, x, {2, 2, 0, 1}, 1);
    CHECK(totals.prediction.values() == std::vector<double>{2, 0, 0, 1});
    CHECK(totals.counts.values() == std::vector<double>{1, 0, 0, 0, 1, 0, 1, 0, 1});
  }
}

TEST_CASE("confusion_matrix keeps the first label out of range and counts the others", "[sanitize]") {
  const ConfusionMatrixCase c{"refusals", {2, 4, 9, 24}, {2, 8, 23}, 1, 200};
  std::vector<std::int64_t> labels = random_labels(c);
  const std::size_t image = 8 * 23;
  labels[image + 40] = 4;
  labels[image + 3 * 23 + 5] = 255;
  labels[image + 100] = labels[170] = 200;  // Ignored.
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    const Totals totals = run(c, with_ties(queue, c.logits, engine::master_dtype(*queue)), labels, 2);
    const auto refusal = static_cast<std::int64_t>(totals.refused.values()[0]);
    CHECK(refusal == kernels::to_refusal(1, 40, 4));
    double sum = 0;
    for (const double count : totals.counts.values()) sum += count;
    std::int64_t counted = 0;
    for (const std::int64_t label : labels) counted += label < 4 ? 2 : 0;
    CHECK(sum == static_cast<double>(counted));
  }
}

TEST_CASE("confusion_matrix writes a refusal so that its parts come back", "[sanitize]") {
  const kernels::RefusedLabel label = kernels::from_refusal(kernels::to_refusal(8000000, 4294967295, 254));
  CHECK(label.image == 8000000);
  CHECK(label.pixel == 4294967295);
  CHECK(label.label == 254);
  CHECK(kernels::to_refusal(1, 0, 9) > kernels::to_refusal(0, 4294967295, 255));
}
