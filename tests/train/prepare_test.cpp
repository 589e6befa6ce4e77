// SPDX-License-Identifier: Apache-2.0
// prepare, as its users run it.
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

using Catch::Matchers::Contains;
using test::read_text;
using test::words;

namespace {

int prepare(const std::string& line, const std::filesystem::path& log) {
  return test::wait_for(test::start_program("prepare", words(line), log));
}

}  // namespace

TEST_CASE("prepare saves its resolved flags, which give the same data set again") {
  const test::TemporaryFolder folder;
  const std::string first = (folder / "first").string(), second = (folder / "second").string();
  const auto log = folder / "log";
  REQUIRE(prepare("synthetic --size 32x48 --train 3 --val 1 --test 2 --twins --seed 7 --out " + first, log) == 0);
  const std::string saved = read_text(folder / "first" / "config.toml");
  INFO(saved);
  CHECK_THAT(saved, Contains("seed=7") && Contains("twins=true") && Contains("labels=\"mf9\""));
  const int code = prepare("--config " + first + "/config.toml synthetic --out " + second, log);
  INFO(read_text(log));
  REQUIRE(code == 0);
  for (const std::string list : {"train.txt", "val.txt", "test.txt"})
    CHECK(read_text(folder / "first" / list) == read_text(folder / "second" / list));
  int images = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "first" / "images")) {
    INFO(entry.path());
    CHECK(read_text(entry.path()) == read_text(folder / "second" / "images" / entry.path().filename()));
    ++images;
  }
  CHECK(images == 6);
}

TEST_CASE("prepare refuses a folder that holds a data set, and replaces it when told to") {
  const test::TemporaryFolder folder;
  const std::string out = (folder / "data").string();
  const auto log = folder / "log";
  const std::string line = "synthetic --size 32x48 --train 2 --val 1 --test 1 --out " + out;
  REQUIRE(prepare(line, log) == 0);
  CHECK(prepare(line + " --seed 9", log) == 2);
  CHECK_THAT(read_text(log), Contains(out + ": holds a data set already") && Contains("--replace"));
  CHECK_THAT(read_text(folder / "data" / "config.toml"), Contains("seed=0"));
  REQUIRE(prepare(line + " --seed 9 --replace", log) == 0);
  CHECK_THAT(read_text(folder / "data" / "config.toml"), Contains("seed=9"));
}
