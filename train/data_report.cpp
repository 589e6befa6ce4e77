// SPDX-License-Identifier: Apache-2.0
#include "train/data_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/formats/atomic_file.h"
#include "kernels/shape.h"
#include "train/canvas.h"
#include "train/html.h"
#include "train/pictures.h"

namespace train {
namespace {

using datasets::Image8;
using datasets::Problem;
using datasets::Sample;

constexpr int panel_width = 340, largest_height = 380, gap = 8;
constexpr Colour wrong = {255, 0, 255}, absent = {232, 234, 238}, quiet = {96, 102, 112};

const datasets::Dataset& dataset_of(const DataCheck& check, const Finding& finding) {
  return *std::find_if(check.splits.begin(), check.splits.end(), [&](const SplitCheck& split) {
            return split.name == finding.split;
          })->dataset;
}

bool known(int id, const datasets::Dataset& dataset) {
  return id < static_cast<int>(dataset.classes().size()) || id == dataset.ignored_label();
}

// Where a picture of that size lies within a panel.
kernels::Size2 fitted_size(int height, int width) {
  const int h =
      std::clamp(static_cast<int>(std::lround(static_cast<double>(height) * panel_width / width)), 1, largest_height);
  return {h, panel_width};
}

// Nearest pixels. A wrong one wins over its neighbours, so that even a single one is seen.
Image8 label_panel(const datasets::LabelMap& label, const datasets::Dataset& dataset) {
  const kernels::Size2 size = fitted_size(label.height, label.width);
  const auto classes = vivid(dataset.classes());
  Canvas canvas(size.h, size.w);
  Image8 picture(size.h, size.w, 3);
  for (int y = 0; y < size.h; ++y)
    for (int x = 0; x < size.w; ++x) {
      const int id = label.at(static_cast<int>(std::int64_t{y} * label.height / size.h),
                              static_cast<int>(std::int64_t{x} * label.width / size.w));
      const Colour colour = id < static_cast<int>(classes.size()) ? classes[static_cast<std::size_t>(id)].colour
                            : known(id, dataset)                  ? Colour{255, 255, 255}
                                                                  : wrong;
      for (int c = 0; c < 3; ++c) picture.at(y, x, c) = colour[static_cast<std::size_t>(c)];
    }
  for (int y = 0; y < label.height; ++y)
    for (int x = 0; x < label.width; ++x)
      if (!known(label.at(y, x), dataset))
        for (int c = 0; c < 3; ++c)
          picture.at(static_cast<int>(std::int64_t{y} * size.h / label.height),
                     static_cast<int>(std::int64_t{x} * size.w / label.width), c) = wrong[static_cast<std::size_t>(c)];
  canvas.paste(0, 0, picture);
  const auto first =
      std::find_if(label.pixels.begin(), label.pixels.end(), [&](std::uint8_t id) { return !known(id, dataset); });
  if (first != label.pixels.end()) {
    const auto at = static_cast<double>(first - label.pixels.begin());
    const double y = std::floor(at / label.width), x = at - y * label.width;
    const Point centre{(x + 0.5) * size.w / label.width, (y + 0.5) * size.h / label.height};
    constexpr int corners = 24;
    constexpr double radius = 11, turn = 2 * 3.14159265358979;
    const auto on_ring = [&](int i) {
      return Point{centre.x + radius * std::cos(turn * i / corners), centre.y + radius * std::sin(turn * i / corners)};
    };
    for (int i = 0; i < corners; ++i) canvas.line(on_ring(i), on_ring(i + 1), {.colour = wrong, .width = 2.5});
  }
  return canvas.image();
}

Image8 absent_panel(const std::string& text) {
  Canvas canvas(120, panel_width, absent);
  canvas.text({panel_width / 2.0, 60}, text, {.unit = 1.5, .colour = quiet, .align = Align::centre});
  return canvas.image();
}

Image8 picture_panel(const Image8& picture) {
  const kernels::Size2 size = fitted_size(picture.height, picture.width);
  return resized_rgb(picture, size.h, size.w);
}

std::string problem_lines(const std::vector<Problem>& problems) {
  std::string html;
  for (const Problem& problem : problems)
    html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", to_string(problem.kind), escaped(problem.message));
  return html;
}

std::string problems_section(const DataCheck& check) {
  std::string html = "<section>\n<h2>What is wrong</h2>\n";
  if (check.problems() == 0) return html + "<p>Nothing: every file was read and is as it should be.</p>\n</section>\n";
  html += "<p>Every file with a problem, in the order of the lists. Pixels are counted from 0 at the top left.</p>\n";
  html += "<table class=\"configuration\">\n" + problem_lines(check.whole);
  for (const Finding& finding : check.findings) html += problem_lines(finding.problems);
  return html + "</table>\n</section>\n";
}

std::string thumbnails_section(const DataCheck& check, int most) {
  if (check.findings.empty()) return "";
  std::string html = fmt::format(
      "<section>\n<h2>What to look at</h2>\n<p>Colour, thermal and label of samples that have a problem or are odd{}. "
      "Magenta pixels have a label out of range; the first is ringed.</p>\n",
      static_cast<int>(check.findings.size()) > most ? fmt::format(" (the first {} of {})", most, check.findings.size())
                                                     : "");
  int shown = 0;
  for (const Finding& finding : check.findings) {
    if (shown++ == most) break;
    std::string caption = fmt::format("{} in {}", finding.sample, finding.split);
    std::string lines;
    for (const Problem& problem : finding.problems) lines += "<br>" + escaped(problem.message);
    for (const std::string& remark : finding.remarks) lines += "<br>" + escaped(remark);
    html += fmt::format("<figure>\n<figcaption><b>{}</b>{}</figcaption>\n{}\n</figure>\n", escaped(caption), lines,
                        image_tag(thumbnail(check, finding), caption));
  }
  return html + "</section>\n";
}

std::string classes_section(const DataCheck& check) {
  std::string html =
      "<section>\n<h2>Classes</h2>\n<p>How many pixels have each class, their share of all labelled pixels, and how "
      "many "
      "images show it. Images with problems are not counted.</p>\n<div class=\"scroll\"><table>\n<tr><th>class</th>";
  for (const SplitCheck& split : check.splits)
    html += fmt::format("<th>{0}: pixels</th><th>share</th><th>images of {1}</th>", escaped(split.name),
                        split.labels.images);
  html += "</tr>\n";
  const auto classes = vivid(check.classes);
  for (std::size_t id = 0; id < classes.size(); ++id) {
    html += fmt::format("<tr><td>{} {}</td>", id, swatch(classes[id]));
    for (const SplitCheck& split : check.splits) {
      const ClassCount& count = split.labels.classes[id];
      html += fmt::format("<td{0}>{1}</td><td{0}>{2:.3f} %</td><td{0}>{3}</td>",
                          count.pixels == 0 ? " class=\"undefined\"" : "", count.pixels,
                          100 * split.labels.share(static_cast<int>(id)), count.images);
    }
    html += "</tr>\n";
  }
  html += "<tr class=\"mean\"><td>ignored</td>";
  for (const SplitCheck& split : check.splits)
    html += fmt::format("<td>{}</td><td></td><td></td>", split.labels.ignored);
  return html + "</tr>\n</table></div>\n</section>\n";
}

std::string weights_section(const DataCheck& check) {
  const SplitCheck& split = check.weighted_split();
  std::string html = fmt::format(
      "<section>\n<h2>Class weights</h2>\n<p>What a loss may be weighted with, from the labels of {}; p is the share "
      "of a "
      "class among its labelled pixels.</p>\n<div class=\"scroll\"><table>\n<tr><th>class</th>",
      escaped(split.name));
  std::vector<std::vector<double>> columns;
  for (const WeightFormula& formula : weight_formulas()) {
    html += fmt::format("<th>{}</th>", escaped(formula.name));
    columns.push_back(formula.weights(split.labels));
  }
  html += "</tr>\n";
  const auto classes = vivid(check.classes);
  for (std::size_t id = 0; id < classes.size(); ++id) {
    html += fmt::format("<tr><td>{} {}</td>", id, swatch(classes[id]));
    for (const std::vector<double>& column : columns) html += fmt::format("<td>{:.4f}</td>", column[id]);
    html += "</tr>\n";
  }
  html += "</table></div>\n<table class=\"configuration\">\n";
  for (const WeightFormula& formula : weight_formulas())
    html += fmt::format("<tr><td>{}</td><td>{}<br>{}</td></tr>\n", escaped(formula.name), escaped(formula.formula),
                        escaped(formula.source));
  return html + "</table>\n</section>\n";
}

}  // namespace

Image8 thumbnail(const DataCheck& check, const Finding& finding) {
  const datasets::Dataset& dataset = dataset_of(check, finding);
  const Sample sample = dataset.examine(finding.index, [](const Problem&) {});
  const std::vector<Image8> panels = {
      sample.rgb.empty() ? absent_panel("no colour image") : picture_panel(sample.rgb),
      sample.thermal.empty() ? absent_panel("no thermal image") : picture_panel(thermal_picture(sample.thermal)),
      sample.label ? label_panel(*sample.label, dataset) : absent_panel("no label")};
  int height = 0;
  for (const Image8& panel : panels) height = std::max(height, panel.height);
  Canvas canvas(height, 3 * panel_width + 2 * gap);
  for (std::size_t i = 0; i < panels.size(); ++i) canvas.paste(static_cast<int>(i) * (panel_width + gap), 0, panels[i]);
  return canvas.image();
}

std::string data_report_html(const DataCheck& check, int most_thumbnails) {
  std::string html = html_head(fmt::format("Data check: {}", check.dataset));
  int samples = 0;
  for (const SplitCheck& split : check.splits) samples += split.dataset->size();
  html += "<section>\n<div class=\"cards\">\n" + card(std::to_string(samples), "samples") +
          card(std::to_string(check.problems()), "problems") +
          card(std::to_string(check.findings.size()), "samples to look at") +
          card(std::to_string(check.classes.size()), "classes") + "</div>\n</section>\n";
  html += problems_section(check) + thumbnails_section(check, most_thumbnails) + classes_section(check);
  if (!check.classes.empty()) html += weights_section(check);
  return html + html_foot();
}

void write_data_report(const std::filesystem::path& path, const DataCheck& check) {
  engine::write_file(path, data_report_html(check));
}

}  // namespace train
