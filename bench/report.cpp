// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <fstream>

#include "engine/formats/atomic_file.h"
#include "kernels/device_facts.h"
#include "kernels/error.h"
#include "train/program.h"

namespace bench {

namespace {

std::string rate(double amount, double seconds, double unit) {
  return amount > 0 ? fmt::format("{:.3f}", amount / seconds / unit) : "-";
}

std::string share(double amount, double seconds, double ceiling) {
  return amount > 0 ? fmt::format("{:.0f}%", 100 * amount / seconds / ceiling) : "-";
}

}  // namespace

std::string device_title(kernels::Queue& queue) {
  if (queue.device().kind == kernels::DeviceKind::cuda && !runs_on_gpu(queue)) return "cuda (emulated)";
  return to_string(queue.device());
}

nlohmann::json describe_run(kernels::Queue& queue, const std::string& commit) {
  const kernels::DeviceFacts facts = kernels::facts_of(queue.device());
  return {{"device", device_title(queue)},
          {"device_name", facts.name},
          {"driver", facts.driver},
          {"program", train::version_text()},
          {"threads", queue.threads()},
          {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
          {"commit", commit}};
}

Report::Report(kernels::Queue& queue, const Run& run, std::string json_file)
    : ceilings_(run.ceilings), json_file_(std::move(json_file)), record_(describe_run(queue, run.commit)) {
  record_.update({{"precision", run.precision},
                  {"conv", run.convolutions},
                  {"cache", run.cache},
                  {"cases", run.cases},
                  {"filter", run.filter},
                  {"ceilings",
                   {{"copy", ceilings_.copy},
                    {"bytes_per_second", ceilings_.bytes_per_second},
                    {"matmul", ceilings_.matmul},
                    {"flops_per_second", ceilings_.flops_per_second}}},
                  {"rows", nlohmann::json::array()}});
  fmt::print("device {} ({}), precision {}, {} threads, {} cache, {} cases\n", device_title(queue),
             record_["device_name"].get<std::string>(), run.precision, queue.threads(), run.cache, run.cases);
  fmt::print("ceilings: copy {:.1f} GB/s ({}), matmul {:.3f} TFLOP/s ({})\n", ceilings_.bytes_per_second * 1e-9,
             ceilings_.copy, ceilings_.flops_per_second * 1e-12, ceilings_.matmul);
  fmt::print("{:<28} {:<38} {:>10} {:>10} {:>10} {:>9} {:>5} {:>9} {:>6}\n", "op", "case", "median us", "quartile",
             "quartile", "GB/s", "copy", "TFLOP/s", "matmul");
}

void Report::print(const Result& r) const {
  const double t = r.timing.median;
  fmt::print("{:<28} {:<38} {:>10.1f} {:>10.1f} {:>10.1f} {:>9} {:>5} {:>9} {:>6}\n", r.op, r.name, t * 1e6,
             r.timing.lower * 1e6, r.timing.upper * 1e6, rate(r.job.bytes, t, 1e9),
             share(r.job.bytes, t, ceilings_.bytes_per_second), rate(r.job.flops, t, 1e12),
             share(r.job.flops, t, ceilings_.flops_per_second));
}

void Report::add(const Result& r) {
  ++rows_;
  if (!r.skipped.empty()) {
    fmt::print("{:<28} {:<38} skipped: {}\n", r.op, r.name, r.skipped);
    record_["rows"].push_back({{"op", r.op}, {"case", r.name}, {"skipped", r.skipped}});
  } else {
    print(r);
    record_["rows"].push_back({{"op", r.op},
                               {"case", r.name},
                               {"seconds", r.timing.median},
                               {"lower_quartile", r.timing.lower},
                               {"upper_quartile", r.timing.upper},
                               {"repeats", r.timing.repeats},
                               {"bytes", r.job.bytes},
                               {"flops", r.job.flops}});
  }
  std::fflush(stdout);
  write();
}

void Report::write() const {
  if (json_file_.empty()) return;
  // One row per line.
  nlohmann::json head = record_;
  head.erase("rows");
  std::string text = head.dump(1);
  text.resize(text.rfind('\n'));
  text += ",\n \"rows\": [";
  const char* separator = "\n  ";
  for (const nlohmann::json& row : record_["rows"]) {
    text += separator + row.dump();
    separator = ",\n  ";
  }
  engine::write_file(json_file_, text + "\n ]\n}\n");
}

}  // namespace bench
