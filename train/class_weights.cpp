// SPDX-License-Identifier: Apache-2.0
#include "train/class_weights.h"

#include <algorithm>
#include <cmath>

namespace train {
namespace {

template <class Weight>
std::vector<double> of_shares(const LabelStatistics& statistics, const Weight& weight) {
  std::vector<double> weights;
  for (std::size_t id = 0; id < statistics.classes.size(); ++id)
    weights.push_back(weight(statistics.share(static_cast<int>(id))));
  return weights;
}

std::vector<double> enet(const LabelStatistics& statistics) {
  return of_shares(statistics, [](double share) { return 1 / std::log(1.02 + share); });
}

std::vector<double> rsfnet(const LabelStatistics& statistics) {
  return of_shares(statistics, [](double share) { return 1 / std::log(1.05 + share); });
}

std::vector<double> median_frequency(const LabelStatistics& statistics) {
  std::vector<double> frequencies, present;
  for (const ClassCount& count : statistics.classes) {
    frequencies.push_back(
        count.pixels == 0 ? 0 : static_cast<double>(count.pixels) / static_cast<double>(count.pixels_of_images));
    if (count.pixels > 0) present.push_back(frequencies.back());
  }
  if (present.empty()) return frequencies;
  std::sort(present.begin(), present.end());
  const std::size_t middle = present.size() / 2;
  const double median = present.size() % 2 ? present[middle] : (present[middle - 1] + present[middle]) / 2;
  for (double& frequency : frequencies) frequency = frequency > 0 ? median / frequency : 0;
  return frequencies;
}

std::vector<double> inverse_frequency(const LabelStatistics& statistics) {
  std::vector<double> weights = of_shares(statistics, [](double share) { return share > 0 ? 1 / share : 0; });
  double sum = 0;
  int present = 0;
  for (const double weight : weights) {
    sum += weight;
    present += weight > 0;
  }
  for (double& weight : weights)
    if (sum > 0) weight *= present / sum;
  return weights;
}

}  // namespace

void LabelStatistics::add(const datasets::LabelMap& label) {
  std::array<std::int64_t, 256> counts{};
  for (const std::uint8_t id : label.pixels) ++counts[id];
  std::int64_t labelled = 0;
  for (std::size_t id = 0; id < classes.size(); ++id) labelled += counts[id];
  for (std::size_t id = 0; id < classes.size(); ++id) {
    if (counts[id] == 0) continue;
    classes[id].pixels += counts[id];
    classes[id].images += 1;
    classes[id].pixels_of_images += labelled;
  }
  pixels += labelled;
  ignored += static_cast<std::int64_t>(label.pixels.size()) - labelled;
  ++images;
}

void LabelStatistics::add(const LabelStatistics& other) {
  for (std::size_t id = 0; id < classes.size(); ++id) {
    classes[id].pixels += other.classes.at(id).pixels;
    classes[id].images += other.classes[id].images;
    classes[id].pixels_of_images += other.classes[id].pixels_of_images;
  }
  pixels += other.pixels;
  ignored += other.ignored;
  images += other.images;
}

double LabelStatistics::share(int id) const {
  return pixels == 0
             ? 0
             : static_cast<double>(classes.at(static_cast<std::size_t>(id)).pixels) / static_cast<double>(pixels);
}

const std::vector<WeightFormula>& weight_formulas() {
  static const std::vector<WeightFormula> formulas = {
      {"ENet", "1 / ln(1.02 + p)", "Paszke et al., ENet, arXiv 1606.02147, 2016", enet},
      {"RSFNet", "1 / ln(1.05 + p)", "Li et al., RSFNet: residual spatial fusion network, 2023", rsfnet},
      {"median frequency", "median of f / f, f = pixels of the class / pixels of the images that show it",
       "Eigen and Fergus, ICCV 2015; SegNet", median_frequency},
      {"inverse frequency", "1 / p, mean 1 over the classes that occur", "common practice, no single source",
       inverse_frequency},
  };
  return formulas;
}

}  // namespace train
