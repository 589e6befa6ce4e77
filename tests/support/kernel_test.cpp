// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kernel_test.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "kernels/random.h"
#include "tests/support/catch.h"

namespace test {

std::shared_ptr<kernels::Queue> queue_of(DeviceKind kind, int threads) {
  static std::map<std::pair<DeviceKind, int>, std::shared_ptr<kernels::Queue>> queues;
  auto& queue = queues[{kind, threads}];
  if (!queue)
    queue = std::make_shared<kernels::Queue>(kernels::Device{kind}, kernels::QueueOptions{.threads = threads});
  return queue;
}

std::string Where::name() const {
  return to_string(queue->device()) + " " + name_of(dtype);
}

std::vector<Where> everywhere(std::initializer_list<DType> dtypes) {
  std::vector<Where> places;
  for (const DType dtype : dtypes) places.push_back({queue_of(DeviceKind::cpu), dtype});
  return places;
}

namespace {

std::vector<double> random_values(const Shape& shape, DType rounded_to, std::uint64_t seed, double low, double high) {
  kernels::RandomStream stream(seed, "test data");
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (double& value : values) {
    value = stream.uniform(low, high);
    if (rounded_to == DType::bf16)
      value = static_cast<double>(static_cast<float>(kernels::bf16(static_cast<float>(value))));
    if (rounded_to == DType::f32) value = static_cast<double>(static_cast<float>(value));
  }
  return values;
}

Twin twin(const Where& where, const Shape& shape, DType dtype, std::uint64_t seed, double low, double high) {
  const std::vector<double> values = random_values(shape, dtype, seed, low, high);
  return {engine::from_host(std::span<const double>(values), shape, dtype, where.queue),
          engine::from_host(std::span<const double>(values), shape, DType::f64, reference_queue())};
}

constexpr unsigned char guard_byte = 0xA5, fill_byte = 0xFF;  // All ones is a NaN in every floating type.

}  // namespace

Twin random_twin(const Where& where, const Shape& shape, std::uint64_t seed, double low, double high) {
  return twin(where, shape, where.dtype, seed, low, high);
}

Twin random_parameter(const Where& where, const Shape& shape, std::uint64_t seed, double low, double high) {
  return twin(where, shape, DType::f32, seed, low, high);
}

Tensor random_tensor(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype, std::uint64_t seed,
                     double low, double high) {
  const std::vector<double> values = random_values(shape, dtype, seed, low, high);
  return engine::from_host(std::span<const double>(values), shape, dtype, queue);
}

Guarded::Guarded(const std::shared_ptr<kernels::Queue>& queue, const Shape& shape, DType dtype)
    : shape_(shape), dtype_(dtype) {
  const auto bytes = static_cast<std::size_t>(shape.elements()) * kernels::size_of(dtype);
  bytes_ = engine::empty({static_cast<std::int64_t>(bytes + 2 * guard)}, DType::u8, queue);
  auto* data = static_cast<unsigned char*>(bytes_.mutable_view().data);
  std::memset(data, guard_byte, bytes + 2 * guard);
  std::memset(data + guard, fill_byte, bytes);
}

View Guarded::view() const {
  return {static_cast<unsigned char*>(bytes_.mutable_view().data) + guard, dtype_, shape_};
}

std::vector<double> Guarded::values() const {
  std::vector<double> values(static_cast<std::size_t>(shape_.elements()));
  const View data = view();
  kernels::visit_dtype<double, float, kernels::bf16, std::int64_t, std::int32_t, std::uint8_t>(
      dtype_, "test", [&]<class T>() {
        for (std::size_t i = 0; i < values.size(); ++i) {
          if constexpr (std::is_same_v<T, kernels::bf16>)
            values[i] = static_cast<double>(static_cast<float>(data.as<T>()[i]));
          else
            values[i] = static_cast<double>(data.as<T>()[i]);
        }
      });
  return values;
}

bool Guarded::guards_intact() const {
  const auto* data = static_cast<const unsigned char*>(bytes_.view().data);
  const auto total = static_cast<std::size_t>(bytes_.elements());
  for (std::size_t i = 0; i < guard; ++i)
    if (data[i] != guard_byte || data[total - 1 - i] != guard_byte) return false;
  return true;
}

double tolerance(DType dtype, std::int64_t length) {
  const double epsilon = dtype == DType::f64   ? std::numeric_limits<double>::epsilon()
                         : dtype == DType::f32 ? static_cast<double>(std::numeric_limits<float>::epsilon())
                                               : 0x1p-8;
  // bf16 rounds the result once; its sums are f32.
  if (dtype == DType::bf16) return epsilon + tolerance(DType::f32, length);
  return 4 * epsilon * std::sqrt(static_cast<double>(length));
}

void expect_close(const std::vector<double>& got, const std::vector<double>& want, double tolerance,
                  const std::string& label) {
  REQUIRE(got.size() == want.size());
  double largest = 0, worst = -1;
  std::size_t at = 0;
  for (const double value : want) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double difference = std::abs(got[i] - want[i]);
    if (!(difference <= worst)) {
      worst = difference;
      at = i;
    }
    if (std::isnan(difference)) break;
  }
  if (want.empty() || worst <= tolerance * largest) {
    SUCCEED();
    return;
  }
  FAIL_CHECK(label << ": at memory index " << at << " got " << got[at] << ", want " << want[at] << ", difference "
                   << worst << ", largest magnitude " << largest << ", relative " << worst / largest << ", tolerance "
                   << tolerance);
}

void expect_close(const Guarded& got, const Guarded& want, double tolerance, const std::string& label) {
  if (!got.guards_intact()) FAIL_CHECK(label << ": wrote outside its output");
  if (!want.guards_intact()) FAIL_CHECK(label << ": the reference wrote outside its output");
  expect_close(got.values(), want.values(), tolerance, label);
}

void expect_identical(const Guarded& a, const Guarded& b, const std::string& label) {
  const std::vector<double> left = a.values(), right = b.values();
  REQUIRE(left.size() == right.size());
  for (std::size_t i = 0; i < left.size(); ++i)
    if (std::memcmp(&left[i], &right[i], sizeof(double)) != 0) {
      FAIL_CHECK(label << ": at memory index " << i << " one run gives " << left[i] << ", the other " << right[i]);
      return;
    }
  SUCCEED();
}

}  // namespace test
