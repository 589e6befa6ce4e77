// SPDX-License-Identifier: Apache-2.0
// Progress lines under a clock that the test sets.
#include "train/progress.h"

#include <sstream>

#include "tests/support/catch.h"

namespace {

using train::Progress;
using train::ProgressOptions;
using train::ProgressStyle;

struct Bench {
  double now = 100;
  std::ostringstream out;

  ProgressOptions options(ProgressStyle style) {
    return {.label = "epoch 2/5", .steps = 8, .style = style, .clock = [this] {
              return now;
            }};
  }
  std::string taken() {
    std::string text = out.str();
    out.str("");
    return text;
  }
};

TEST_CASE("progress: durations read like a clock") {
  CHECK(train::format_duration(0.4) == "0:00");
  CHECK(train::format_duration(59.6) == "1:00");
  CHECK(train::format_duration(760) == "12:40");
  CHECK(train::format_duration(11100) == "3:05:00");
  CHECK(train::format_duration(1.0 / 0.0) == "?");
}

TEST_CASE("progress: plain lines come at intervals, and at the end", "[sanitize]") {
  Bench bench;
  Progress progress(bench.options(ProgressStyle::lines), bench.out);
  CHECK(bench.taken().empty());
  bench.now += 4;
  progress.advance({.images = 2, .data_wait_seconds = 1});
  CHECK(bench.taken().empty());
  bench.now += 6;
  progress.advance({.images = 2, .data_wait_seconds = 0.5, .status = "loss 0.41"});
  // 2 of 8 steps in 10 s: 30 s to come; 4 images in 10 s; 1.5 s of waiting.
  CHECK(bench.taken() == "epoch 2/5  2/8 (25 %)  ETA 0:30  0.4 images/s  data wait 15 %  loss 0.41\n");
  for (int step = 2; step < 8; ++step) {
    bench.now += 1;
    progress.advance({.images = 2});
  }
  CHECK(bench.taken().empty());
  progress.finish();
  CHECK(bench.taken() == "epoch 2/5  8/8 (100 %)  took 0:16  1.0 images/s  data wait 9 %  loss 0.41\n");
  progress.finish();
  progress.advance({.images = 2});
  CHECK(bench.taken().empty());
}

TEST_CASE("progress: the bar is one line, redrawn in place, as wide as the terminal", "[sanitize]") {
  Bench bench;
  ProgressOptions options = bench.options(ProgressStyle::bar);
  options.width = 72;
  Progress progress(options, bench.out);
  CHECK(bench.taken().find("ETA ?") != std::string::npos);
  bench.now += 1;
  progress.advance({.images = 4, .data_wait_seconds = 0.25});
  const std::string line = bench.taken();
  INFO(line);
  CHECK(line.front() == '\r');
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("12 %") != std::string::npos);
  CHECK(line.find("ETA 0:07  4.0 images/s  data wait 25 %") != std::string::npos);
  CHECK(line.find("[#--") != std::string::npos);      // An eighth of a short bar.
  CHECK(line.find("\x1b[32m") == std::string::npos);  // No colour was asked for.
  CHECK(line.size() <= std::string("\r").size() + 71 + std::string("\x1b[K").size());
  bench.now += 0.05;  // Too soon for another one.
  progress.advance({.images = 4});
  CHECK(bench.taken().empty());
  progress.finish();
  CHECK(bench.taken().back() == '\n');
}

TEST_CASE("progress: a narrow terminal gets what fits, a colourful one a coloured bar", "[sanitize]") {
  Bench bench;
  ProgressOptions options = bench.options(ProgressStyle::bar);
  options.width = 30;
  Progress narrow(options, bench.out);
  bench.now += 1;
  narrow.advance({.images = 4, .status = "loss 0.12345678"});
  const std::string line = bench.taken();
  CHECK(line.size() <= 2 * 29 + 2 * std::string("\r\x1b[K").size());  // Two drawings.
  options.width = 120;
  options.colour = true;
  Progress wide(options, bench.out);
  bench.now += 1;
  for (int step = 0; step < 4; ++step) wide.advance({});
  wide.finish();
  const std::string coloured = bench.taken();
  CHECK(coloured.find("\x1b[32m####################\x1b[90m--------------------\x1b[0m]") != std::string::npos);
}

TEST_CASE("progress: no step and no time divide nothing by zero", "[sanitize]") {
  Bench bench;
  Progress progress({.steps = 0,
                     .clock =
                         [&] {
                           return bench.now;
                         }},
                    bench.out);
  CHECK(progress.images_per_second() == 0);
  CHECK(progress.data_wait_share() == 0);
  progress.finish();
  CHECK(bench.taken() == "0/1 (0 %)  ETA ?\n");
}

}  // namespace
