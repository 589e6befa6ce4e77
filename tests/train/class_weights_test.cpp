// SPDX-License-Identifier: Apache-2.0
// Class weights against numbers worked out by hand.
#include "train/class_weights.h"

#include <cmath>
#include <string>

#include "tests/support/catch.h"

using namespace train;

namespace {

// Class 0: 6 pixels in two images; class 1: 3 in the first; class 2 never; one pixel ignored.
LabelStatistics small_statistics() {
  LabelStatistics statistics(3);
  datasets::LabelMap first(2, 3, 1), second(1, 4, 1);
  first.pixels = {0, 0, 0, 1, 1, 1};
  second.pixels = {0, 0, 0, 255};
  statistics.add(first);
  statistics.add(second);
  return statistics;
}

std::vector<double> weights(const std::string& name) {
  for (const WeightFormula& formula : weight_formulas())
    if (formula.name == name) return formula.weights(small_statistics());
  FAIL("no formula " << name);
  return {};
}

void check_close(const std::vector<double>& got, const std::vector<double>& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("class " << i);
    CHECK(got[i] == Approx(wanted[i]).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("label statistics count pixels, images and what is ignored", "[sanitize]") {
  const LabelStatistics statistics = small_statistics();
  CHECK(statistics.pixels == 9);
  CHECK(statistics.ignored == 1);
  CHECK(statistics.images == 2);
  CHECK(statistics.classes[0].pixels == 6);
  CHECK(statistics.classes[0].images == 2);
  CHECK(statistics.classes[0].pixels_of_images == 9);
  CHECK(statistics.classes[1].pixels_of_images == 6);
  CHECK(statistics.share(1) == Approx(1.0 / 3));
}

TEST_CASE("each class weight is that of its paper", "[sanitize]") {
  check_close(weights("ENet"), {1 / std::log(1.02 + 2.0 / 3), 1 / std::log(1.02 + 1.0 / 3), 1 / std::log(1.02)});
  check_close(weights("RSFNet"), {1 / std::log(1.05 + 2.0 / 3), 1 / std::log(1.05 + 1.0 / 3), 1 / std::log(1.05)});
  // Frequencies 6 / 9 and 3 / 6, their median 7 / 12.
  check_close(weights("median frequency"), {7.0 / 12 / (6.0 / 9), 7.0 / 12 / (3.0 / 6), 0});
  // 3 / 2 and 3, mean 1.
  check_close(weights("inverse frequency"), {1.5 * 2 / 4.5, 3.0 * 2 / 4.5, 0});
}

TEST_CASE("weights of nothing are no error", "[sanitize]") {
  for (const WeightFormula& formula : weight_formulas()) {
    INFO(formula.name);
    for (const double weight : formula.weights(LabelStatistics(4))) CHECK(std::isfinite(weight));
  }
}
