// SPDX-License-Identifier: Apache-2.0
#include "train/run_log.h"

#include <fmt/chrono.h>

#include <chrono>
#include <utility>

#include "datasets/image_io.h"
#include "engine/formats/atomic_file.h"
#include "kernels/device.h"
#include "kernels/error.h"
#include "train/charts.h"
#include "train/commit.h"
#include "train/program.h"

namespace train {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

// Seconds since 1970, to the millisecond.
double now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count()) / 1000;
}

Event step_event(const Json& line) {
  Event event{line.value("time", 0.0), line.at("step").get<std::int64_t>()};
  for (const char* name : {"loss", "rate"})
    if (line.contains(name)) event.scalars.emplace_back(fmt::format("step/{}", name), line.at(name).get<double>());
  return event;
}

// "samples/epoch012_NAME.png" becomes "samples/NAME", so that a slider goes through the epochs.
Event epoch_event(const Json& line, const fs::path& folder) {
  Event event{line.value("time", 0.0), line.value("step", std::int64_t{0})};
  for (const char* name : {"train_loss", "images_per_second", "data_wait", "tensors_peak_mib", "host_peak_mib"})
    if (line.contains(name)) event.scalars.emplace_back(fmt::format("epoch/{}", name), line.at(name).get<double>());
  for (const char* name : {"val_miou", "val_macc", "val_miou_nan_skipped"})
    if (line.contains(name))
      event.scalars.emplace_back(fmt::format("validation/{}", std::string(name).substr(4)),
                                 line.at(name).get<double>());
  for (const Json& sample : line.value("samples", Json::array())) {
    const std::string file = sample.get<std::string>(), name = fs::path(file).stem().string();
    if (fs::exists(folder / file))  // Somebody may have tidied up.
      event.images.push_back(event_image("samples/" + name.substr(name.find('_') + 1), folder / file));
  }
  return event;
}

}  // namespace

RunLog RunLog::begin(const fs::path& folder, const RunStart& start) {
  engine::create_folder(folder);
  for (const char* name : {"metrics.jsonl", "losses.jsonl", "starts.jsonl"}) {
    std::error_code code;
    fs::remove(folder / name, code);
    if (code) throw kernels::FileError("{}: cannot be removed: {}", (folder / name).string(), code.message());
  }
  engine::write_file(folder / "config.toml", start.configuration);
  engine::write_file(folder / "versions.txt", version_text() + "\n");
  return {folder, start, 0, 0};
}

RunLog RunLog::resume(const fs::path& folder, const RunStart& start, int epochs, std::int64_t steps) {
  engine::create_folder(folder);  // It is another one where a checkpoint of elsewhere is resumed.
  if (!fs::exists(folder / "config.toml")) engine::write_file(folder / "config.toml", start.configuration);
  if (!fs::exists(folder / "versions.txt")) engine::write_file(folder / "versions.txt", version_text() + "\n");
  return {folder, start, epochs, steps};
}

RunLog::RunLog(const fs::path& folder, const RunStart& start, int epochs, std::int64_t steps)
    : folder_(folder),
      metrics_(MetricsLog::resume(folder / "metrics.jsonl", "epoch", epochs)),
      losses_(MetricsLog::resume(folder / "losses.jsonl", "step", steps)) {
  const auto seconds = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  Json line{{"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)))},
            {"command", start.command},
            {"directory", fs::current_path().string()},
            {"epochs_done", epochs},
            {"steps_done", steps},
            {"isotherm", ISOTHERM_VERSION},
            {"commit", source_commit()},
            {"compiler", __VERSION__},
            {"libraries", kernels::library_versions()},
            {"instruction_set", kernels::instruction_set()}};
  if (start.facts.is_object()) line.update(start.facts);
  MetricsLog(folder / "starts.jsonl").append(line);
  if (start.tensorboard) open_events();
}

void RunLog::open_events() {
  const fs::path folder = folder_ / "tensorboard";
  engine::create_folder(folder);
  const std::string prefix = "events.out.tfevents.";
  std::vector<fs::path> earlier;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().starts_with(prefix)) earlier.push_back(entry.path());
  for (const fs::path& path : earlier) fs::remove(path);
  const double time = now();
  events_ = std::make_unique<EventFile>(folder / fmt::format("{}{:.3f}.isotherm", prefix, time), time);
  for (const Json& line : read_metrics(folder_ / "losses.jsonl")) events_->append(step_event(line));
  for (const Json& line : read_metrics(folder_ / "metrics.jsonl")) events_->append(epoch_event(line, folder_));
  events_->flush();
}

void RunLog::add_step(Json line) {
  line["time"] = now();
  losses_.append(line);
  if (!events_) return;
  events_->append(step_event(line));
  events_->flush();
}

void RunLog::add_epoch(Json line) {
  line["time"] = now();
  if (!samples_.empty()) line["samples"] = std::exchange(samples_, {});
  metrics_.append(line);
  if (events_) {
    events_->append(epoch_event(line, folder_));
    events_->flush();
  }
}

void RunLog::add_sample(int epoch, const std::string& name, const datasets::Image8& picture) {
  engine::create_folder(folder_ / "samples");
  const std::string file = fmt::format("samples/epoch{:03}_{}.png", epoch, name);
  datasets::write_png(folder_ / file, picture);
  samples_.push_back(file);
}

void RunLog::draw_curves() const {
  Curve loss{"training loss", {}, {}}, iou{"validation mean IoU", {}, {}};
  for (const Json& line : read_metrics(folder_ / "metrics.jsonl")) {
    loss.x.push_back(line.at("epoch").get<double>());
    loss.y.push_back(line.at("train_loss").get<double>());
    if (!line.contains("val_miou")) continue;
    iou.x.push_back(line.at("epoch").get<double>());
    iou.y.push_back(line.at("val_miou").get<double>());
  }
  if (loss.x.empty()) return;
  std::vector<datasets::Image8> charts{
      chart({.title = "training loss", .x_label = "epoch", .y_label = "cross entropy", .curves = {loss}})};
  if (!iou.x.empty())
    charts.push_back(chart({.title = "validation", .x_label = "epoch", .y_label = "mean IoU", .curves = {iou}}));
  datasets::write_png(folder_ / "curves.png", side_by_side(charts));
}

}  // namespace train
