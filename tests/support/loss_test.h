// SPDX-License-Identifier: Apache-2.0
// What the kernel tests of losses share: one function runs a case on a device, and it is held against the reference,
// against itself and against other orders of threads.
#pragma once

#include <string>
#include <vector>

#include "tests/cases/case_size.h"
#include "tests/support/kernel_test.h"

namespace test {

// One side of a comparison: a device, or the reference with the same numbers.
class Side {
 public:
  enum class Kind { device, reference };
  Side(Where where, Kind kind) : where_(std::move(where)), kind_(kind) {}

  std::shared_ptr<kernels::Queue> queue() const { return kind_ == Kind::device ? where_.queue : reference_queue(); }
  DType dtype() const { return kind_ == Kind::device ? where_.dtype : DType::f64; }  // Of activations.
  DType master() const { return engine::master_dtype(*queue()); }
  Tensor random(const Shape& shape, std::uint64_t seed, double low = -1, double high = 1) const {
    return pick(random_twin(where_, shape, seed, low, high));
  }
  Tensor parameter(const Shape& shape, std::uint64_t seed, double low = -1, double high = 1) const {
    return pick(random_parameter(where_, shape, seed, low, high));
  }
  Guarded activation(const Shape& shape) const { return {queue(), shape, dtype()}; }
  Guarded vector(const Shape& shape) const { return {queue(), shape, master()}; }

 private:
  Tensor pick(const Twin& twin) const { return kind_ == Kind::device ? twin.here : twin.reference; }
  Where where_;
  Kind kind_;
};

// An output, and how many terms are behind one of its numbers. `in`: the type that its precision is judged by.
struct LossOutput {
  std::string name;
  Guarded values;
  std::int64_t terms = 1;
  DType in = DType::f32;
};
using LossOutputs = std::vector<LossOutput>;

// run(case, side) gives LossOutputs.
template <class Case, class Run>
void expect_losses_agree(const std::vector<Case>& cases, CaseSize size, Run&& run,
                         const char* test_file = __builtin_FILE()) {
  for (const Case& c : cases)
    for (const Where& where : everywhere({DType::f32, DType::bf16}, test_file)) {
      if (c.size != size) continue;
      const LossOutputs got = run(c, Side(where, Side::Kind::device)),
                        want = run(c, Side(where, Side::Kind::reference));
      for (std::size_t i = 0; i < got.size(); ++i)
        expect_close(got[i].values, want[i].values, tolerance(got[i].in, got[i].terms),
                     c.name + ", " + where.name() + ", " + got[i].name);
    }
}

template <class Case, class Run>
void expect_losses_repeat(const std::vector<Case>& cases, Run&& run, const char* test_file = __builtin_FILE()) {
  for (const Case& c : cases)
    for (const Where& where : everywhere({DType::f32, DType::bf16}, test_file)) {
      if (c.size != CaseSize::small) continue;
      const auto once = [&](const Where& place) {
        return run(c, Side(place, Side::Kind::device));
      };
      const LossOutputs first = once(where), again = once(where), otherwise = once(where.otherwise());
      for (std::size_t i = 0; i < first.size(); ++i) {
        const std::string label = c.name + ", " + where.name() + ", " + first[i].name;
        expect_identical(first[i].values, again[i].values, label + " twice");
        expect_identical(first[i].values, otherwise[i].values, label + " otherwise");
      }
    }
}

}  // namespace test
