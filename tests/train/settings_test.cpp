// SPDX-License-Identifier: Apache-2.0
#include "train/settings.h"

#include "kernels/error.h"
#include "tests/support/catch.h"

using Catch::Matchers::Contains;

TEST_CASE("settings give numbers and words by key, or their defaults", "[sanitize]") {
  train::Settings settings({"lr=0.25", "optimizer=adam"});
  CHECK(settings.number("lr", 1) == 0.25);
  CHECK(settings.number("momentum", 0.9) == 0.9);
  CHECK(settings.word("optimizer", "sgd") == "adam");
  CHECK_NOTHROW(settings.finish());
}

TEST_CASE("an unknown, doubled or malformed setting is refused by name", "[sanitize]") {
  train::Settings settings({"rate=1"});
  settings.number("lr", 1);
  CHECK_THROWS_WITH(settings.finish(), Contains("rate=1") && Contains("lr"));
  CHECK_THROWS_WITH(train::Settings({"lr"}), Contains("KEY=VALUE"));
  CHECK_THROWS_WITH(train::Settings({"lr=1", "lr=2"}), Contains("given before"));
  train::Settings text({"lr=fast"});
  CHECK_THROWS_WITH(text.number("lr", 1), Contains("fast"));
}

TEST_CASE("sizes are height x width", "[sanitize]") {
  CHECK(train::parse_size("480x640") == kernels::Size2{480, 640});
  for (const char* wrong : {"480", "480x", "x640", "480x640x3", "0x5", "-1x5", "axb"})
    CHECK_THROWS_AS(train::parse_size(wrong), kernels::UsageError);
  CHECK(train::parse_numbers("weights", "1,2.5,-3") == std::vector<double>{1, 2.5, -3});
  CHECK_THROWS_AS(train::parse_numbers("weights", "1,,2"), kernels::UsageError);
}
