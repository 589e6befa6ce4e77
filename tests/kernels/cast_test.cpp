// SPDX-License-Identifier: Apache-2.0
#include "kernels/cast.h"

#include <cmath>

#include "tests/cases/cast_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

Guarded converted(const std::shared_ptr<kernels::Queue>& queue, const CastCase& c) {
  const bool negative = c.to != DType::u8 && c.from != DType::u8;
  const Tensor x = random_tensor(queue, c.shape, c.from, 1, negative ? -200 : 0, 200);
  Guarded y(queue, c.shape, c.to);
  kernels::cast(*queue, x, y.view());
  return y;
}

std::vector<double> cast_values(const std::shared_ptr<kernels::Queue>& queue, const std::vector<float>& values,
                                DType to) {
  const Shape shape{static_cast<std::int64_t>(values.size())};
  Guarded y(queue, shape, to);
  kernels::cast(*queue, engine::from_host(std::span<const float>(values), shape, DType::f32, queue), y.view());
  CHECK(y.guards_intact());
  return y.values();
}

// The queues of every device, the reference's among them.
std::vector<std::shared_ptr<kernels::Queue>> every_queue() {
  std::vector<std::shared_ptr<kernels::Queue>> queues{reference_queue()};
  for (const Where& where : everywhere({DType::f32})) queues.push_back(where.queue);
  return queues;
}

void agree(CaseSize size) {
  for (const CastCase& c : cast_cases) {
    if (c.size != size) continue;
    const Guarded want = converted(reference_queue(), c);
    for (const Where& where : everywhere({c.to}))
      for (const Where& place : {where, where.otherwise()}) {
        const Guarded y = converted(place.queue, c);
        CHECK(y.guards_intact());
        expect_identical(y, want, c.name + ", " + place.name());
      }
  }
}

}  // namespace

TEST_CASE("cast gives the bits of the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large cast gives the bits of the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("cast to bf16 rounds to nearest, ties to even", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    // A bf16 has 8 significant bits: between 1 and 2 the steps are 2^-7.
    const std::vector<float> values = {1 + 0x1p-8f, 1 + 0x3p-8f, 1 + 0x1p-8f + 0x1p-20f, -3.4e38f, 1e-40f};
    CHECK(cast_values(queue, values, DType::bf16) ==
          std::vector<double>{1, 1 + 0x1p-6, 1 + 0x1p-7, -INFINITY, 0x1p-133});
  }
}

TEST_CASE("cast to an integer drops the fraction and stays in range", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    const std::vector<float> values = {2.9f, -2.9f, 300, 1e20f, -1e20f, std::nanf("")};
    CHECK(cast_values(queue, values, DType::u8) == std::vector<double>{2, 0, 255, 255, 0, 0});
    CHECK(cast_values(queue, values, DType::i32) == std::vector<double>{2, -2, 300, 2147483647, -2147483648.0, 0});
    CHECK(cast_values(queue, values, DType::i64) == std::vector<double>{2, -2, 300, 0x1p63, -0x1p63, 0});
  }
}
