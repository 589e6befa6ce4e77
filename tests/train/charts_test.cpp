// SPDX-License-Identifier: Apache-2.0
// Axes end at round numbers, curves go where their values are, cells say the shares of their row.
#include "train/charts.h"

#include <limits>

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "train/canvas.h"

namespace {

using train::axis_ticks;
using train::ConfusionMatrix;

constexpr train::Colour first_curve = {0, 114, 178};

// Share of the pixels of a column (from its top) above the first one in the colour; none where there is none.
double height_of_curve(const datasets::Image8& image, int x) {
  for (int y = image.height - 1; y >= 70; --y)  // Above that lie the title and the names.
    if (image.at(y, x, 0) == first_curve[0] && image.at(y, x, 1) == first_curve[1] &&
        image.at(y, x, 2) == first_curve[2])
      return image.height - y;
  return 0;
}

TEST_CASE("charts: ticks are round, ascending and span the values", "[sanitize]") {
  CHECK(axis_ticks(0, 1, 5) == std::vector<double>{0, 0.2, 0.4, 3 * 0.2, 0.8, 1});
  CHECK(axis_ticks(0, 20, 6) == std::vector<double>{0, 5, 10, 15, 20});
  for (const auto& [low, high] :
       {std::pair(-3.7, 12.1), {0.0, 1e-7}, {1e6, 3.2e6}, {5.0, 5.0}, {0.0, 0.0}, {-2e-3, 1e-3}}) {
    INFO(low << " to " << high);
    const std::vector<double> ticks = axis_ticks(low, high, 5);
    CHECK(ticks.size() >= 2);
    CHECK(ticks.size() <= 8);
    CHECK(ticks.front() <= low);
    CHECK(ticks.back() >= high * (1 - 1e-9));
    CHECK(std::is_sorted(ticks.begin(), ticks.end()));
  }
  CHECK(axis_ticks(std::numeric_limits<double>::infinity(), -1, 5).size() >= 2);
}

TEST_CASE("charts: a falling curve falls, and a value that is not a number interrupts it", "[sanitize]") {
  train::ChartContent content{"Loss", "epoch", "cross entropy", {{"training", {0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}}}};
  const datasets::Image8 whole = train::chart(content);
  CHECK(height_of_curve(whole, 150) > height_of_curve(whole, 300));
  CHECK(height_of_curve(whole, 300) > height_of_curve(whole, 450));
  CHECK(height_of_curve(whole, 450) > 0);
  content.curves[0].y[2] = std::numeric_limits<double>::quiet_NaN();
  const datasets::Image8 interrupted = train::chart(content);
  CHECK(height_of_curve(interrupted, 309) == 0);
  CHECK(height_of_curve(interrupted, 150) == height_of_curve(whole, 150));
}

TEST_CASE("charts: no curve, one point and equal values still make a chart", "[sanitize]") {
  const auto height = train::chart({"Nothing yet", "epoch", "loss", {}}).height;
  CHECK(height > 0);
  CHECK(train::chart({"One", "epoch", "loss", {{"a", {1}, {0.5}}}}).height == height);
  CHECK(train::chart({"Equal", "epoch", "loss", {{"a", {1, 2}, {0, 0}}}}).height == height);
  CHECK_THROWS_WITH(train::chart({"Uneven", "epoch", "loss", {{"a", {1, 2}, {0}}}}), Catch::Contains("'a'"));
}

TEST_CASE("charts: images stand beside each other", "[sanitize]") {
  const datasets::Image8 both = train::side_by_side({datasets::Image8(4, 3, 3, 10), datasets::Image8(2, 5, 3, 20)});
  CHECK(both.height == 4);
  CHECK(both.width == 8);
  CHECK(both.at(1, 2) == 10);
  CHECK(both.at(1, 3) == 20);
  CHECK(both.at(3, 3) == 255);
}

TEST_CASE("charts: the diagonal of a confusion picture is darker the better the class", "[sanitize]") {
  const datasets::Image8 shown =
      train::confusion_picture(ConfusionMatrix(3, {99, 1, 0, 40, 60, 0, 0, 0, 0}), {"a", "b", "c"}, "Confusion");
  const int left = shown.width, cell = 62, n = 3;
  REQUIRE(left >= n * cell);
  // The picture's margins follow from the names; corners of cells are found from the bottom of the picture.
  const int top = shown.height - 22 - n * cell;
  const int first = static_cast<int>(train::text_width("a", 1.5)) + 64;
  const auto red = [&](int row, int column) {
    return int{shown.at(top + row * cell + 5, first + column * cell + 5, 0)};
  };
  CHECK(red(0, 0) < red(1, 1));
  CHECK(red(1, 1) < red(1, 0));
  CHECK(red(1, 0) < red(0, 1));
  CHECK(red(0, 1) < red(0, 2));
  CHECK(red(2, 2) == 246);  // A class that never occurs.
  CHECK_THROWS_AS(train::confusion_picture(ConfusionMatrix(3), {"a"}, "Confusion"), kernels::UsageError);
}

TEST_CASE("charts: names wrap into rows, and beyond six curves are dashed", "[sanitize]") {
  const auto runs = [](int count) {
    std::vector<train::Curve> curves;
    for (int i = 0; i < count; ++i)
      curves.push_back({"a run with a name " + std::to_string(i), {0, 1}, {1.0 + i, 1.0 + i}});
    return train::chart({.title = "t", .curves = curves});
  };
  const datasets::Image8 one = runs(1), seven = runs(7);
  CHECK(seven.height > one.height);
  CHECK(seven.width == one.width);
  // The first curve is at 1 of 0 to 8, the seventh, in its colour, at 7. Each is a level row of pixels.
  const auto coloured_in = [](const datasets::Image8& image, int y) {
    int count = 0;
    for (int x = 120; x < image.width - 40; ++x)
      count += image.at(y, x, 0) == first_curve[0] && image.at(y, x, 1) == first_curve[1] &&
               image.at(y, x, 2) == first_curve[2];
    return count;
  };
  const int across = seven.width - 160;
  int whole_rows = 0, dashed_rows = 0;
  for (int y = seven.height / 3; y < seven.height - 62; ++y) {
    const int count = coloured_in(seven, y);
    whole_rows += count == across;
    dashed_rows += count > across / 3 && count < across * 4 / 5;
  }
  CHECK(whole_rows > 0);
  CHECK(dashed_rows > 0);
}

}  // namespace
