// SPDX-License-Identifier: Apache-2.0
// Where the measurements of `bench` go: a table on the screen, and one JSON file with everything that a later reader
// needs to know of the run.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bench/harness.h"

namespace bench {

// What was measured on, and how.
struct Run {
  std::string precision, convolutions, cache, cases, filter, commit;  // As the flags say them.
  Ceilings ceilings;
};

class Report {
 public:
  // `json_file` may be empty. It is written anew after every row, so that a run which is broken off keeps its rows.
  Report(kernels::Queue& queue, const Run& run, std::string json_file);

  // Throws FileError where the file cannot be written.
  void add(const Result& result);
  int rows() const { return rows_; }

 private:
  void print(const Result& result) const;
  void write() const;

  Ceilings ceilings_;
  std::string json_file_;
  nlohmann::json record_;
  int rows_ = 0;
};

// "cpu", "cuda:0", "cuda (emulated)".
std::string device_title(kernels::Queue& queue);
// Facts of the machine and of this program that every record of a measurement holds: device, its name, driver,
// versions, threads, date (UTC), commit.
nlohmann::json describe_run(kernels::Queue& queue, const std::string& commit);

}  // namespace bench
