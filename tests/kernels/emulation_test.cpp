// SPDX-License-Identifier: Apache-2.0
// The emulator is right about kernels that are right, and finds each fault that is planted.
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/random.h"
#include "tests/support/catch.h"
#include "tests/support/emulated.h"
#include "tests/support/emulated_kernels.h"

namespace test {
namespace {

using kernels::Queue;
using kernels::cuda::emulation::Options;
using kernels::cuda::emulation::ScopedOptions;

std::vector<float> random_numbers(std::size_t count, const char* purpose) {
  kernels::RandomStream stream(20240611, purpose);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = static_cast<float>(stream.uniform(-1, 1));
  return numbers;
}

Queue& queue() {
  static Queue on_cuda(kernels::Device{kernels::DeviceKind::cuda});
  return on_cuda;
}

// Largest difference; NaN where there is one.
double difference(const std::vector<float>& got, const std::vector<double>& want) {
  double largest = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double d = std::abs(static_cast<double>(got[i]) - want[i]);
    if (std::isnan(d)) return d;
    largest = std::max(largest, d);
  }
  return largest;
}

// Runs a kernel with a planted fault and returns its error against plain loops.
template <Fault fault>
double normalise_rows_error() {
  constexpr int rows = 3, columns = 101;
  const std::vector<float> x = random_numbers(rows * columns, "rows");
  std::vector<float> y(x.size(), std::numeric_limits<float>::quiet_NaN());
  std::vector<double> want(x.size());
  for (std::size_t row = 0; row < rows; ++row) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < columns; ++i) mean += static_cast<double>(x[row * columns + i]) / columns;
    for (std::size_t i = 0; i < columns; ++i) {
      want[row * columns + i] = static_cast<double>(x[row * columns + i]) - mean;
      square += want[row * columns + i] * want[row * columns + i] / columns;
    }
    for (std::size_t i = 0; i < columns; ++i) want[row * columns + i] /= square;
  }
  kernels::cuda::launch(queue(), {"normalise_rows", rows, 128}, normalise_rows<fault>, x.data(), y.data(), columns);
  return difference(y, want);
}

template <Fault fault>
double rotated_sum_error() {
  constexpr int steps = 5, width = 256;
  const std::vector<float> x = random_numbers(steps * width, "steps");
  std::vector<float> y(width, std::numeric_limits<float>::quiet_NaN());
  std::vector<double> want(width);
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t i = 0; i < width; ++i) want[i] += static_cast<double>(x[step * width + (i + 1) % width]);
  kernels::cuda::launch(queue(), {"rotated_sum", 1, width / 4, 2 * width * sizeof(float)}, rotated_sum<fault>, x.data(),
                        y.data(), steps);
  return difference(y, want);
}

// What a fault led to: an exception of the emulator, a wrong result, or a sanitizer's report. The kernel runs in a
// process of its own, because AddressSanitizer ends it.
struct Finding {
  std::string report;
  bool wrong_result = false;
  bool found() const { return wrong_result || !report.empty(); }
  bool says(const std::string& words) const { return report.find(words) != std::string::npos; }
};

Finding run_apart(double (*kernel_error)()) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    int status = 0;
    try {
      status = kernel_error() < 1e-5 ? 0 : 1;
    } catch (const std::exception& error) {
      const std::string message = error.what();
      if (write(STDERR_FILENO, message.data(), message.size()) < 0) status = 2;
    }
    _exit(status);
  }
  close(ends[1]);
  Finding finding;
  char buffer[4096];
  for (ssize_t got; (got = read(ends[0], buffer, sizeof(buffer))) > 0;)
    finding.report.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  finding.wrong_result = !WIFEXITED(status) || WEXITSTATUS(status) == 1;
  return finding;
}

// The findings of all orders together.
Finding in_some_order(double (*kernel_error)()) {
  Finding all;
  in_every_order([&](const std::string& name) {
    const Finding finding = run_apart(kernel_error);
    all.wrong_result |= finding.wrong_result;
    if (!finding.report.empty()) all.report += name + ": " + finding.report + "\n";
  });
  return all;
}

TEST_CASE("kernels without a fault are right in every thread order", "[emulation][sanitize]") {
  in_every_order([&](const std::string& name) {
    INFO(name);
    CHECK(normalise_rows_error<Fault::none>() < 1e-5);
    CHECK(rotated_sum_error<Fault::none>() < 1e-5);
  });
}

TEST_CASE("a process of its own reports nothing for a kernel without a fault", "[emulation][sanitize]") {
  const Finding finding = in_some_order(&normalise_rows_error<Fault::none>);
  INFO(finding.report);
  CHECK_FALSE(finding.found());
}

TEST_CASE("a missing barrier is found", "[emulation][sanitize]") {
  CHECK(in_some_order(&normalise_rows_error<Fault::missing_barrier>).found());
  CHECK(in_some_order(&rotated_sum_error<Fault::missing_barrier>).found());
}

TEST_CASE("a missing barrier before a buffer is used again is found", "[emulation][sanitize]") {
  CHECK(in_some_order(&normalise_rows_error<Fault::missing_tail_barrier>).found());
  CHECK(in_some_order(&rotated_sum_error<Fault::missing_tail_barrier>).found());
}

TEST_CASE("a barrier that not all threads come to is named", "[emulation][sanitize]") {
  const Finding finding = in_some_order(&normalise_rows_error<Fault::divergent_barrier>);
  INFO(finding.report);
  CHECK(finding.says("normalise_rows: block (0, 0, 0)"));
  CHECK(finding.says("threads meet in different __syncthreads"));
  CHECK(finding.says("emulated_kernels.h:"));
}

TEST_CASE("threads that meet in different barriers are named", "[emulation][sanitize]") {
  CHECK(in_some_order(&normalise_rows_error<Fault::different_barriers>).says("different __syncthreads"));
}

TEST_CASE("a shuffle under a wrong mask is named", "[emulation][sanitize]") {
  const Finding narrow = in_some_order(&normalise_rows_error<Fault::wrong_mask>);
  INFO(narrow.report);
  CHECK(narrow.says("names mask 0000ffff"));
  const Finding wide = in_some_order(&normalise_rows_error<Fault::wide_mask>);
  INFO(wide.report);
  CHECK(wide.says("mask ffffffff"));
}

TEST_CASE("a lane that exits while others wait for it is named", "[emulation][sanitize]") {
  const Finding finding = in_some_order(&normalise_rows_error<Fault::early_exit>);
  INFO(finding.report);
  CHECK(finding.says("lane 5, which has exited"));
}

TEST_CASE("an index one beyond a shared array is found", "[emulation][sanitize]") {
  const Finding finding = in_some_order(&normalise_rows_error<Fault::off_by_one>);
  INFO(finding.report);
#if defined(__SANITIZE_ADDRESS__)
  CHECK(finding.says("heap-buffer-overflow"));
#else
  CHECK(finding.says("wrote beyond the 16 bytes of the shared array partial"));
#endif
}

TEST_CASE("an asynchronous copy without a wait is found", "[emulation][sanitize]") {
  CHECK(in_some_order(&rotated_sum_error<Fault::missing_wait>).found());
}

TEST_CASE("a misaligned asynchronous copy is named", "[emulation][sanitize]") {
  const Finding finding = in_some_order(&rotated_sum_error<Fault::misaligned>);
  INFO(finding.report);
  CHECK(finding.says("rotated_sum: block (0, 0, 0), thread"));
  CHECK(finding.says("is not aligned"));
}

#if defined(__SANITIZE_THREAD__)
TEST_CASE("ThreadSanitizer reports a missing barrier with both lines whatever the order", "[emulation][sanitize]") {
  for (const Finding& finding : {run_apart(&normalise_rows_error<Fault::missing_barrier>),
                                 run_apart(&normalise_rows_error<Fault::missing_tail_barrier>)}) {
    INFO(finding.report);
    CHECK(finding.says("data race"));
    CHECK(finding.says("emulated_kernels.h:"));
  }
}
#endif

TEST_CASE("philox on the device gives the words that it gives on the host", "[emulation][sanitize]") {
  constexpr int counters = 1001;
  const std::uint64_t key = kernels::stream_key(7, "device"), high = ~0ull - 3;
  std::vector<std::uint32_t> words(4 * counters);
  kernels::cuda::launch(queue(), {"philox_words", kernels::cuda::blocks_for(counters, 128), 128}, philox_words, key,
                        high, words.data(), counters);
  for (std::size_t i = 0; i < counters; ++i)
    for (std::size_t word = 0; word < 4; ++word) REQUIRE(words[4 * i + word] == kernels::philox(key, high, i)[word]);
}

TEST_CASE("a launch that no GPU admits is refused with the kernel's name", "[emulation]") {
  const std::vector<float> x(4);
  std::vector<float> y(4);
  const auto too_wide = [&] {
    kernels::cuda::launch(queue(), {"normalise_rows", 1, dim3(1056)}, normalise_rows<Fault::none>, x.data(), y.data(),
                          4);
  };
  const auto too_much_memory = [&] {
    kernels::cuda::launch(queue(), {"rotated_sum", 1, 64, 300 << 10}, rotated_sum<Fault::none>, x.data(), y.data(), 0);
  };
  CHECK_THROWS_WITH(too_wide(), Catch::Contains("normalise_rows") && Catch::Contains("1056"));
  CHECK_THROWS_WITH(too_much_memory(), Catch::Contains("rotated_sum") && Catch::Contains("shared memory"));
}

// Plain loops for the products of one warp.
std::vector<double> product(const std::vector<float>& a, const std::vector<float>& b, std::size_t k) {
  std::vector<double> want(16 * 8);
  for (std::size_t m = 0; m < 16; ++m)
    for (std::size_t n = 0; n < 8; ++n)
      for (std::size_t i = 0; i < k; ++i)
        want[m * 8 + n] += static_cast<double>(a[m * k + i]) * static_cast<double>(b[n * k + i]);
  return want;
}

TEST_CASE("tensor-core products in bf16 equal plain loops, with either operand order", "[emulation][sanitize]") {
  constexpr std::size_t k = 48;
  std::vector<float> a = random_numbers(16 * k, "a"), b = random_numbers(8 * k, "b");
  alignas(16) std::array<bf16, 16 * k> a_bf16;
  alignas(16) std::array<bf16, 8 * k> b_bf16, b_transposed;
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(a_bf16[i] = bf16(a[i]));
  for (std::size_t n = 0; n < 8; ++n)
    for (std::size_t i = 0; i < k; ++i)
      b[n * k + i] = static_cast<float>(b_transposed[i * 8 + n] = b_bf16[n * k + i] = bf16(b[n * k + i]));
  const std::vector<double> want = product(a, b, k);
  in_every_order([&](const std::string& name) {
    INFO(name);
    std::vector<float> y(16 * 8, std::numeric_limits<float>::quiet_NaN());
    kernels::cuda::launch(queue(), {"warp_product_bf16", 1, 32}, warp_product_bf16<Columns::along_k>, a_bf16.data(),
                          b_bf16.data(), y.data(), static_cast<int>(k));
    CHECK(difference(y, want) < 1e-5);
    kernels::cuda::launch(queue(), {"warp_product_bf16", 1, 32}, warp_product_bf16<Columns::along_n>, a_bf16.data(),
                          b_transposed.data(), y.data(), static_cast<int>(k));
    CHECK(difference(y, want) < 1e-5);
  });
}

TEST_CASE("tensor-core products in tf32 keep ten bits of mantissa", "[emulation][sanitize]") {
  constexpr std::size_t k = 24;
  std::vector<float> a = random_numbers(16 * k, "a"), b = random_numbers(8 * k, "b");
  std::vector<float> y(16 * 8, std::numeric_limits<float>::quiet_NaN());
  kernels::cuda::launch(queue(), {"warp_product_tf32", 1, 32}, warp_product_tf32<Fault::none>, a.data(), b.data(),
                        y.data(), static_cast<int>(k));
  const double error = difference(y, product(a, b, k));
  CHECK(error < 2 * 0x1p-11 * 0.5 * k);
  CHECK(error > 0x1p-16);  // Rounded indeed.
}

TEST_CASE("rounding to tf32 is to nearest, ties away from zero", "[emulation]") {
  const auto rounded = [](float value) {
    return std::bit_cast<float>(kernels::cuda::to_tf32(value));
  };
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float sign : {1.0f, -1.0f}) {
    CHECK(rounded(sign * (1 + 0x1p-10f)) == sign * (1 + 0x1p-10f));          // Representable.
    CHECK(rounded(sign * (1 + 0x1p-11f)) == sign * (1 + 0x1p-10f));          // Ties: above an even number,
    CHECK(rounded(sign * (1 + 3 * 0x1p-11f)) == sign * (1 + 2 * 0x1p-10f));  // above an odd one.
    CHECK(rounded(sign * (1 + 0x1p-11f - 0x1p-23f)) == sign);                // Just below a tie.
    CHECK(rounded(sign * (2 - 0x1p-23f)) == sign * 2);                       // Into the next exponent.
    CHECK(rounded(sign * 0x1p-137f) == sign * 0x1p-136f);                    // Below the normal numbers.
    CHECK(rounded(sign * std::numeric_limits<float>::max()) == sign * infinity);
    CHECK(rounded(sign * infinity) == sign * infinity);
  }
  // A NaN stays one, also where the low bits that a product ignores make it one.
  CHECK(kernels::cuda::to_tf32(std::bit_cast<float>(0x7F800001u)) == 0x7FFFFFFFu);
}

double warp_product_tf32_error_of(void (*kernel)(const float*, const float*, float*, int)) {
  constexpr std::size_t k = 8;
  const std::vector<float> a = random_numbers(16 * k, "a"), b = random_numbers(8 * k, "b");
  std::vector<float> y(16 * 8, std::numeric_limits<float>::quiet_NaN());
  kernels::cuda::launch(queue(), {"warp_product_tf32", 1, 32}, kernel, a.data(), b.data(), y.data(),
                        static_cast<int>(k));
  return difference(y, product(a, b, k)) < 0.01 ? 0 : 1;
}

TEST_CASE("lanes that do not come to the same tensor-core product are named", "[emulation][sanitize]") {
  CHECK_FALSE(in_some_order([] { return warp_product_tf32_error_of(warp_product_tf32<Fault::none>); }).found());
  const Finding apart =
      in_some_order([] { return warp_product_tf32_error_of(warp_product_tf32<Fault::different_products>); });
  INFO(apart.report);
  CHECK(apart.says("warp_product_tf32: block (0, 0, 0)"));
  CHECK(apart.says("different warp operations"));
  const Finding exited = in_some_order([] { return warp_product_tf32_error_of(warp_product_tf32<Fault::early_exit>); });
  INFO(exited.report);
  CHECK(exited.says("lane 5, which has exited"));
}

}  // namespace
}  // namespace test
