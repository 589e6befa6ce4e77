// SPDX-License-Identifier: Apache-2.0
// Whether the street scenes are hard and easy in the right places: no class falls to one thermal threshold, nights are
// dark but not lost, every class is frequent enough, day and night hold the same things.
#include <algorithm>
#include <array>

#include "datasets/synthetic/label_tables.h"
#include "datasets/synthetic/scene.h"
#include "tests/support/catch.h"

namespace {

using datasets::TimeOfDay;
namespace synthetic = datasets::synthetic;

constexpr int class_count = 9;
constexpr int person = 2;

struct Statistics {
  // Thermal grey values of the pixels of each class.
  std::array<std::array<double, 256>, class_count> grey{};
  std::array<double, class_count> pixels{}, images{};
  double rgb_sum = 0, rgb_count = 0, saturated = 0, scenes = 0;

  double total() const {
    double sum = 0;
    for (const double count : pixels) sum += count;
    return sum;
  }
  double rgb_mean() const { return rgb_sum / rgb_count; }
};

Statistics measure(TimeOfDay time, int first, int count) {
  synthetic::SceneOptions options;
  options.height = 96;
  options.width = 128;
  const synthetic::LabelTable& table = synthetic::label_table("mf9");
  Statistics result;
  for (int index = first; index < first + count; ++index) {
    const synthetic::Scene scene = synthetic::render(0, static_cast<std::uint64_t>(index), time, options);
    const datasets::LabelMap label = synthetic::translate(scene.fine, table);
    std::array<bool, class_count> present{};
    for (std::size_t i = 0; i < label.pixels.size(); ++i) {
      const int id = label.pixels[i];
      present[id] = true;
      ++result.pixels[id];
      ++result.grey[id][scene.thermal.pixels[i]];
      bool white = false;
      for (int channel = 0; channel < 3; ++channel) {
        const int value = scene.rgb.pixels[3 * i + channel];
        result.rgb_sum += value;
        white = white || value == 255;
      }
      result.rgb_count += 3;
      result.saturated += white;
    }
    for (int id = 0; id < class_count; ++id) result.images[id] += present[id];
    ++result.scenes;
  }
  return result;
}

// The best intersection over union of a class that one threshold reaches, either side of it being the class.
double best_threshold_iou(const Statistics& statistics, int id) {
  double best = 0;
  for (const bool above : {true, false}) {
    double inside = 0, predicted = 0;
    for (int i = 0; i < 256; ++i) {
      const int value = above ? 255 - i : i;
      inside += statistics.grey[id][value];
      for (int other = 0; other < class_count; ++other) predicted += statistics.grey[other][value];
      best = std::max(best, inside / (statistics.pixels[id] + predicted - inside));
    }
  }
  return best;
}

// The chance that a pixel of the class is brighter than a pixel of any other, ties counting half.
double area_under_curve(const Statistics& statistics, int id) {
  double darker = 0, sum = 0;
  for (int value = 0; value < 256; ++value) {
    double others = 0;
    for (int other = 0; other < class_count; ++other)
      if (other != id) others += statistics.grey[other][value];
    sum += statistics.grey[id][value] * (darker + 0.5 * others);
    darker += others;
  }
  return sum / (statistics.pixels[id] * darker);
}

const Statistics& day() {
  static const Statistics statistics = measure(TimeOfDay::day, 0, 64);
  return statistics;
}
const Statistics& night() {
  static const Statistics statistics = measure(TimeOfDay::night, 64, 64);
  return statistics;
}

}  // namespace

TEST_CASE("one thermal threshold separates no class of the street scenes") {
  for (const Statistics* statistics : {&day(), &night()})
    for (int id = 1; id < class_count; ++id) {
      INFO((statistics == &day() ? "day" : "night") << ", class " << id);
      CHECK(best_threshold_iou(*statistics, id) <= 0.3);
    }
}

TEST_CASE("persons are hidden in thermal by day and stand out at night") {
  CHECK(area_under_curve(day(), person) >= 0.4);
  CHECK(area_under_curve(day(), person) <= 0.7);
  CHECK(area_under_curve(night(), person) >= 0.8);
  CHECK(area_under_curve(night(), person) <= 0.95);
}

TEST_CASE("nights are less than half as bright as days, with few saturated pixels") {
  INFO("mean " << day().rgb_mean() << " by day, " << night().rgb_mean() << " at night");
  CHECK(night().rgb_mean() < 0.5 * day().rgb_mean());
  const double saturated = night().saturated / night().total();
  CHECK(saturated >= 0.003);
  CHECK(saturated <= 0.03);
}

TEST_CASE("every class is in at least 15 % of the street scenes") {
  for (const Statistics* statistics : {&day(), &night()})
    for (int id = 0; id < class_count; ++id) {
      INFO((statistics == &day() ? "day" : "night") << ", class " << id);
      CHECK(statistics->images[id] >= 0.15 * statistics->scenes);
    }
}

TEST_CASE("300 day and 300 other night scenes have the same share of every class within 30 %") {
  const Statistics by_day = measure(TimeOfDay::day, 0, 300), by_night = measure(TimeOfDay::night, 300, 300);
  for (int id = 0; id < class_count; ++id) {
    INFO("class " << id << ": " << by_day.pixels[id] << " pixels by day, " << by_night.pixels[id] << " at night");
    CHECK(by_night.pixels[id] / by_day.pixels[id] > 0.7);
    CHECK(by_night.pixels[id] / by_day.pixels[id] < 1.3);
  }
}
