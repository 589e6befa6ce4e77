// SPDX-License-Identifier: Apache-2.0
#include "kernels/autotune.h"

#include "kernels/autotune_file.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace kernels;
using namespace test;
using Catch::Matchers::Contains;
using Problem = Autotuner::Problem;

namespace {

// Candidates that count their runs, and a clock that shows what it is told to.
struct Bench {
  std::vector<std::string> names;
  std::vector<double> seconds;
  std::map<std::string, int> runs = {};
  std::string running = {};
  std::string warning = {};

  std::vector<Candidate> candidates() {
    std::vector<Candidate> made;
    for (const std::string& name : names)
      made.push_back({name, [this, name] {
                        ++runs[name];
                        running = name;
                      }});
    return made;
  }
  Stopwatch stopwatch() {
    return [this](const std::function<void()>& run) {
      run();
      for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == running) return seconds[i];
      return 1.0;
    };
  }
  std::string choose(Autotuner& tuner, const Problem& problem) {
    return names[tuner.choose(problem, candidates(), stopwatch())];
  }
  AutotuneOptions options(const std::filesystem::path& file = {}) {
    return {.file = file.string(), .warn = [this](const std::string& text) {
              warning = text;
            }};
  }
};

const Problem here{"a device", "a problem"}, elsewhere{"another device", "a problem"}, another{"a device", "another"};

}  // namespace

TEST_CASE("the autotuner takes the quickest candidate and times each once", "[sanitize]") {
  Bench bench{{"slow", "quick", "middling"}, {3, 1, 2}};
  Autotuner tuner(bench.options());
  CHECK(bench.choose(tuner, here) == "quick");
  CHECK(bench.choose(tuner, here) == "quick");
  CHECK(bench.runs == std::map<std::string, int>{{"slow", 1}, {"quick", 1}, {"middling", 1}});
  CHECK(tuner.remembered(here) == "quick");
  CHECK(tuner.remembered(elsewhere).empty());
}

TEST_CASE("a new problem and another device are timed anew", "[sanitize]") {
  Bench bench{{"a", "b"}, {2, 1}};
  Autotuner tuner(bench.options());
  CHECK(bench.choose(tuner, here) == "b");
  bench.seconds = {1, 2};
  CHECK(bench.choose(tuner, another) == "a");
  CHECK(bench.choose(tuner, elsewhere) == "a");
  CHECK(bench.choose(tuner, here) == "b");
  CHECK(tuner.choices().size() == 3);
}

TEST_CASE("a choice is read back from its file by another process, unless its candidate is gone", "[sanitize]") {
  const TemporaryFolder folder;
  const auto file = folder / "deep/choices.json";
  Bench first{{"a", "b"}, {2, 1}};
  Autotuner before(first.options(file));
  CHECK(first.choose(before, here) == "b");
  CHECK(read_choices(file).size() == 1);

  Bench second{{"a", "b"}, {1, 2}};
  Autotuner after(second.options(file));
  CHECK(after.remembered(here) == "b");
  CHECK(second.choose(after, here) == "b");
  CHECK(second.runs.empty());
  CHECK(second.choose(after, another) == "a");
  CHECK(read_choices(file).size() == 2);

  Bench third{{"a", "c"}, {1, 2}};
  Autotuner later(third.options(file));
  CHECK(third.choose(later, here) == "a");
  CHECK((first.warning + second.warning + third.warning).empty());
}

TEST_CASE("two processes that write the same file keep each other's choices", "[sanitize]") {
  const TemporaryFolder folder;
  Bench bench{{"a", "b"}, {2, 1}};
  Autotuner one(bench.options(folder / "choices.json")), two(bench.options(folder / "choices.json"));
  CHECK(one.remembered(here).empty());  // Both have read it while it was empty.
  CHECK(two.remembered(here).empty());
  bench.choose(one, here);
  bench.choose(two, another);
  CHECK(read_choices(folder / "choices.json").size() == 2);
}

TEST_CASE("a damaged file of choices is told of and made anew", "[sanitize]") {
  const TemporaryFolder folder;
  const auto file = folder / "choices.json";
  for (const char* damage : {"", "{\"format\": \"isotherm choices\", \"version\": 1, \"choi", "[1, 2]",
                             "{\"format\": \"isotherm choices\", \"version\": 99, \"choices\": {}}",
                             "{\"format\": \"isotherm choices\", \"version\": 1, \"choices\": {\"a\": 7}}"}) {
    INFO(damage);
    write_text(file, damage);
    CHECK_THROWS_AS(read_choices(file), FileError);
    Bench bench{{"a", "b"}, {2, 1}};
    Autotuner tuner(bench.options(file));
    CHECK(bench.choose(tuner, here) == "b");
    CHECK_THAT(bench.warning, Contains(file.string()) && Contains("made anew"));
    CHECK(read_choices(file).size() == 1);
  }
}

TEST_CASE("a file of choices that cannot be written costs a warning, not the run", "[sanitize]") {
  const TemporaryFolder folder;
  write_text(folder / "no_folder", "");
  Bench bench{{"a", "b"}, {2, 1}};
  Autotuner tuner(bench.options(folder / "no_folder/choices.json"));
  CHECK(bench.choose(tuner, here) == "b");
  CHECK_THAT(bench.warning, Contains("in memory only"));
  CHECK(bench.choose(tuner, here) == "b");
}

TEST_CASE("where determinism is required the first candidate is taken, untimed, whatever the file says", "[sanitize]") {
  const TemporaryFolder folder;
  const auto file = folder / "choices.json";
  Bench timed{{"a", "b"}, {2, 1}};
  Autotuner before(timed.options(file));
  CHECK(timed.choose(before, here) == "b");

  Bench bench{{"a", "b"}, {2, 1}};
  AutotuneOptions options = bench.options(file);
  options.determinism = Determinism::required;
  Autotuner tuner(options);
  CHECK(bench.choose(tuner, here) == "a");
  CHECK(bench.choose(tuner, another) == "a");
  CHECK(bench.runs.empty());
  CHECK(tuner.choices().size() == 2);
  CHECK(read_choices(file).size() == 1);
}

TEST_CASE("without a stopwatch the first candidate is taken", "[sanitize]") {
  Bench bench{{"a", "b"}, {2, 1}};
  Autotuner tuner(bench.options());
  CHECK(tuner.choose(here, bench.candidates(), {}) == 0);
  CHECK(bench.runs.empty());
}

TEST_CASE("choices of an earlier run are taken over", "[sanitize]") {
  Bench bench{{"a", "b"}, {2, 1}};
  Autotuner earlier(bench.options());
  CHECK(bench.choose(earlier, here) == "b");
  Bench now{{"a", "b"}, {1, 2}};
  Autotuner tuner(now.options());
  tuner.take_over(earlier.choices());
  CHECK(now.choose(tuner, here) == "b");
  CHECK(now.runs.empty());
}

TEST_CASE("a candidate that fails is out of the race; where all fail the error is told", "[sanitize]") {
  std::string warning;
  Autotuner tuner({.warn = [&](const std::string& text) {
    warning = text;
  }});
  const auto fails = [] {
    throw DeviceError("no such engine");
  };
  const auto stopwatch = [](const std::function<void()>& run) {
    run();
    return 1.0;
  };
  const std::vector<Candidate> one{{"broken", fails},
                                   {"whole",
                                    [] {
                                    }}},
      none{{"broken", fails}, {"too", fails}};
  CHECK(tuner.choose(here, one, stopwatch) == 1);
  CHECK_THAT(warning, Contains("broken") && Contains("no such engine"));
  CHECK_THROWS_WITH(tuner.choose(another, none, stopwatch), Contains("no such engine"));
  CHECK_THROWS_WITH(tuner.choose(elsewhere, {}, stopwatch), Contains("a problem") && Contains("another device"));
}

TEST_CASE("providers are known by their names", "[sanitize]") {
  for (const char* name : {"native", "library", "auto"}) CHECK(name_of(parse_provider(name)) == std::string(name));
  CHECK_THROWS_WITH(parse_provider("cudnn"), Contains("cudnn") && Contains("native, library or auto"));
}
