// SPDX-License-Identifier: Apache-2.0
#include "kernels/elementwise_binary.h"

#include "kernels/broadcast.h"
#include "tests/cases/elementwise_binary_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::BinaryOp;

namespace {

constexpr BinaryOp all_ops[] = {BinaryOp::add, BinaryOp::subtract, BinaryOp::multiply, BinaryOp::divide};

void agree(CaseSize size) {
  for (const ElementwiseBinaryCase& c : elementwise_binary_cases)
    for (const Where& where : everywhere()) {
      if (c.size != size) continue;
      const Twin a = random_twin(where, c.a, 1), b = random_twin(where, c.b, 2, 0.5, 2);
      const Twin master = random_parameter(where, c.b, 3, 0.5, 2);
      const Shape shape = kernels::broadcast_shape("test", c.a, c.b);
      for (const BinaryOp op : all_ops)
        for (const Twin* right : {&b, &master}) {
          Guarded y(where.queue, shape, where.dtype), want(reference_queue(), shape, DType::f64);
          kernels::elementwise_binary(*where.queue, op, a.here, right->here, y.view());
          kernels::elementwise_binary(*reference_queue(), op, a.reference, right->reference, want.view());
          expect_close(y, want, tolerance(where.dtype, 1),
                       c.name + ", " + where.name() + ", op " + std::to_string(static_cast<int>(op)) +
                           (right == &master ? ", f32 on the right" : ""));
        }
    }
}

}  // namespace

TEST_CASE("sum, difference, product and quotient agree with the reference", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large sum, difference, product and quotient agree with the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("a binary op may write over either operand", "[sanitize]") {
  for (const Where& where : everywhere())
    for (const std::int64_t count : {1, 31, 100, 70000}) {
      const Twin a = random_twin(where, {count}, 1), b = random_twin(where, {count}, 2);
      Guarded want(where.queue, {count}, where.dtype);
      kernels::elementwise_binary(*where.queue, BinaryOp::subtract, a.here, b.here, want.view());
      for (const bool left : {true, false}) {
        Guarded y(where.queue, {count}, where.dtype);
        kernels::elementwise_binary(*where.queue, BinaryOp::add, left ? a.here : b.here,
                                    engine::zeros({1}, where.dtype, where.queue), y.view());
        kernels::elementwise_binary(*where.queue, BinaryOp::subtract, left ? ConstView(y.view()) : a.here,
                                    left ? b.here : ConstView(y.view()), y.view());
        expect_identical(y, want, where.name() + (left ? ", over the left" : ", over the right"));
      }
    }
}

TEST_CASE("a binary op gives the same bits on any number of threads", "[sanitize]") {
  for (const ElementwiseBinaryCase& c : elementwise_binary_cases)
    for (const DType dtype : {DType::f32, DType::bf16}) {
      if (c.size != CaseSize::small) continue;
      const Shape shape = kernels::broadcast_shape("test", c.a, c.b);
      const auto once = [&](int threads) {
        const Where where{queue_of(DeviceKind::cpu, threads), dtype};
        const Twin a = random_twin(where, c.a, 1), b = random_twin(where, c.b, 2);
        Guarded y(where.queue, shape, dtype);
        kernels::elementwise_binary(*where.queue, BinaryOp::multiply, a.here, b.here, y.view());
        return y;
      };
      const Guarded first = once(2), again = once(2), one = once(1), three = once(3);
      expect_identical(first, again, c.name + ", twice");
      expect_identical(first, one, c.name + ", 1 and 2 threads");
      expect_identical(first, three, c.name + ", 3 and 2 threads");
    }
}
