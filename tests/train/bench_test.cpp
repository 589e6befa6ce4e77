// SPDX-License-Identifier: Apache-2.0
// The program `bench`: what its JSON file holds, and that the predictions speak of rows that exist.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "op/case" of a line of bench/predictions.csv: op,case,microseconds, the case in quotes where it holds commas.
std::string row_of(const std::string& line) {
  const std::size_t first = line.find(','), last = line.rfind(',');
  std::string name = line.substr(first + 1, last - first - 1);
  name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
  return line.substr(0, first) + "/" + name;
}

}  // namespace

TEST_CASE("every predicted time speaks of a row of bench at the networks' shapes") {
  const test::TemporaryFolder folder;
  const auto log = folder.path() / "list";
  test::run_to_end("bench", {"--list", "--device", "cpu", "--cases", "network"}, log);
  std::set<std::string> rows;
  std::istringstream list(text_of(log));
  for (std::string line; std::getline(list, line);) rows.insert(line);

  std::istringstream predictions(text_of(std::filesystem::path(ISOTHERM_SOURCE_DIR) / "bench/predictions.csv"));
  std::string line;
  REQUIRE(std::getline(predictions, line));
  int found = 0;
  while (std::getline(predictions, line)) {
    INFO(line);
    CHECK(rows.count(row_of(line)) == 1);
    ++found;
  }
  CHECK(found > 50);
}

TEST_CASE("bench writes its rows, the ceilings and the facts of the run") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "bench.json";
  test::run_to_end("bench",
                   {"--device", "reference", "--filter", "softmax_*/nine channels", "--seconds", "0.001", "--commit",
                    "abc", "--json", file.string()},
                   folder.path() / "log");
  const auto record = nlohmann::json::parse(text_of(file));
  CHECK(record["device"] == "reference");
  CHECK(record["precision"] == "f64");
  CHECK(record["cases"] == "small");
  CHECK(record["commit"] == "abc");
  for (const char* key : {"device_name", "driver", "program", "date", "cache"}) {
    INFO(key);
    CHECK(record[key].is_string());
  }
  CHECK(record["ceilings"]["bytes_per_second"] > 1e6);
  CHECK(record["ceilings"]["flops_per_second"] > 1e6);
  REQUIRE(record["rows"].size() == 2);
  for (const auto& row : record["rows"]) {
    CHECK(row["case"] == "nine channels");
    CHECK(row["lower_quartile"] <= row["seconds"]);
    CHECK(row["seconds"] <= row["upper_quartile"]);
    CHECK(row["repeats"] >= 5);
    CHECK(row["bytes"] > 0);
  }
}

TEST_CASE("bench refuses a filter that no row matches") {
  const test::TemporaryFolder folder;
  const auto log = folder.path() / "log";
  const pid_t child = test::start_program("bench", {"--device", "reference", "--filter", "nothing/*"}, log);
  CHECK(test::wait_for(child) == 2);
  CHECK(text_of(log).find("--list") != std::string::npos);
}
