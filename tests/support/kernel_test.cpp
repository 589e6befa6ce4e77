// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kernel_test.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "kernels/cuda/devices.h"
#include "kernels/random.h"
#include "tests/cases/without_cuda.h"
#include "tests/support/catch.h"

#ifdef ISOTHERM_CUDA_EMULATED
#include "kernels/cuda/emulation/launch.h"
#endif

namespace test {

namespace {

constexpr int thread_orders = 4;
constexpr const char* order_names[thread_orders] = {"forward", "reverse", "shuffled", "run_ahead"};

void set_thread_order([[maybe_unused]] kernels::Queue& queue, [[maybe_unused]] int order) {
#ifdef ISOTHERM_CUDA_EMULATED
  using namespace kernels::cuda::emulation;
  Options options;
  options.order = static_cast<Order>((order - 1) % thread_orders);
  options.async_copy = order % 2 == 1 ? AsyncCopy::late : AsyncCopy::eager;
  set_options(queue, options);
#endif
}

// "conv2d" of ".../tests/kernels/conv2d_test.cpp".
std::string op_of(const std::string& test_file) {
  const std::string name = test_file.substr(test_file.rfind('/') + 1);
  return name.substr(0, name.rfind("_test.cpp"));
}

bool has_cuda_kernel(const std::string& op) {
  const auto& without = ops_without_cuda;
  if (std::find(std::begin(without), std::end(without), op) == std::end(without)) return true;
  static std::set<std::string> named;
  if (named.insert(op).second) WARN("skipped on device cuda: " << op << " has no kernel there yet");
  return false;
}

}  // namespace

std::shared_ptr<kernels::Queue> queue_of(DeviceKind kind, int threads, kernels::Products products) {
  static std::map<std::tuple<DeviceKind, int, kernels::Products>, std::shared_ptr<kernels::Queue>> queues;
  auto& queue = queues[{kind, threads, products}];
  if (!queue) {
    // On a GPU with cuDNN, too, the tests are of the kernels; tests/kernels/conv2d_choice_test.cpp is of the library.
    const kernels::AutotuneOptions own_kernels{.provider = kernels::Provider::native,
                                               .determinism = kernels::Determinism::required};
    queue = std::make_shared<kernels::Queue>(
        kernels::Device{kind},
        kernels::QueueOptions{.threads = threads, .products = products, .autotune = own_kernels});
    if (kind == DeviceKind::cuda) set_thread_order(*queue, threads);
  }
  return queue;
}

std::string Where::name() const {
  const bool tf32 = dtype == DType::f32 && queue->products() == kernels::Products::tf32;
  return to_string(queue->device()) + " " + (tf32 ? "tf32" : name_of(dtype)) + (order.empty() ? "" : ", " + order);
}

double Where::tf32_rounding() const {
  return dtype == DType::f32 && queue->products() == kernels::Products::tf32 ? 2 * 0x1p-11 : 0;
}

Where Where::otherwise() const {
  if (queue->device().kind == DeviceKind::cpu) return {queue_of(DeviceKind::cpu, 1), dtype};
  if (order.empty()) return *this;
  const int other = order == order_names[2] ? 1 : 3;
  return {queue_of(DeviceKind::cuda, other, queue->products()), dtype, order_names[other - 1]};
}

std::vector<Where> everywhere(std::initializer_list<DType> dtypes, const char* test_file) {
  std::vector<Where> places;
  for (const DType dtype : dtypes) places.push_back({queue_of(DeviceKind::cpu), dtype});
  const kernels::cuda::Devices cuda = kernels::cuda::devices();
  if (cuda.count == 0 || !has_cuda_kernel(op_of(test_file))) return places;
  for (const DType dtype : dtypes)
    for (int order = 1; order <= (cuda.emulated ? thread_orders : 1); ++order)
      places.push_back({queue_of(DeviceKind::cuda, order), dtype, cuda.emulated ? order_names[order - 1] : ""});
  return places;
}

std::vector<Where> everywhere_and_tf32(std::initializer_list<DType> dtypes, const char* test_file) {
  std::vector<Where> places = everywhere(dtypes, test_file);
  const std::size_t count = places.size();
  for (std::size_t i = 0; i < count; ++i) {
    Where place = places[i];
    if (place.queue->device().kind != DeviceKind::cuda || place.dtype != DType::f32) continue;
    const auto named = std::find(std::begin(order_names), std::end(order_names), place.order);
    const int order = place.order.empty() ? 1 : static_cast<int>(named - std::begin(order_names)) + 1;
    place.queue = queue_of(DeviceKind::cuda, order, kernels::Products::tf32);
    places.push_back(place);
  }
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

std::vector<unsigned char> fetch(const Tensor& bytes) {
  std::vector<unsigned char> values(static_cast<std::size_t>(bytes.elements()));
  bytes.queue().download(values.data(), bytes.view().data, values.size());
  return values;
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
  queue->fill(data, guard_byte, bytes + 2 * guard);
  queue->fill(data + guard, fill_byte, bytes);
}

View Guarded::view() const {
  return {static_cast<unsigned char*>(bytes_.mutable_view().data) + guard, dtype_, shape_};
}

void Guarded::start_from(const Tensor& tensor) {
  REQUIRE((tensor.shape() == shape_ && tensor.dtype() == dtype_));
  std::vector<unsigned char> bytes(static_cast<std::size_t>(shape_.elements()) * kernels::size_of(dtype_));
  tensor.queue().download(bytes.data(), tensor.view().data, bytes.size());
  bytes_.queue().upload(view().data, bytes.data(), bytes.size());
}

std::vector<double> Guarded::values() const {
  std::vector<double> values(static_cast<std::size_t>(shape_.elements()));
  const std::vector<unsigned char> bytes = fetch(bytes_);
  const unsigned char* start = bytes.data() + guard;
  kernels::visit_dtype<double, float, kernels::bf16, std::int64_t, std::int32_t, std::uint8_t>(
      dtype_, "test", [&]<class T>() {
        const T* data = reinterpret_cast<const T*>(start);
        for (std::size_t i = 0; i < values.size(); ++i) {
          if constexpr (std::is_same_v<T, kernels::bf16>)
            values[i] = static_cast<double>(static_cast<float>(data[i]));
          else
            values[i] = static_cast<double>(data[i]);
        }
      });
  return values;
}

bool Guarded::guards_intact() const {
  const std::vector<unsigned char> bytes = fetch(bytes_);
  for (std::size_t i = 0; i < guard; ++i)
    if (bytes[i] != guard_byte || bytes[bytes.size() - 1 - i] != guard_byte) return false;
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
