// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_table.h"

#include <fmt/format.h>

#include <fstream>

#include "datasets/image_io.h"
#include "kernels/error.h"
#include "train/charts.h"

namespace train {

namespace {

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f}", 100 * *share) : "-";
}

std::vector<std::pair<std::string, const ConfusionMatrix*>> parts(const Evaluation& evaluation) {
  std::vector<std::pair<std::string, const ConfusionMatrix*>> result{{"all", &evaluation.all}};
  if (evaluation.day.pixels() > 0) result.emplace_back("day", &evaluation.day);
  if (evaluation.night.pixels() > 0) result.emplace_back("night", &evaluation.night);
  return result;
}

}  // namespace

std::string to_table(const Evaluation& evaluation, const std::vector<datasets::ClassInfo>& classes) {
  std::string text =
      fmt::format("{:<16} {:>9} {:>10} {:>7} {:>9}\n", "class", "accuracy", "precision", "IoU", "pixels");
  for (int id = 0; id < evaluation.all.classes(); ++id) {
    const Scores scores = evaluation.all.scores(id);
    text += fmt::format("{:<16} {:>9} {:>10} {:>7} {:>9}\n", classes[static_cast<std::size_t>(id)].name,
                        percent(scores.accuracy), percent(scores.precision), percent(scores.iou),
                        evaluation.all.truth_pixels(id));
  }
  text += fmt::format("\n{:<7} {:<32} {:>7} {:>7}\n", "images", "mean over classes", "mAcc", "mIoU");
  for (const auto& [name, matrix] : parts(evaluation))
    for (const MeanConvention convention : mean_conventions) {
      const Scores mean = matrix->mean(convention);
      text += fmt::format("{:<7} {:<32} {:>7} {:>7}\n", name, to_string(convention), percent(mean.accuracy),
                          percent(mean.iou));
    }
  return text;
}

void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation,
                      const std::vector<datasets::ClassInfo>& classes) {
  std::filesystem::create_directories(folder);
  const std::filesystem::path path = folder / "metrics.json";
  std::ofstream stream(path);
  stream << to_json(evaluation, classes).dump(1) << '\n';
  if (!stream.flush()) throw kernels::FileError("{}: cannot be written", path.string());
  std::vector<std::string> names;
  for (const datasets::ClassInfo& each : classes) names.push_back(each.name);
  for (const auto& [name, matrix] : parts(evaluation))
    datasets::write_png(folder / (name == "all" ? "confusion.png" : "confusion_" + name + ".png"),
                        confusion_picture(*matrix, names, "confusion matrix, " + name + " images"));
}

}  // namespace train
