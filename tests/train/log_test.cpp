// SPDX-License-Identifier: Apache-2.0
// The logger's levels.
#include "train/log.h"

#include "tests/support/catch.h"

namespace {

TEST_CASE("log: verbosity chooses the least level that is shown", "[sanitize]") {
  train::setup_log(train::Verbosity::quiet);
  CHECK_FALSE(spdlog::should_log(spdlog::level::info));
  CHECK(spdlog::should_log(spdlog::level::warn));
  train::setup_log(train::Verbosity::verbose);
  CHECK(spdlog::should_log(spdlog::level::debug));
  train::setup_log();
  CHECK(spdlog::should_log(spdlog::level::info));
  CHECK_FALSE(spdlog::should_log(spdlog::level::debug));
}

}  // namespace
