// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "datasets/image_io.h"
#include "engine/formats/atomic_file.h"
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
  constexpr int name_width = 30, number_width = 6;
  const auto columns = parts(evaluation);
  std::string text = fmt::format("{:{}}", "", name_width);
  for (const auto& [name, matrix] : columns) text += fmt::format("  {:>{}}", name, 3 * number_width + 2);
  const auto heading = [&](const char* what, const char* first, const char* second, const char* third) {
    text += fmt::format("\n{:<{}}", what, name_width);
    for (std::size_t i = 0; i < columns.size(); ++i)
      text += fmt::format("  {:>{}} {:>{}} {:>{}}", first, number_width, second, number_width, third, number_width);
  };
  const auto cells = [&](const Scores& scores) {
    text += fmt::format("  {:>{}} {:>{}} {:>{}}", percent(scores.accuracy), number_width, percent(scores.precision),
                        number_width, percent(scores.iou), number_width);
  };
  heading("class, its share of the pixels", "recall", "prec.", "IoU");
  for (int id = 0; id < evaluation.all.classes(); ++id) {
    const double share = static_cast<double>(evaluation.all.truth_pixels(id)) /
                         static_cast<double>(std::max<std::int64_t>(1, evaluation.all.pixels()));
    text +=
        fmt::format("\n{:<{}} {:>7.2f} %", classes[static_cast<std::size_t>(id)].name, name_width - 10, 100 * share);
    for (const auto& [name, matrix] : columns) cells(matrix->scores(id));
  }
  text += "\n";
  heading("mean over the classes", "mAcc", "mPrec", "mIoU");
  for (const MeanConvention convention : mean_conventions) {
    text += fmt::format("\n{:<{}}", to_string(convention), name_width);
    for (const auto& [name, matrix] : columns) cells(matrix->mean(convention));
  }
  if (evaluation.edges)
    text += fmt::format("\n\nedges: IoU {:.1f}, the mean over {} thresholds", 100 * evaluation.edges->mean(),
                        EdgeScore::thresholds.size());
  return text +
         "\n\nIn percent; recall is the class accuracy (Acc); a dash is undefined. nan_as_zero: undefined counts as 0; "
         "nan_skipped: it is left\nout; nan_skipped_without_background: so is class 0. Different conventions are not "
         "comparable.\n";
}

void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation,
                      const std::vector<datasets::ClassInfo>& classes) {
  engine::create_folder(folder);
  const std::filesystem::path path = folder / "metrics.json";
  engine::write_file(path, to_json(evaluation, classes).dump(1) + "\n");
  std::vector<std::string> names;
  for (const datasets::ClassInfo& each : classes) names.push_back(each.name);
  for (const auto& [name, matrix] : parts(evaluation))
    datasets::write_png(folder / (name == "all" ? "confusion.png" : "confusion_" + name + ".png"),
                        confusion_picture(*matrix, names, "confusion matrix, " + name + " images"));
}

}  // namespace train
