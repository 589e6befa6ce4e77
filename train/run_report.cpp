// SPDX-License-Identifier: Apache-2.0
#include "train/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "datasets/image_io.h"
#include "engine/checkpoint.h"
#include "kernels/error.h"
#include "train/metrics_log.h"
#include "train/model_card.h"

namespace train {

namespace {

nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) throw kernels::FileError("{}: cannot be read", path.string());
  try {
    return nlohmann::json::parse(stream);
  } catch (const nlohmann::json::exception& error) {
    throw kernels::DataError("{}: is not JSON: {}", path.string(), error.what());
  }
}

// key=value lines of the resolved flags; headings and empty values are left out.
std::vector<std::pair<std::string, std::string>> configuration_of(const std::filesystem::path& path) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    const auto at = line.find('=');
    if (line.empty() || line[0] == '#' || at == std::string::npos) continue;
    std::string value = line.substr(at + 1);
    std::erase(value, '"');
    if (!value.empty()) pairs.emplace_back(line.substr(0, at), value);
  }
  return pairs;
}

}  // namespace

ReportContent report_of(const RunFolders& folders) {
  const engine::Checkpoint checkpoint = engine::Checkpoint::open(folders.training / "best.safetensors");
  const auto& facts = checkpoint.facts().configuration;
  const ModelCard card = model_card_from_json(facts.at("network"), (folders.training / "best.safetensors").string());
  ReportContent content;
  content.title = fmt::format("{} on {}", card.model, facts.value("dataset", std::string("a data set")));
  content.classes = card.classes;
  content.configuration = configuration_of(folders.training / "config.toml");
  const auto metrics = read_metrics(folders.training / "metrics.jsonl");
  if (!metrics.empty()) {
    double seconds = 0;
    for (const auto& line : metrics) seconds += line.at("seconds").get<double>();
    content.summary.push_back(
        fmt::format("The network looked {} times at every training pair, which took {:.1f} minutes. Training loss fell "
                    "from {:.3f} to {:.3f}.",
                    metrics.size(), seconds / 60, metrics.front().at("train_loss").get<double>(),
                    metrics.back().at("train_loss").get<double>()));
  }
  content.curves.push_back({"Loss on the training pairs, and mean IoU on validation pairs, after every epoch.",
                            datasets::read_image8(folders.training / "curves.png")});
  if (!folders.evaluation.empty()) {
    const std::filesystem::path path = folders.evaluation / "metrics.json";
    const nlohmann::json json = read_json(path);
    for (const char* part : {"all", "day", "night"})
      content.evaluations.push_back(
          {part, ConfusionMatrix::from_json(json.at(part).at("confusion_truth_rows"), path.string() + ": " + part)});
  }
  if (!folders.prediction.empty()) {
    std::vector<std::filesystem::path> sheets;
    for (const auto& entry : std::filesystem::directory_iterator(folders.prediction))
      if (entry.path().string().ends_with("_sheet.png")) sheets.push_back(entry.path());
    std::sort(sheets.begin(), sheets.end());
    for (const auto& path : sheets) {
      const std::string name = path.stem().string();
      content.samples.push_back(
          {name.substr(0, name.size() - std::string("_sheet").size()), datasets::read_image8(path)});
    }
  }
  return content;
}

}  // namespace train
