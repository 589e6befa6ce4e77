// SPDX-License-Identifier: Apache-2.0
#include "train/profile_report.h"

#include <fstream>

#include "kernels/range.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

using Catch::Matchers::Contains;

namespace {

const nlohmann::json* entry(const nlohmann::json& list, const std::string& name) {
  for (const auto& each : list)
    if (each.at("name") == name) return &each;
  return nullptr;
}

}  // namespace

TEST_CASE("a profile is printed with calls, times, shares and, where they are known, bytes", "[sanitize]") {
  kernels::Queue queue({kernels::DeviceKind::cpu});
  queue.start_profile();
  const kernels::Workspace there(queue, 1000);
  for (int i = 0; i < 3; ++i) {
    const kernels::Range range(queue, {.name = "forward"});
    queue.fill(there.data(), 0, 1000);
  }
  const nlohmann::ordered_json json = train::to_json(queue, *queue.profile());
  CHECK(json.at("device") == "host");
  CHECK(json.at("timed_by") == "the clock of the host");
  REQUIRE(json.at("rows").size() == 1);
  CHECK(json.at("rows")[0].at("name") == "fill");
  CHECK(json.at("rows")[0].at("calls") == 3);
  CHECK(json.at("rows")[0].at("bytes") == 3000);
  CHECK(json.at("rows_ms") == json.at("rows")[0].at("ms"));
  CHECK(json.at("wall_ms").get<double>() >= json.at("phases")[0].at("ms").get<double>());
  CHECK_FALSE(json.at("phases")[0].contains("bytes"));
  const std::string table = train::to_table(json);
  INFO(table);
  CHECK_THAT(table, Contains("fill                                     3"));
  CHECK_THAT(table, Contains("timed by the clock of the host"));
}

TEST_CASE("train --profile writes where the time of a run went") {
  const test::TemporaryFolder folder;
  const auto out = folder.path() / "run", log = folder.path() / "log";
  test::run_to_end(
      "train",
      test::words("--model mfnet --width 0.125 --dataset synthetic --dataset-set height=32 --dataset-set "
                  "width=48 --dataset-set day=2 --dataset-set night=1 --batch 2 --epochs 1 --no-validation "
                  "--threads 1 --device cpu --profile --out " +
                  out.string()),
      log);
  nlohmann::json json;
  std::ifstream(out / "profile.json") >> json;
  for (const char* phase : {"upload", "forward", "backward", "update"}) {
    INFO(phase);
    const nlohmann::json* found = entry(json.at("phases"), phase);
    REQUIRE(found != nullptr);
    CHECK(found->at("calls") == 2);
    CHECK(found->at("ms").get<double>() > 0);
  }
  const nlohmann::json* convolution = entry(json.at("rows"), "conv2d_forward");
  REQUIRE(convolution != nullptr);
  CHECK(convolution->at("calls").get<int>() % 2 == 0);
  const double images = 3 * 32 * 48 * (3 + 1) * sizeof(float);  // The first two convolutions read no less.
  CHECK(convolution->at("bytes").get<double>() > images);
  CHECK(entry(json.at("rows"), "sgd_update")->at("calls") == 2);
  CHECK(json.at("rows_ms").get<double>() < json.at("wall_ms").get<double>());
  const std::string text = test::read_text(log);
  CHECK_THAT(text, Contains("conv2d_grad_weight"));
  CHECK_THAT(text, Contains("memory peak: "));
}
