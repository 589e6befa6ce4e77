// SPDX-License-Identifier: Apache-2.0
// What the programs say where the device that is asked for cannot be opened.
#include "kernels/cuda/devices.h"
#include "kernels/device.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

using Catch::Matchers::Contains;

namespace {

struct Refusal {
  int code = 0;
  std::string log;
};

Refusal train_on(const std::string& device) {
  const test::TemporaryFolder folder;
  const auto log = folder.path() / "log";
  const int code = test::wait_for(test::start_program(
      "train", test::words("--dataset synthetic --epochs 1 --device " + device + " --out " + folder.path().string()),
      log));
  return {code, test::read_text(log)};
}

}  // namespace

TEST_CASE("a program on a device that cannot be opened says what is missing and ends with code 5") {
  const kernels::cuda::Devices found = kernels::cuda::devices();
  const Refusal refusal = train_on(found.count == 0 ? "cuda" : "cuda:77");
  CAPTURE(refusal.log);
  CHECK(refusal.code == 5);
  if (found.count == 0) {
    CHECK_THAT(refusal.log, Contains("train: --device cuda: " + found.none_because + "; devices here: cpu, reference"));
    CHECK_THAT(found.none_because, Contains("this build has no CUDA device") || Contains("NVIDIA driver"));
  } else {
    CHECK_THAT(refusal.log, Contains("train: --device cuda:77: the CUDA devices here are cuda:0 to cuda:"));
  }
}
