// SPDX-License-Identifier: Apache-2.0
#include "train/profile_report.h"

#include <fmt/format.h>

#include "engine/formats/atomic_file.h"

namespace train {

namespace {

nlohmann::ordered_json entries(kernels::Profile& profile, kernels::Profile::Kind kind, double wall) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const kernels::Profile::Entry& entry : profile.entries(kind)) {
    nlohmann::ordered_json line{
        {"name", entry.name}, {"calls", entry.calls}, {"ms", entry.milliseconds}, {"share", entry.milliseconds / wall}};
    if (entry.bytes > 0) {
      line["bytes"] = entry.bytes;
      if (entry.milliseconds > 0) line["gb_per_s"] = entry.bytes / entry.milliseconds / 1e6;
    }
    list.push_back(line);
  }
  return list;
}

std::string lines(const nlohmann::ordered_json& list, const std::string& title) {
  std::string text =
      fmt::format("{:<32} {:>9} {:>12} {:>8} {:>12} {:>8}\n", title, "calls", "ms", "share", "MB", "GB/s");
  for (const auto& entry : list) {
    text += fmt::format("{:<32} {:>9} {:>12.3f} {:>6.1f} %", entry.at("name").get<std::string>(),
                        entry.at("calls").get<std::int64_t>(), entry.at("ms").get<double>(),
                        100 * entry.at("share").get<double>());
    if (entry.contains("bytes")) text += fmt::format(" {:>12.1f}", entry.at("bytes").get<double>() / 1e6);
    if (entry.contains("gb_per_s")) text += fmt::format(" {:>8.1f}", entry.at("gb_per_s").get<double>());
    text += "\n";
  }
  return text;
}

}  // namespace

nlohmann::ordered_json to_json(kernels::Queue& queue, kernels::Profile& profile) {
  queue.synchronize();
  const double wall = profile.wall_milliseconds();
  nlohmann::ordered_json phases = entries(profile, kernels::Profile::Kind::phase, wall),
                         rows = entries(profile, kernels::Profile::Kind::row, wall);
  double rows_ms = 0;
  for (const auto& row : rows) rows_ms += row.at("ms").get<double>();
  return {{"device", queue.runtime().name()},
          {"timed_by", queue.runtime().runs_beside_host() ? "events of the device" : "the clock of the host"},
          {"wall_ms", wall},
          {"rows_ms", rows_ms},
          {"phases", phases},
          {"rows", rows}};
}

std::string to_table(const nlohmann::ordered_json& json) {
  return fmt::format("{}\n{}\n{:.0f} ms in all, {:.0f} ms of them in kernels of {}, timed by {}\n",
                     lines(json.at("phases"), "phase"), lines(json.at("rows"), "kernel"),
                     json.at("wall_ms").get<double>(), json.at("rows_ms").get<double>(),
                     json.at("device").get<std::string>(), json.at("timed_by").get<std::string>());
}

void ProfileFlag::add_to(CLI::App& app) {
  app.add_flag("--profile", wanted, "Print the time of every kernel and phase (and write profile.json)");
}

void ProfileFlag::start(kernels::Queue& queue) const {
  if (wanted) queue.start_profile();
}

void ProfileFlag::finish(kernels::Queue& queue, const std::filesystem::path& folder) const {
  if (!wanted) return;
  const nlohmann::ordered_json json = to_json(queue, *queue.profile());
  fmt::print("\n{}", to_table(json));
  if (folder.empty()) return;
  engine::write_file(folder / "profile.json", json.dump(2) + "\n");
}

}  // namespace train
