// SPDX-License-Identifier: Apache-2.0
#include "kernels/dropout.h"

#include <algorithm>
#include <limits>

#include "tests/cases/dropout_cases.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;

namespace {

const kernels::RandomKey random_key{kernels::stream_key(7, "dropout"), (std::uint64_t{1} << 33) + 5};

void agree(CaseSize size) {
  for (const DropoutCase& c : dropout_cases) {
    if (c.size != size) continue;
    for (const Where& where : everywhere()) {
      const Twin x = random_twin(where, c.x, 1);
      Guarded y(where.queue, c.x, where.dtype), want(reference_queue(), c.x, DType::f64);
      kernels::dropout(*where.queue, c.options, random_key, x.here, y.view());
      kernels::dropout(*reference_queue(), c.options, random_key, x.reference, want.view());
      expect_close(y, want, tolerance(where.dtype, 1), c.name + ", " + where.name());
      const Where cpu{queue_of(DeviceKind::cpu), where.dtype};
      Guarded on_cpu(cpu.queue, c.x, where.dtype);
      kernels::dropout(*cpu.queue, c.options, random_key, random_twin(cpu, c.x, 1).here, on_cpu.view());
      expect_identical(y, on_cpu, c.name + ", " + where.name() + " and cpu");
    }
  }
}

std::vector<double> dropped_ones(const Shape& shape, const kernels::DropoutOptions& options,
                                 const kernels::RandomKey& random) {
  const auto queue = queue_of(DeviceKind::cpu);
  const Tensor ones = engine::full(shape, 1, DType::f32, queue);
  Guarded y(queue, shape, DType::f32);
  kernels::dropout(*queue, options, random, ones, y.view());
  return y.values();
}

}  // namespace

TEST_CASE("dropout drops what the reference drops", "[sanitize]") {
  agree(CaseSize::small);
}

TEST_CASE("large dropout drops what the reference drops", "[slow]") {
  agree(CaseSize::large);
}

// A unit is dropped at probability (u + 1) / 2^24 and kept at u / 2^24, where u are its 24 random bits: so every bit of
// every device's numbers is seen.
TEST_CASE("dropout draws the random bits that philox gives on the host", "[sanitize]") {
  constexpr std::size_t count = 61;
  std::uint32_t bits[count];
  for (std::size_t i = 0; i < count; ++i) bits[i] = kernels::philox(random_key.key, random_key.step, i / 4)[i % 4] >> 8;
  for (const Where& where : everywhere({DType::f32})) {
    const Tensor ones = engine::full({static_cast<std::int64_t>(count)}, 1, where.dtype, where.queue);
    for (std::size_t j = 0; j < count; ++j)
      for (const std::uint32_t threshold : {bits[j], bits[j] + 1}) {
        Guarded y(where.queue, ones.shape(), where.dtype);
        kernels::dropout(*where.queue, kernels::DropoutOptions{.probability = threshold / 16777216.0}, random_key, ones,
                         y.view());
        const std::vector<double> values = y.values();
        for (std::size_t i = 0; i < count; ++i) {
          INFO(where.name() << ", element " << i << ", threshold " << threshold);
          REQUIRE((values[i] == 0) == (bits[i] < threshold));
        }
      }
  }
}

TEST_CASE("dropout is the same on every thread count", "[sanitize]") {
  for (const DropoutCase& c : dropout_cases) {
    if (c.size != CaseSize::small) continue;
    const auto once = [&](int threads) {
      const Where where{queue_of(DeviceKind::cpu, threads), DType::f32};
      Guarded y(where.queue, c.x, where.dtype);
      kernels::dropout(*where.queue, c.options, random_key, random_twin(where, c.x, 1).here, y.view());
      return y;
    };
    expect_identical(once(2), once(1), c.name);
  }
}

TEST_CASE("dropout drops the share it is asked for, differently in every step", "[sanitize]") {
  const Shape shape{40000};
  const kernels::DropoutOptions options{.probability = 0.3};
  const std::vector<double> first = dropped_ones(shape, options, {11, 0}), next = dropped_ones(shape, options, {11, 1});
  const auto zeros = std::count(first.begin(), first.end(), 0.0);
  // Five standard deviations of a binomial count: sqrt(40000 * 0.3 * 0.7) is 91.7.
  CHECK(std::abs(static_cast<double>(zeros) - 12000) < 459);
  const auto kept = std::max_element(first.begin(), first.end());
  CHECK(*kept == Approx(1 / 0.7));
  std::int64_t both = 0;
  for (std::size_t i = 0; i < first.size(); ++i) both += first[i] == 0 && next[i] == 0;
  // Independent steps share 0.09 of the units: 3600, deviation 57.2.
  CHECK(std::abs(static_cast<double>(both) - 3600) < 286);
}

TEST_CASE("dropout of channels drops all pixels of a channel of one image together", "[sanitize]") {
  const Shape shape{4, 16, 3, 5};
  const std::vector<double> values = dropped_ones(shape, {.probability = 0.5, .unit = whole_channels}, {3, 9});
  int dropped = 0;
  for (std::int64_t n = 0; n < shape.n(); ++n)
    for (std::int64_t c = 0; c < shape.c(); ++c) {
      const double first = values[static_cast<std::size_t>(shape.offset(n, c, 0, 0))];
      dropped += first == 0;
      for (std::int64_t h = 0; h < shape.h(); ++h)
        for (std::int64_t w = 0; w < shape.w(); ++w)
          REQUIRE(values[static_cast<std::size_t>(shape.offset(n, c, h, w))] == first);
    }
  CHECK(dropped > 12);
  CHECK(dropped < 52);
}

TEST_CASE("dropout turns a dropped infinity into zero", "[sanitize]") {
  for (const auto& queue : {queue_of(DeviceKind::cpu), reference_queue()})
    for (const auto unit : {kernels::DropoutOptions::Unit::element, whole_channels}) {
      const DType dtype = queue == reference_queue() ? DType::f64 : DType::f32;
      const Tensor x = engine::full({1, 3, 2, 5}, std::numeric_limits<double>::infinity(), dtype, queue);
      Guarded y(queue, x.shape(), dtype);
      kernels::dropout(*queue, kernels::DropoutOptions{.probability = 1, .unit = unit}, random_key, x, y.view());
      CHECK(y.values() == std::vector<double>(30, 0.0));
    }
}
