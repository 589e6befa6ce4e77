// SPDX-License-Identifier: Apache-2.0
#include "train/edge_score.h"

#include <vector>

#include "kernels/error.h"
#include "tests/support/catch.h"

TEST_CASE("the edge score counts intersection and union over all images at each threshold", "[sanitize]") {
  train::EdgeScore score;
  // Two of three edges are found at 0.45; a pixel without edge is at 0.25.
  score.add(std::vector<float>{0.45f, 0.25f, 0.05f}, std::vector<std::uint8_t>{1, 0, 0});
  score.add(std::vector<float>{0.995f, 0.45f, 0.05f}, std::vector<std::uint8_t>{1, 0, 1});
  const auto ious = score.ious();
  CHECK(ious[0] == Approx(3.0 / 6));  // All six are above 0.
  CHECK(ious[1] == Approx(2.0 / 5));  // Above 0.1: two edges, two others; one edge is missed.
  CHECK(ious[2] == Approx(2.0 / 5));
  CHECK(ious[3] == Approx(2.0 / 4));   // 0.3: the pixel of 0.25 is out.
  CHECK(ious[5] == Approx(1.0 / 3));   // 0.5: one edge of three is left.
  CHECK(ious[10] == Approx(1.0 / 3));  // 0.99
  double sum = 0;
  for (const double iou : ious) sum += iou;
  CHECK(score.mean() == Approx(sum / 11));
}

TEST_CASE("the edge score of a perfect map is the mean of ten ones and the share of edges", "[sanitize]") {
  train::EdgeScore score;
  score.add(std::vector<float>{1, 0.0001f, 0.0001f, 0.0001f}, std::vector<std::uint8_t>{1, 0, 0, 0});
  CHECK(score.mean() == Approx((10 + 0.25) / 11));
  CHECK(train::to_json(score)["thresholds"].size() == 11);
}

TEST_CASE("the edge score refuses maps of different sizes", "[sanitize]") {
  train::EdgeScore score;
  CHECK_THROWS_AS(score.add(std::vector<float>(3), std::vector<std::uint8_t>(4)), kernels::ShapeError);
}
