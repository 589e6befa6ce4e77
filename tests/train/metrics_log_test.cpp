// SPDX-License-Identifier: Apache-2.0
// metrics.jsonl survives killed writers and forgets what a resumed run will do again.
#include "train/metrics_log.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

using test::read_text;
using train::MetricsLog;

TEST_CASE("metrics log: one object per line, readable at once", "[sanitize]") {
  const test::TemporaryFolder folder;
  MetricsLog log(folder / "metrics.jsonl");
  log.append({{"epoch", 1}, {"loss", 0.5}});
  CHECK(read_text(folder / "metrics.jsonl") == "{\"epoch\":1,\"loss\":0.5}\n");
  log.append({{"epoch", 2}, {"note", "two\nlines"}});
  const auto lines = train::read_metrics(folder / "metrics.jsonl");
  REQUIRE(lines.size() == 2);
  CHECK(lines[1]["note"] == "two\nlines");
}

TEST_CASE("metrics log: a resumed run keeps the lines up to its checkpoint", "[sanitize]") {
  const test::TemporaryFolder folder;
  const auto path = folder / "metrics.jsonl";
  test::write_text(path, "{\"seed\":3}\n{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n{\"epo");
  MetricsLog::resume(path, "epoch", 2).append({{"epoch", 3}, {"again", true}});
  CHECK(read_text(path) == "{\"seed\":3}\n{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3,\"again\":true}\n");
  MetricsLog::resume(folder / "new.jsonl", "epoch", 0).append({{"epoch", 1}});
  CHECK(train::read_metrics(folder / "new.jsonl").size() == 1);
}

TEST_CASE("metrics log: a damaged line is refused with file and line, an unfinished one skipped", "[sanitize]") {
  const test::TemporaryFolder folder;
  const auto path = folder / "metrics.jsonl";
  test::write_text(path, "{\"epoch\":1}\n{\"epo\n{\"epoch\":3}\n");
  CHECK_THROWS_WITH(train::read_metrics(path), Catch::Contains("metrics.jsonl: line 2"));
  CHECK_THROWS_AS(train::read_metrics(path), kernels::DataError);
  test::write_text(path, "{\"epoch\":1}\n{\"epoch\":2}");
  CHECK(train::read_metrics(path).size() == 1);
  CHECK_THROWS_AS(train::read_metrics(folder / "none"), kernels::FileError);
  CHECK_THROWS_AS(MetricsLog(folder / "none/metrics.jsonl"), kernels::FileError);
}

}  // namespace
