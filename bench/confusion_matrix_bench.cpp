// SPDX-License-Identifier: Apache-2.0
#include "bench/harness.h"
#include "engine/ops/confusion_matrix.h"
#include "tests/cases/network_cases.h"

namespace {

void rows(bench::Harness& harness) {
  for (const test::ConfusionMatrixCase& c :
       harness.cases(test::confusion_matrix_cases, test::network::confusion_matrix))
    harness.row("confusion_matrix", c.name, [&]() -> bench::Job {
      const auto logits = harness.activation(c.logits);
      const auto labels = harness.labels(c.labels, static_cast<int>(c.logits.c()), bench::DType::u8);
      const auto matrices = harness.labels({c.logits.n()}, c.matrices, bench::DType::i32);
      const auto totals = engine::confusion_totals(c.matrices, static_cast<int>(c.logits.c()), harness.queue());
      return {[=, ignored = c.ignored] {
                engine::confusion_matrix(logits, labels, matrices, totals, {.ignored_label = ignored});
              },
              bench::bytes_of(logits, labels)};
    });
}

const bench::Registration registration(rows);

}  // namespace
