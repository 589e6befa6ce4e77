// SPDX-License-Identifier: Apache-2.0
#include "train/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kernels/error.h"
#include "train/charts.h"
#include "train/html.h"
#include "train/metrics_log.h"
#include "train/progress.h"

namespace train {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::size_t most_runs = 12;  // As many curves can be told apart.

std::string name_of(const fs::path& folder) {
  return folder.has_filename() ? folder.filename().string() : folder.parent_path().filename().string();
}

ComparedRun read_run(const RunFolders& folders, const std::string& name) {
  ComparedRun run{name, configuration_of(folders.training / "config.toml"),
                  read_metrics(folders.training / "metrics.jsonl")};
  if (run.epochs.empty())
    throw kernels::DataError("{}: no epoch has ended yet", (folders.training / "metrics.jsonl").string());
  // The flags "device" and "threads" may say "auto" and 0.
  std::erase_if(run.configuration, [](const auto& pair) { return pair.first == "device" || pair.first == "threads"; });
  for (auto& fact : facts_of_start(folders.training, {"device", "threads", "instruction_set", "libraries", "commit"}))
    run.configuration.push_back(std::move(fact));
  if (!folders.evaluation.empty()) run.evaluation = saved_evaluation(folders.evaluation / "metrics.json");
  return run;
}

// Position and value of the epoch with the largest `key`; none where no epoch has it.
std::optional<std::pair<int, double>> best_of(const ComparedRun& run, const std::string& key) {
  std::optional<std::pair<int, double>> best;
  for (const Json& line : run.epochs) {
    if (!line.contains(key)) continue;
    const double value = line.at(key).get<double>();
    if (!best || value > best->second) best = {line.at("epoch").get<int>(), value};
  }
  return best;
}

std::string number_or_dash(const std::optional<double>& value, const char* format, double factor = 1) {
  return value ? fmt::format(fmt::runtime(format), factor * *value) : "&ndash;";
}

// Whether a flag says which images the scores are counted on. Rendered scenes follow from the seed.
bool decides_validation(const std::string& flag, const std::vector<ComparedRun>& runs) {
  static const std::set<std::string> flags = {"dataset",          "data",          "dataset-set",
                                              "validation-split", "limit-batches", "overfit-batches"};
  if (flag != "seed") return flags.contains(flag);
  const std::pair<std::string, std::string> rendered{"dataset", "synthetic"};
  return std::any_of(runs.begin(), runs.end(), [&](const ComparedRun& run) {
    return std::find(run.configuration.begin(), run.configuration.end(), rendered) != run.configuration.end();
  });
}

std::string results_section(const std::vector<ComparedRun>& runs) {
  std::string html =
      "<section>\n<h2>Which one is best?</h2>\n<p>Validation scores, in percent, after the best epoch of each run; the "
      "best run stands out. The loss is that of the last epoch.</p>\n<div class=\"scroll\"><table>\n<tr><th>run</th>"
      "<th>best mIoU</th><th>after epoch</th><th>best mAcc</th><th>training loss</th><th>epochs</th><th>steps</th>"
      "<th>time</th><th>memory, MiB</th></tr>\n";
  double best = -1;
  for (const ComparedRun& run : runs)
    if (const auto found = best_of(run, "val_miou")) best = std::max(best, found->second);
  for (const ComparedRun& run : runs) {
    const auto iou = best_of(run, "val_miou"), accuracy = best_of(run, "val_macc");
    const auto memory = best_of(run, "tensors_peak_mib");
    double seconds = 0;
    for (const Json& line : run.epochs) seconds += line.value("seconds", 0.0);
    const std::string score = number_or_dash(iou ? std::optional(iou->second) : std::nullopt, "{:.1f}", 100);
    html += fmt::format(
        "<tr{}><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.4f}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
        "</tr>\n",
        iou && iou->second == best ? " class=\"mean\"" : "", escaped(run.name),
        iou && iou->second == best ? "<b>" + score + "</b>" : score,
        iou ? std::to_string(iou->first) : std::string("&ndash;"),
        number_or_dash(accuracy ? std::optional(accuracy->second) : std::nullopt, "{:.1f}", 100),
        run.epochs.back().at("train_loss").get<double>(), run.epochs.back().at("epoch").get<int>(),
        run.epochs.back().value("step", 0), format_duration(seconds),
        number_or_dash(memory ? std::optional(memory->second) : std::nullopt, "{:.0f}"));
  }
  return html + "</table></div>\n</section>\n";
}

// Scores on labelled images that no run has seen, where evaluate was run for each.
std::string evaluations_section(const std::vector<ComparedRun>& runs) {
  std::string html =
      "<section>\n<h2>On test images</h2>\n<p>mIoU over all classes (undefined counts as 0), in percent, from the "
      "folders of evaluate.</p>\n<div class=\"scroll\"><table>\n<tr><th>run</th><th>images</th><th>all</th><th>day</th>"
      "<th>night</th></tr>\n";
  for (const ComparedRun& run : runs) {
    if (!run.evaluation) continue;
    html += fmt::format("<tr><td>{}</td><td>{}</td>", escaped(run.name), run.evaluation->images);
    for (const ReportContent::Evaluation& part : run.evaluation->parts)
      html +=
          "<td>" +
          number_or_dash(part.matrix.pixels() > 0 ? part.matrix.mean(MeanConvention::nan_as_zero).iou : std::nullopt,
                         "{:.1f}", 100) +
          "</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n</section>\n";
}

datasets::Image8 overlaid(const std::vector<ComparedRun>& runs, const std::string& key, const std::string& title,
                          const std::string& y_label) {
  ChartContent content{.title = title, .x_label = "epoch", .y_label = y_label};
  for (const ComparedRun& run : runs) {
    Curve& curve = content.curves.emplace_back(Curve{run.name, {}, {}});
    for (const Json& line : run.epochs) {
      if (!line.contains(key)) continue;
      curve.x.push_back(line.at("epoch").get<double>());
      curve.y.push_back(line.at(key).get<double>());
    }
  }
  return chart(content);
}

std::string curves_section(const std::vector<ComparedRun>& runs) {
  std::string html = "<section>\n<h2>How they learned</h2>\n";
  std::vector<datasets::Image8> charts{overlaid(runs, "train_loss", "training loss", "cross entropy")};
  if (std::any_of(runs.begin(), runs.end(), [](const auto& run) { return best_of(run, "val_miou").has_value(); }))
    charts.push_back(overlaid(runs, "val_miou", "validation", "mean IoU"));
  const std::string description = "Training loss, and mean IoU on validation images, after every epoch";
  return html + image_tag(side_by_side(charts), description) + "\n</section>\n";
}

std::string settings_section(const std::vector<ComparedRun>& runs) {
  const std::vector<Difference> differences = differences_of(runs);
  if (differences.empty())
    return "<section>\n<h2>What differs</h2>\n<p>No setting: chance or the machine alone made the difference.</p>\n"
           "</section>\n";
  std::string html =
      "<section>\n<h2>What differs</h2>\n<p>Settings that are not the same in all runs.</p>\n<div class=\"scroll\">"
      "<table class=\"configuration\">\n<tr><th></th>";
  for (const ComparedRun& run : runs) html += "<th>" + escaped(run.name) + "</th>";
  html += "</tr>\n";
  for (const Difference& difference : differences) {
    html += "<tr><td>" + escaped(difference.name) + "</td>";
    for (const std::string& value : difference.values)
      html += "<td>" + (value.empty() ? std::string("&ndash;") : escaped(value)) + "</td>";
    html += "</tr>\n";
  }
  return html + "</table></div>\n</section>\n";
}

}  // namespace

std::vector<ComparedRun> runs_to_compare(const std::vector<RunFolders>& folders) {
  if (folders.size() < 2 || folders.size() > most_runs)
    throw kernels::UsageError("report: expected 2 to {} runs to compare, got {}", most_runs, folders.size());
  std::multiset<std::string> names;
  for (const RunFolders& each : folders) names.insert(name_of(each.training));
  std::vector<ComparedRun> runs;
  for (const RunFolders& each : folders) {
    const std::string name = name_of(each.training);
    runs.push_back(read_run(each, names.count(name) == 1 ? name : each.training.string()));
  }
  return runs;
}

std::vector<Difference> differences_of(const std::vector<ComparedRun>& runs) {
  std::vector<Difference> all;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const auto& pair : runs[i].configuration) {
      const std::string& name = pair.first;
      auto found = std::find_if(all.begin(), all.end(), [&](const Difference& each) { return each.name == name; });
      if (found == all.end()) found = all.insert(all.end(), Difference{name, std::vector<std::string>(runs.size())});
      found->values[i] = pair.second;
    }
  std::erase_if(all, [](const Difference& each) {
    return each.name == "out" || std::all_of(each.values.begin(), each.values.end(),
                                             [&](const std::string& value) { return value == each.values.front(); });
  });
  return all;
}

std::string comparison_html(const std::vector<ComparedRun>& runs, const std::string& title) {
  std::string html = html_head(title.empty() ? fmt::format("{} runs", runs.size()) : title);
  for (const Difference& difference : differences_of(runs))
    if (decides_validation(difference.name, runs))
      html += fmt::format(
          "<p><b>Mind:</b> --{} is not the same in all runs, so their scores may be on different images.</p>\n",
          difference.name);
  html += results_section(runs);
  if (std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.evaluation.has_value(); }))
    html += evaluations_section(runs);
  return html + curves_section(runs) + settings_section(runs) + html_foot();
}

}  // namespace train
