// SPDX-License-Identifier: Apache-2.0
// bench: the speed of every op on its cases. One line per row: median time with quartiles, memory traffic and
// arithmetic per second, and how much of the measured copy bandwidth the traffic is.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "bench/harness.h"
#include "kernels/error.h"

namespace {

struct Arguments {
  std::string filter = "*", precision = "f32", cache = "cold";
  std::string device = "cpu";
  int threads = 0;
  double seconds = 0.5;
  bool json = false;
};

Arguments parse(CLI::App& app, int count, char** values) {
  Arguments arguments;
  app.add_option("--filter", arguments.filter, "Rows to run, as a pattern over op/case: 'batch_norm*', '*/mfnet*'");
  app.add_option("--device", arguments.device, "Where to run")->check(CLI::IsMember({"cpu"}));
  app.add_option("--precision", arguments.precision, "Type of activations")->check(CLI::IsMember({"f32", "bf16"}));
  app.add_option("--threads", arguments.threads, "CPU threads, 0: all cores")->check(CLI::NonNegativeNumber);
  app.add_option("--cache", arguments.cache, "Before each repeat: emptied (cold) or left as it is (warm)")
      ->check(CLI::IsMember({"cold", "warm"}));
  app.add_option("--seconds", arguments.seconds, "Measured time per row")->check(CLI::PositiveNumber);
  app.add_flag("--json", arguments.json, "One JSON object per line instead of a table");
  app.parse(count, values);
  return arguments;
}

std::string per_second(double amount, double seconds) {
  return amount > 0 ? fmt::format("{:.1f}", amount / seconds * 1e-9) : "-";
}

void print_row(const bench::Result& r, double ceiling) {
  const double t = r.timing.median;
  fmt::print("{:<28} {:<36} {:>10.1f} {:>10.1f} {:>10.1f} {:>8} {:>8} {:>6}\n", r.op, r.name, t * 1e6,
             r.timing.lower * 1e6, r.timing.upper * 1e6, per_second(r.job.bytes, t), per_second(r.job.flops, t),
             r.job.bytes > 0 ? fmt::format("{:.0f}%", 100 * r.job.bytes / t / ceiling) : "-");
  std::fflush(stdout);
}

void print_json(const bench::Result& r, double ceiling, const Arguments& arguments, int threads) {
  const nlohmann::json line = {{"op", r.op},
                               {"case", r.name},
                               {"device", arguments.device},
                               {"precision", arguments.precision},
                               {"threads", threads},
                               {"cache", arguments.cache},
                               {"seconds", r.timing.median},
                               {"lower_quartile", r.timing.lower},
                               {"upper_quartile", r.timing.upper},
                               {"repeats", r.timing.repeats},
                               {"bytes", r.job.bytes},
                               {"flops", r.job.flops},
                               {"copy_bandwidth", ceiling}};
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

void run(const Arguments& arguments) {
  const auto queue = std::make_shared<kernels::Queue>(kernels::Device{kernels::DeviceKind::cpu},
                                                      kernels::QueueOptions{.threads = arguments.threads});
  const double ceiling = bench::copy_bandwidth(*queue);
  if (!arguments.json) {
    fmt::print("device {}, precision {}, {} threads, {} cache, copy bandwidth {:.1f} GB/s (read and written)\n",
               arguments.device, arguments.precision, queue->threads(), arguments.cache, ceiling * 1e-9);
    fmt::print("{:<28} {:<36} {:>10} {:>10} {:>10} {:>8} {:>8} {:>6}\n", "op", "case", "median us", "quartile",
               "quartile", "GB/s", "GFLOP/s", "copy");
  }
  const bench::MeasureOptions options{.seconds = arguments.seconds,
                                      .cache = arguments.cache == "cold" ? bench::Cache::cold : bench::Cache::warm};
  bench::Harness harness(queue, arguments.precision == "f32" ? kernels::DType::f32 : kernels::DType::bf16,
                         arguments.filter, options, [&](const bench::Result& result) {
                           arguments.json ? print_json(result, ceiling, arguments, queue->threads())
                                          : print_row(result, ceiling);
                         });
  for (const bench::Rows rows : bench::registered_rows()) rows(harness);
}

}  // namespace

int main(int count, char** values) {
  CLI::App app("The speed of every op on its cases.");
  try {
    run(parse(app, count, values));
    return static_cast<int>(kernels::ExitCode::ok);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? static_cast<int>(kernels::ExitCode::ok) : static_cast<int>(kernels::ExitCode::usage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", kernels::describe(error));
    return static_cast<int>(kernels::exit_code(error));
  }
}
