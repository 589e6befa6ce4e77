// SPDX-License-Identifier: Apache-2.0
// Which devices there are, and how data get there and back.
#include "kernels/device.h"

#include <cstring>
#include <numeric>

#include "kernels/cuda/devices.h"
#include "kernels/kernel.h"
#include "kernels/staging.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace test;
using kernels::Device;
using kernels::parse_device;

namespace {

kernels::ExitCode refusal(const char* text) {
  try {
    parse_device(text);
  } catch (const kernels::Error& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).find(text) != std::string::npos);
    return error.exit_code();
  }
  return kernels::ExitCode::ok;
}

std::vector<std::shared_ptr<kernels::Queue>> every_queue() {
  std::vector<std::shared_ptr<kernels::Queue>> queues = {reference_queue(), queue_of(DeviceKind::cpu)};
  if (kernels::cuda::devices().count > 0) queues.push_back(queue_of(DeviceKind::cuda));
  return queues;
}

}  // namespace

TEST_CASE("devices are found by their names", "[sanitize]") {
  CHECK(parse_device("cpu") == Device{DeviceKind::cpu});
  CHECK(parse_device("reference") == Device{DeviceKind::reference});
  for (const char* text : {"gpu", "cuda0", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", ""}) {
    INFO(text);
    CHECK(refusal(text) == kernels::ExitCode::usage);
  }
}

TEST_CASE("a device that is not here is refused with the reason and exit code 5", "[sanitize]") {
  const kernels::cuda::Devices found = kernels::cuda::devices();
  if (found.count == 0) {
    CHECK(refusal("cuda") == kernels::ExitCode::device);
    CHECK(refusal("cuda:0") == kernels::ExitCode::device);
    CHECK_FALSE(found.none_because.empty());
    CHECK_THROWS_AS(kernels::Queue(Device{DeviceKind::cuda}), kernels::DeviceError);
  } else {
    CHECK(parse_device("cuda") == Device{DeviceKind::cuda, 0});
    CHECK(refusal("cuda:99") == kernels::ExitCode::device);
    CHECK_THROWS_AS(kernels::Queue(Device{DeviceKind::cuda, 99}), kernels::DeviceError);
  }
}

TEST_CASE("auto takes a GPU where there is one, and never an emulated one", "[sanitize]") {
  const kernels::cuda::Devices found = kernels::cuda::devices();
  const bool gpu = found.count > 0 && !found.emulated;
  CHECK(parse_device("auto").kind == (gpu ? DeviceKind::cuda : DeviceKind::cpu));
  const std::string versions = kernels::library_versions();
  INFO(versions);
  CHECK((versions.find("cuda (emulated)") != std::string::npos) == found.emulated);
}

TEST_CASE("data come back from a device as they went there", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    std::vector<unsigned char> sent(100003), got(sent.size());
    std::iota(sent.begin(), sent.end(), static_cast<unsigned char>(3));
    const kernels::Workspace there(*queue, sent.size());
    queue->upload(there.data(), sent.data(), sent.size());
    queue->fill(there.as<unsigned char>() + 7, 0xAB, 5);
    queue->download(got.data(), there.data(), got.size());
    std::memset(sent.data() + 7, 0xAB, 5);
    CHECK(got == sent);
    queue->synchronize();
  }
}

TEST_CASE("events of every device follow each other in time", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    const kernels::Workspace there(*queue, 1 << 20);
    const auto begin = queue->record();
    for (unsigned char byte = 0; byte < 8; ++byte) queue->fill(there.data(), byte, 1 << 20);
    const auto end = queue->record();
    CHECK(end->milliseconds_since(*begin) > 0);
    end->wait();
    CHECK(queue->record()->milliseconds_since(*end) >= 0);
  }
}

TEST_CASE("an upload beside the kernels has arrived behind the wait for its event", "[sanitize]") {
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    kernels::StagingMemory staging(queue);
    std::pmr::vector<unsigned char> one(100003, 1, &staging), two(50, 2, &staging);
    const kernels::Workspace a(*queue, one.size()), b(*queue, two.size());
    const kernels::Transfer transfers[] = {{a.data(), one.data(), one.size()}, {b.data(), two.data(), two.size()}};
    queue->wait_for(*queue->start_uploads(transfers, *queue->record()));
    queue->fill(a.data(), 3, 7);
    std::vector<unsigned char> got_a(one.size()), got_b(two.size());
    queue->download(got_a.data(), a.data(), got_a.size());
    queue->download(got_b.data(), b.data(), got_b.size());
    std::fill_n(one.begin(), 7, static_cast<unsigned char>(3));
    CHECK(std::equal(one.begin(), one.end(), got_a.begin()));
    CHECK(std::equal(two.begin(), two.end(), got_b.begin()));
  }
}

TEST_CASE("tensors keep their values and memory order on every device", "[sanitize]") {
  std::vector<double> values(2 * 3 * 5 * 7);
  std::iota(values.begin(), values.end(), -17.0);
  for (const auto& queue : every_queue()) {
    INFO(to_string(queue->device()));
    const Tensor x =
        engine::from_host(std::span<const double>(values), {2, 3, 5, 7}, engine::master_dtype(*queue), queue);
    CHECK(engine::download(x) == values);
    CHECK(engine::download(engine::zeros({3, 5}, DType::i32, queue)) == std::vector<double>(15, 0.0));
    CHECK(engine::read_scalar(engine::full({1}, 0.25, engine::master_dtype(*queue), queue)) == 0.25);
  }
}

TEST_CASE("a row without a kernel for a device says so", "[sanitize]") {
  using Nothing = void(kernels::Queue&);
  Nothing* const no_kernel = nullptr;
  const kernels::Kernel<Nothing> row{"frobnicate", no_kernel, no_kernel, nullptr};
  for (const auto& queue : every_queue())
    CHECK_THROWS_WITH(row(*queue), "frobnicate: no kernel for device " + to_string(queue->device()));
}
