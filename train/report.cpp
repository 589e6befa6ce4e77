// SPDX-License-Identifier: Apache-2.0
// The sections of the page, from the headline to the settings.
#include "train/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/formats/atomic_file.h"
#include "kernels/error.h"
#include "train/charts.h"
#include "train/html.h"
#include "train/pictures.h"

namespace train {
namespace {

using datasets::ClassInfo;

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f}", 100 * *share) : "&ndash;";
}

std::string cell(const std::optional<double>& share) {
  return share ? "<td>" + percent(share) + "</td>" : "<td class=\"undefined\">&ndash;</td>";
}

std::string headline(const std::vector<ReportContent::Evaluation>& evaluations) {
  const ConfusionMatrix& all = evaluations.front().matrix;
  std::string html = "<section>\n<h2>How good is it?</h2>\n<div class=\"cards\">\n";
  html += card(percent(all.mean(MeanConvention::nan_as_zero).iou) + " %", "mIoU, all classes");
  html += card(percent(all.mean(MeanConvention::nan_skipped_without_background).iou) + " %", "mIoU without background");
  html += card(percent(all.mean(MeanConvention::nan_as_zero).accuracy) + " %", "mAcc, all classes");
  html += card(percent(all.pixel_accuracy()) + " %", "of all pixels are right");
  for (std::size_t i = 1; i < evaluations.size(); ++i)
    html += card(percent(evaluations[i].matrix.mean(MeanConvention::nan_as_zero).iou) + " %",
                 "mIoU, " + escaped(evaluations[i].name));
  return html +
         "</div>\n<p><b>IoU</b> (intersection over union) compares the area that the network marks as a class with the "
         "area where the class really is: the part they share, divided by everything either of them covers. 100&nbsp;% "
         "is a perfect outline, 0&nbsp;% a complete miss. <b>Accuracy</b> asks only how much of the class was found. "
         "<b>mIoU</b> and <b>mAcc</b> are their means over the classes, so a rare class weighs as much as a common "
         "one.</p>\n</section>\n";
}

std::string scores_table(const ReportContent::Evaluation& evaluation, const std::vector<ClassInfo>& classes) {
  const ConfusionMatrix& matrix = evaluation.matrix;
  std::string html = fmt::format(
      "<h3>{}</h3>\n<div class=\"scroll\"><table>\n<tr><th>class</th><th>share of pixels</th><th>accuracy</th>"
      "<th>precision</th><th>IoU</th></tr>\n",
      escaped(evaluation.name));
  for (int id = 0; id < matrix.classes(); ++id) {
    const Scores scores = matrix.scores(id);
    const double share = static_cast<double>(matrix.truth_pixels(id)) / static_cast<double>(matrix.pixels());
    html += fmt::format("<tr><td>{}</td><td>{:.2f}</td>{}{}{}</tr>\n", swatch(classes[id]), 100 * share,
                        cell(scores.accuracy), cell(scores.precision), cell(scores.iou));
  }
  const std::pair<MeanConvention, const char*> means[] = {
      {MeanConvention::nan_as_zero, "mean of all classes, undefined counts as 0"},
      {MeanConvention::nan_skipped, "mean of all classes, undefined left out"},
      {MeanConvention::nan_skipped_without_background, "the same without background"}};
  for (const auto& [convention, name] : means) {
    const Scores mean = matrix.mean(convention);
    html += fmt::format("<tr class=\"mean\"><td>{}</td><td></td>{}{}{}</tr>\n", name, cell(mean.accuracy),
                        cell(mean.precision), cell(mean.iou));
  }
  return html + "</table></div>\n";
}

std::string figure(const ReportContent::Picture& picture) {
  return fmt::format("<figure>\n<figcaption>{}</figcaption>\n{}\n</figure>\n", escaped(picture.caption),
                     image_tag(picture.image, picture.caption));
}

std::string samples_section(const ReportContent& content, const std::vector<ClassInfo>& classes) {
  std::string html =
      "<section>\n<h2>What the network sees</h2>\n<p>Each sheet is one scene: what the two cameras saw, the truth "
      "(drawn "
      "by a person or known from the renderer), and what the network answered for every pixel, alone and laid over "
      "both "
      "images. Look at night scenes: what the RGB camera hides, the thermal camera often shows.</p>\n<p "
      "class=\"legend\">";
  for (const ClassInfo& info : classes) html += "<span class=\"name\">" + swatch(info) + "</span>";
  html += "</p>\n";
  for (const ReportContent::Picture& sample : content.samples) html += figure(sample);
  return html + "</section>\n";
}

std::string scores_section(const std::vector<ReportContent::Evaluation>& evaluations,
                           const std::vector<ClassInfo>& classes) {
  std::string html =
      "<section>\n<h2>Class by class</h2>\n<p>All numbers in percent. <b>Accuracy</b>: how much of the class was "
      "found. "
      "<b>Precision</b>: how much of what was marked as the class is the class. A dash: the class does not occur in "
      "these "
      "images, so the number is undefined; papers treat that in three ways, all listed.</p>\n";
  for (const ReportContent::Evaluation& evaluation : evaluations) html += scores_table(evaluation, classes);
  std::vector<std::string> names;
  for (const ClassInfo& info : classes) names.push_back(info.name);
  html +=
      "<h3>What is mistaken for what</h3>\n<p>Each row is a true class, each column what the network said. Numbers are "
      "percent of the row's pixels: on the diagonal what was right, elsewhere what was confused. A crossed row is a "
      "class "
      "that does not occur.</p>\n";
  return html +
         image_tag(confusion_picture(evaluations.front().matrix, names, "Confusion matrix"), "Confusion matrix") +
         "\n</section>\n";
}

}  // namespace

std::string report_html(const ReportContent& content) {
  const std::vector<ClassInfo> classes = vivid(content.classes);
  std::vector<ReportContent::Evaluation> evaluations;
  for (const ReportContent::Evaluation& evaluation : content.evaluations) {
    if (evaluation.matrix.classes() != static_cast<int>(classes.size()))
      throw kernels::UsageError("report: evaluation '{}' has {} classes, the report {}", evaluation.name,
                                evaluation.matrix.classes(), classes.size());
    if (evaluation.matrix.pixels() > 0) evaluations.push_back(evaluation);
  }
  std::string html = html_head(content.title);
  for (const std::string& paragraph : content.summary) html += "<p>" + escaped(paragraph) + "</p>\n";
  if (!evaluations.empty()) html += headline(evaluations);
  if (!content.samples.empty()) html += samples_section(content, classes);
  if (!content.curves.empty()) {
    html +=
        "<section>\n<h2>How it learned</h2>\n<p>An epoch is one pass over all training images. The loss, which "
        "training "
        "pushes down, measures how wrong and how sure the answers are; the score on images kept aside should "
        "rise.</p>\n";
    for (const ReportContent::Picture& curve : content.curves) html += figure(curve);
    html += "</section>\n";
  }
  if (!evaluations.empty()) html += scores_section(evaluations, classes);
  if (!content.configuration.empty()) {
    html += "<section>\n<details open>\n<summary>Settings of this run</summary>\n<table class=\"configuration\">\n";
    for (const auto& [name, value] : content.configuration)
      html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(name), escaped(value));
    html += "</table>\n</details>\n</section>\n";
  }
  return html + html_foot();
}

void write_report(const std::filesystem::path& path, const ReportContent& content) {
  engine::write_file(path, report_html(content));
}

}  // namespace train
