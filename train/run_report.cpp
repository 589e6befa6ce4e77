// SPDX-License-Identifier: Apache-2.0
#include "train/run_report.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "datasets/image_io.h"
#include "datasets/mfnet.h"
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

// The best checkpoint, or the last one of a run without validation.
std::filesystem::path checkpoint_of(const std::filesystem::path& training) {
  const auto best = training / "best.safetensors";
  return std::filesystem::exists(best) ? best : training / "last.safetensors";
}

ModelCard card_of(const engine::Checkpoint& checkpoint, const std::string& where) {
  const nlohmann::json& configuration = checkpoint.facts().configuration;
  if (!configuration.contains("network"))
    throw kernels::CheckpointError("{}: no description of the network in it; was it written by train?", where);
  return model_card_from_json(configuration.at("network"), where);
}

std::string what_it_does(const ModelCard& card) {
  std::vector<std::string> names;
  for (const datasets::ClassInfo& each : card.classes) names.push_back(each.name);
  const char* sees = "two pictures of the same place, one of a colour (RGB) camera and one of a thermal camera,";
  const models::Spectra spectra = models::spectra_of(card.model);
  if (spectra == models::Spectra::rgb) sees = "the picture of a colour (RGB) camera";
  if (spectra == models::Spectra::thermal) sees = "the picture of a thermal camera";
  return fmt::format("A network gets {} and says for every pixel what it shows. It knows {} answers: {}.", sees,
                     names.size(), fmt::join(names, ", "));
}

std::string how_it_went(const std::vector<nlohmann::ordered_json>& epochs, const engine::RunFacts& facts) {
  double seconds = 0;
  for (const auto& line : epochs) seconds += line.at("seconds").get<double>();
  std::string text = fmt::format(
      "In training it looked {} times at every training image, which took {}; its loss fell from {:.3f} to "
      "{:.3f}.",
      epochs.size(),
      seconds < 90 ? fmt::format("{:.0f} seconds", seconds) : fmt::format("{:.1f} minutes", seconds / 60),
      epochs.front().at("train_loss").get<double>(), epochs.back().at("train_loss").get<double>());
  if (facts.best_metric)
    text += fmt::format(
        " After every such epoch it was tried on validation images; the best epoch, with a mean IoU of {:.1f} %, is "
        "the one shown here.",
        100 * *facts.best_metric);
  return text;
}

// "80001N" -> "80001N, by night".
std::string caption_of(const std::string& name) {
  const datasets::TimeOfDay time = datasets::mfnet_time_of_day(name);
  if (time == datasets::TimeOfDay::unknown) return name;
  return name + (time == datasets::TimeOfDay::day ? ", by day" : ", by night");
}

void add_samples(ReportContent& content, const std::filesystem::path& folder) {
  const std::string ending = "_sheet.png";
  std::vector<std::filesystem::path> sheets;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().string().ends_with(ending)) sheets.push_back(entry.path());
  std::sort(sheets.begin(), sheets.end());
  for (const auto& path : sheets) {
    const std::string file = path.filename().string();
    content.samples.push_back({caption_of(file.substr(0, file.size() - ending.size())), datasets::read_image8(path)});
  }
}

}  // namespace

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

std::vector<std::pair<std::string, std::string>> facts_of_start(const std::filesystem::path& training,
                                                                const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> facts;
  if (!std::filesystem::exists(training / "starts.jsonl")) return facts;
  const auto starts = read_metrics(training / "starts.jsonl");
  for (const std::string& name : names)
    if (!starts.empty() && starts.back().contains(name)) {
      const auto& value = starts.back().at(name);
      facts.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
  return facts;
}

SavedEvaluation saved_evaluation(const std::filesystem::path& path) {
  const nlohmann::json json = read_json(path);
  SavedEvaluation evaluation;
  try {
    for (const char* part : {"all", "day", "night"})
      evaluation.parts.push_back(
          {part, ConfusionMatrix::from_json(json.at(part).at("confusion_truth_rows"), path.string() + ": " + part)});
    evaluation.images = json.at("images").get<int>();
  } catch (const nlohmann::json::exception& error) {
    throw kernels::DataError("{}: {}", path.string(), error.what());
  }
  return evaluation;
}

ReportContent report_of(const RunFolders& folders, const std::string& title) {
  const std::filesystem::path path = checkpoint_of(folders.training);
  const engine::Checkpoint checkpoint = engine::Checkpoint::open(path);
  const ModelCard card = card_of(checkpoint, path.string());
  ReportContent content;
  content.title = title;
  if (title.empty())
    content.title = fmt::format("{} on {}", card.model,
                                checkpoint.facts().configuration.value("dataset", std::string("a data set")));
  content.classes = card.classes;
  content.configuration = configuration_of(folders.training / "config.toml");
  for (const auto& [name, version] : checkpoint.facts().versions)
    content.configuration.emplace_back("version of " + name, version);
  for (auto& fact : facts_of_start(folders.training, {"command", "commit", "time", "device", "threads"}))
    content.configuration.push_back(std::move(fact));
  content.summary.push_back(what_it_does(card));
  const auto epochs = read_metrics(folders.training / "metrics.jsonl");
  if (!epochs.empty()) content.summary.push_back(how_it_went(epochs, checkpoint.facts()));
  if (std::filesystem::exists(folders.training / "curves.png"))
    content.curves.push_back({"Loss on the training images, and mean IoU on validation images, after every epoch.",
                              datasets::read_image8(folders.training / "curves.png")});
  if (!folders.evaluation.empty()) {
    SavedEvaluation evaluation = saved_evaluation(folders.evaluation / "metrics.json");
    content.evaluations = std::move(evaluation.parts);
    content.summary.push_back(fmt::format("The scores below are from {} labelled images.", evaluation.images));
  }
  if (!folders.prediction.empty()) add_samples(content, folders.prediction);
  return content;
}

}  // namespace train
