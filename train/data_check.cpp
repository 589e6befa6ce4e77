// SPDX-License-Identifier: Apache-2.0
#include "train/data_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string_view>

#include "datasets/each_index.h"
#include "engine/formats/checksum.h"
#include "kernels/error.h"

namespace train {
namespace {

using datasets::Dataset;
using datasets::Problem;
using datasets::Sample;

// What one sample gives: filled by one thread, merged in order afterwards, so that the result does not depend on them.
struct Looked {
  Finding finding;
  LabelStatistics labels;
  bool labelled = false;
  int least = 65535, largest = 0;
  std::uint64_t picture = 0;  // Checksum of the colour image.
};

std::uint64_t checksum_of(const datasets::Image8& image) {
  return image.empty() ? 0 : engine::checksum(image.pixels.data(), image.pixels.size());
}

void add_remarks(const Dataset& dataset, const Sample& sample, Looked& looked) {
  std::vector<std::string>& remarks = looked.finding.remarks;
  if (!sample.thermal.empty()) {
    const auto [least, largest] = std::minmax_element(sample.thermal.pixels.begin(), sample.thermal.pixels.end());
    looked.least = *least;
    looked.largest = *largest;
    if (*least == *largest) remarks.push_back(fmt::format("the thermal image is {} everywhere", *least));
    const datasets::ThermalNormalisation scale = dataset.thermal_normalisation();
    if (scale.scale == datasets::ThermalScale::window) {
      const auto outside = std::count_if(sample.thermal.pixels.begin(), sample.thermal.pixels.end(),
                                         [&](std::uint16_t count) { return count < scale.low || count > scale.high; });
      const double share = static_cast<double>(outside) / static_cast<double>(sample.thermal.pixels.size());
      constexpr double tolerated = 0.2;
      if (share > tolerated)
        remarks.push_back(fmt::format("{:.0f} % of the thermal counts lie outside the window {} to {}", 100 * share,
                                      scale.low, scale.high));
    }
  }
  if (looked.labelled && looked.labels.pixels == 0) remarks.push_back("the label holds ignored pixels only");
}

Looked look_at(const Dataset& dataset, const std::string& split, int index) {
  Looked looked{{split, dataset.sample_name(index), index, {}, {}},
                LabelStatistics(static_cast<int>(dataset.classes().size()))};
  const Sample sample =
      dataset.examine(index, [&](const Problem& problem) { looked.finding.problems.push_back(problem); });
  looked.labelled = sample.label.has_value();
  if (sample.label) looked.labels.add(*sample.label);
  looked.picture = checksum_of(sample.rgb);
  add_remarks(dataset, sample, looked);
  return looked;
}

class Twins {  // Pictures that were seen before.
 public:
  void look(Looked& looked) {
    if (looked.picture == 0) return;
    const Finding& own = looked.finding;
    const auto [first, added] = seen_.emplace(looked.picture, Place{own.split, own.sample});
    if (added || (first->second.split == own.split && first->second.sample == own.sample)) return;
    const bool leak = first->second.split != own.split;
    looked.finding.remarks.push_back(fmt::format("the colour image is that of {} in {}{}", first->second.sample,
                                                 first->second.split,
                                                 leak ? ": scores would be of what was trained on" : ""));
  }

 private:
  struct Place {
    std::string split, sample;
  };
  std::map<std::uint64_t, Place> seen_;
};

}  // namespace

int DataCheck::problems() const {
  std::size_t count = whole.size();
  for (const Finding& finding : findings) count += finding.problems.size();
  return static_cast<int>(count);
}

const SplitCheck& DataCheck::weighted_split() const {
  const auto train =
      std::find_if(splits.begin(), splits.end(), [](const SplitCheck& split) { return split.name == "train"; });
  return train == splits.end() ? splits.front() : *train;
}

DataCheck check_data(const DataCheckOptions& options) {
  DataCheck check;
  check.dataset = options.dataset;
  const std::vector<std::string> names =
      options.splits.empty() ? datasets::split_names(options.dataset, options.data) : options.splits;
  int total = 0, done = 0;
  for (const std::string& name : names) {
    datasets::OpenOptions data = options.data;
    data.split = name;
    std::shared_ptr<const Dataset> opened = datasets::open_dataset(options.dataset, data);
    total += opened->size();
    const auto classes = static_cast<int>(opened->classes().size());
    for (const Problem& problem : opened->problems_of_the_whole()) {
      const bool known = std::any_of(check.whole.begin(), check.whole.end(),
                                     [&](const Problem& other) { return other.message == problem.message; });
      if (!known) check.whole.push_back(problem);
    }
    check.classes = opened->classes();
    check.splits.push_back({name, std::move(opened), LabelStatistics(classes)});
  }
  std::mutex guard;
  Twins twins;
  for (SplitCheck& split : check.splits) {
    std::vector<std::unique_ptr<Looked>> all(static_cast<std::size_t>(split.dataset->size()));
    datasets::for_each_index(options.threads, split.dataset->size(), [&](int i) {
      all[static_cast<std::size_t>(i)] = std::make_unique<Looked>(look_at(*split.dataset, split.name, i));
      const std::lock_guard lock(guard);
      if (options.progress) options.progress(++done, total);
    });
    for (const std::unique_ptr<Looked>& looked : all) {
      twins.look(*looked);
      if (looked->labelled && looked->finding.problems.empty()) split.labels.add(looked->labels);
      split.unlabelled += !looked->labelled;
      split.least_thermal = std::min(split.least_thermal, looked->least);
      split.largest_thermal = std::max(split.largest_thermal, looked->largest);
      if (!looked->finding.problems.empty() || !looked->finding.remarks.empty())
        check.findings.push_back(std::move(looked->finding));
    }
  }
  // A missing partner was told by its sample; the file that lacks it need not be told too.
  std::erase_if(check.whole, [&](const Problem& problem) {
    return std::any_of(check.findings.begin(), check.findings.end(), [&](const Finding& finding) {
      return std::any_of(finding.problems.begin(), finding.problems.end(), [&](const Problem& told) {
        return told.kind == datasets::ProblemKind::missing && problem.kind == told.kind &&
               problem.message.ends_with(told.file.string());
      });
    });
  });
  return check;
}

std::string to_text(const DataCheck& check) {
  std::string text;
  for (const Problem& problem : check.whole) text += fmt::format("[{}] {}\n", to_string(problem.kind), problem.message);
  for (const Finding& finding : check.findings) {
    for (const Problem& problem : finding.problems)
      text += fmt::format("[{}] {}\n", to_string(problem.kind), problem.message);
    for (const std::string& remark : finding.remarks)
      text += fmt::format("[remark] {} in {}: {}\n", finding.sample, finding.split, remark);
  }
  if (!text.empty()) text += "\n";
  for (const SplitCheck& split : check.splits) {
    text += fmt::format("{}: {} samples, {} with a whole label, {} without", split.name, split.dataset->size(),
                        split.labels.images, split.unlabelled);
    if (split.least_thermal <= split.largest_thermal)
      text += fmt::format("; thermal counts {} to {}", split.least_thermal, split.largest_thermal);
    text += "\n";
  }
  constexpr int name_width = 20, weight_width = 18;
  const std::string columns_of_split = ": pixels, share, images";
  std::size_t split_width = 30;
  for (const SplitCheck& split : check.splits)
    split_width = std::max(split_width, split.name.size() + columns_of_split.size() - 3);  // Two spaces between splits.
  text += fmt::format("\n{:<{}}", "class", name_width + 4);
  for (const SplitCheck& split : check.splits)
    text += fmt::format("{:>{}}", split.name + columns_of_split, split_width + 5);
  for (std::size_t id = 0; id < check.classes.size(); ++id) {
    text += fmt::format("\n{:>3} {:<{}}", id, check.classes[id].name, name_width);
    for (const SplitCheck& split : check.splits)
      text += fmt::format("{:>{}} {:>7.3f} % {:>6}", split.labels.classes[id].pixels, split_width - 12,
                          100 * split.labels.share(static_cast<int>(id)), split.labels.classes[id].images);
  }
  text += fmt::format("\n{:<{}}", "ignored", name_width + 4);
  for (const SplitCheck& split : check.splits)
    text += fmt::format("{:>{}} {:>16}", split.labels.ignored, split_width - 12, "");
  const SplitCheck& weighted = check.weighted_split();
  text += fmt::format("\n\nClass weights from {} (p: share of the class among its labelled pixels)\n\n{:<{}}",
                      weighted.name, "class", name_width + 4);
  for (const WeightFormula& formula : weight_formulas()) text += fmt::format("{:>{}}", formula.name, weight_width);
  std::vector<std::vector<double>> columns;
  for (const WeightFormula& formula : weight_formulas()) columns.push_back(formula.weights(weighted.labels));
  for (std::size_t id = 0; id < check.classes.size(); ++id) {
    text += fmt::format("\n{:>3} {:<{}}", id, check.classes[id].name, name_width);
    for (const std::vector<double>& column : columns) text += fmt::format("{:>{}.4f}", column[id], weight_width);
  }
  text += "\n\n";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const WeightFormula& formula = weight_formulas()[i];
    std::string list;
    for (const double weight : columns[i]) list += fmt::format("{}{:.4f}", list.empty() ? "" : ",", weight);
    text += fmt::format("{}: {} ({})\n  --class-weights {}\n", formula.name, formula.formula, formula.source, list);
  }
  return text;
}

}  // namespace train
