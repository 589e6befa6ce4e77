// SPDX-License-Identifier: Apache-2.0
// bench: the speed of every op on its cases. One line per row: median time with quartiles, memory traffic and
// arithmetic per second, and what share of the ceilings measured in the same run they are.
#include <fmt/format.h>

#include "bench/harness.h"
#include "bench/report.h"
#include "kernels/error.h"
#include "train/program.h"

namespace {

const std::map<std::string, bench::Cases> cases_by_name = {{"small", bench::Cases::small},
                                                           {"shared", bench::Cases::shared},
                                                           {"network", bench::Cases::network},
                                                           {"all", bench::Cases::all}};

struct Flags {
  train::DeviceFlags device;
  std::string filter = "*", cache = "cold", cases = "default", json, commit = "unknown";
  double seconds = 0.5;
  bool list = false;
};

// What a device works through in minutes.
std::string default_cases(kernels::Queue& queue) {
  if (bench::runs_on_gpu(queue)) return "all";
  return queue.device().kind == kernels::DeviceKind::cpu ? "shared" : "small";
}

void run(const Flags& flags) {
  const auto queue = flags.device.open();
  const kernels::DType dtype = flags.device.compute_dtype(*queue);
  bench::Run run{.precision = queue->device().kind == kernels::DeviceKind::reference ? "f64" : flags.device.precision,
                 .convolutions = flags.device.convolutions.empty() ? "default" : flags.device.convolutions,
                 .cache = flags.cache,
                 .cases = flags.cases == "default" ? default_cases(*queue) : flags.cases,
                 .filter = flags.filter,
                 .commit = flags.commit,
                 .ceilings = {}};
  const bench::HarnessOptions options{
      .filter = flags.filter,
      .cases = cases_by_name.at(run.cases),
      .measure = {.seconds = flags.seconds, .cache = flags.cache == "cold" ? bench::Cache::cold : bench::Cache::warm},
      .work = flags.list ? bench::HarnessOptions::Work::list : bench::HarnessOptions::Work::measure};
  if (flags.list) {
    bench::Harness harness(queue, dtype, options,
                           [](const bench::Result& result) { fmt::print("{}/{}\n", result.op, result.name); });
    for (const bench::Rows rows : bench::registered_rows()) rows(harness);
    return;
  }
  bool any = false;
  bench::HarnessOptions looking = options;
  looking.work = bench::HarnessOptions::Work::list;
  bench::Harness names(queue, dtype, looking, [&](const bench::Result&) { any = true; });
  for (const bench::Rows rows : bench::registered_rows()) rows(names);
  if (!any)
    throw kernels::UsageError("--filter '{}': no row of the {} cases matches; --list shows them", flags.filter,
                              run.cases);
  {
    bench::Stopwatch stopwatch(queue);
    run.ceilings = bench::measure_ceilings(queue, dtype, stopwatch);
  }
  bench::Report report(*queue, run, flags.json);
  bench::Harness harness(queue, dtype, options, [&](const bench::Result& result) { report.add(result); });
  for (const bench::Rows rows : bench::registered_rows()) rows(harness);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The speed of every op on its cases.", "bench");
  Flags flags;
  app.add_option("--filter", flags.filter, "Rows to run, as a pattern over op/case: 'batch_norm*', '*/mfnet*'")
      ->capture_default_str();
  app.add_option("--cases", flags.cases,
                 "small, shared (small and large), network (the shapes of the networks, 8 images of 480x640) or all; "
                 "default: all on a GPU, shared on the CPU, else small")
      ->check(CLI::IsMember({"default", "small", "shared", "network", "all"}));
  app.add_option("--cache", flags.cache, "Before each repeat: emptied (cold) or left as it is (warm)")
      ->check(CLI::IsMember({"cold", "warm"}))
      ->capture_default_str();
  app.add_option("--seconds", flags.seconds, "Measured time per row")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--json", flags.json, "File for the results and the facts of the run")->type_name("FILE");
  app.add_option("--commit", flags.commit, "Recorded in the JSON file: what was built");
  app.add_flag("--list", flags.list, "Print the names of the rows and run none");
  flags.device.add_to(app);
  return train::run_program(app, argc, argv, [&] { run(flags); });
}
