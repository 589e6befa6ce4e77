// SPDX-License-Identifier: Apache-2.0
// Augmentation on every device. That the CPU's kernel gives what the loader's own transforms give, bit for bit, is
// shown in tests/datasets/stored_samples_test.cpp.
#include "kernels/augment.h"

#include "tests/cases/augment_buffers.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using engine::master_dtype;

namespace {

struct Results {
  Guarded rgb, thermal, labels;
};

Tensor bytes(const std::vector<std::int64_t>& values, const std::shared_ptr<kernels::Queue>& queue) {
  return engine::from_host(std::span<const std::int64_t>(values), {static_cast<std::int64_t>(values.size())}, DType::u8,
                           queue);
}

Results run(const AugmentCase& c, const AugmentBuffers& buffers, const std::shared_ptr<kernels::Queue>& queue,
            DType dtype) {
  Results results{Guarded(queue, augment_result(c, 3), dtype), Guarded(queue, augment_result(c, 1), dtype),
                  Guarded(queue, {static_cast<std::int64_t>(c.images.size()), c.size.h, c.size.w}, DType::u8)};
  const Tensor images = bytes(buffers.images, queue), samples = bytes(buffers.samples, queue);
  const kernels::AugmentInputs in{images, samples};
  const kernels::AugmentOutputs out{results.rgb.view(), results.thermal.view(), results.labels.view()};
  kernels::augment(*queue, buffers.options, in, out);
  return results;
}

void expect_same(const Results& got, const Results& want, const std::string& label) {
  expect_identical(got.rgb, want.rgb, label + ", colour");
  expect_identical(got.thermal, want.thermal, label + ", thermal");
  expect_identical(got.labels, want.labels, label + ", labels");
}

void agree(CaseSize size) {
  for (const AugmentCase& c : augment_cases) {
    if (c.size_class != size) continue;
    const AugmentBuffers buffers = augment_buffers(c);
    const Results want = run(c, buffers, reference_queue(), DType::f64);
    for (const Where& where : everywhere()) {
      const std::string label = c.name + ", " + where.name();
      const Results got = run(c, buffers, where.queue, where.dtype);
      // Five roundings, the largest of them of a number three times as far from 0 as the result.
      expect_close(got.rgb, want.rgb, tolerance(where.dtype, 9), label + ", colour");
      expect_close(got.thermal, want.thermal, tolerance(where.dtype, 9), label + ", thermal");
      expect_identical(got.labels, want.labels, label + ", labels");
      CHECK(got.labels.guards_intact());
      expect_same(run(c, buffers, where.queue, where.dtype), got, label + ", again");
      const Where other = where.otherwise();
      expect_same(run(c, buffers, other.queue, other.dtype), got, label + ", " + other.name());
    }
  }
}

}  // namespace

TEST_CASE("augment gives the images of the reference on every device", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large batches augment to the images of the reference", "[slow]") {
  agree(CaseSize::large);
}

TEST_CASE("augment gives the same bits on every device and in every thread order", "[sanitize]") {
  for (const AugmentCase& c : augment_cases) {
    if (c.size_class != CaseSize::small) continue;
    const AugmentBuffers buffers = augment_buffers(c);
    for (const DType dtype : {DType::f32, DType::bf16}) {
      const Results want = run(c, buffers, queue_of(DeviceKind::cpu), dtype);
      for (const Where& where : everywhere({dtype}))
        expect_same(run(c, buffers, where.queue, dtype), want, c.name + ", " + where.name());
    }
  }
}

TEST_CASE("augment mirrors, then crops, then resizes", "[sanitize]") {
  // A row of four pixels with the colours and counts 10, 20, 30, 40. Mirrored 40 30 20 10; the first two dropped: 20
  // 10; twice as wide: 20 20 10 10.
  AugmentCase c{"by hand", {{{1, 4}, true, 0, 2, {1, 2}}}, {1, 4}};
  AugmentBuffers buffers = augment_buffers(c);
  for (std::size_t x = 0; x < 4; ++x) {
    const auto value = static_cast<std::int64_t>(10 * (x + 1));
    for (std::size_t channel = 0; channel < 3; ++channel) buffers.samples[3 * x + channel] = value;
    buffers.samples[12 + x] = value;
    buffers.samples[16 + x] = static_cast<std::int64_t>(x);
  }
  buffers.options = {.size = {1, 4}};
  for (const Where& where : everywhere({DType::f32})) {
    INFO(where.name());
    const Results got = run(c, buffers, where.queue, DType::f32);
    const auto share = [](int value) {
      return static_cast<double>(static_cast<float>(value) / 255.0f);
    };
    CHECK(got.thermal.values() == std::vector<double>{share(20), share(20), share(10), share(10)});
    CHECK(got.rgb.values()[4] == share(20));
    CHECK(got.rgb.values()[11] == share(10));
    CHECK(got.labels.values() == std::vector<double>{1, 1, 0, 0});
  }
}
