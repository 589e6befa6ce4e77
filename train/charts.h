// SPDX-License-Identifier: Apache-2.0
// Charts as RGB images: curves over epochs and the confusion matrix.
#pragma once

#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/image.h"
#include "train/metrics.h"

namespace train {

struct Curve {
  std::string name;
  std::vector<double> x, y;  // Of equal length (ShapeError); a y that is not finite interrupts the curve.
};

struct ChartContent {
  std::string title = {}, x_label = {}, y_label = {};
  std::vector<Curve> curves = {};  // Told apart by colour, then by dashes, in a fixed order, and named in the chart.
  enum class Range { from_zero, of_the_values } y_range = Range::from_zero;
};

datasets::Image8 chart(const ChartContent& content);

// Images of any height beside each other on white.
datasets::Image8 side_by_side(const std::vector<datasets::Image8>& images);

// Rows are the truth; each cell says which share of the row's pixels was predicted as the column's class, in percent,
// and is the darker the larger the share. The row of a class that never occurs is hatched.
datasets::Image8 confusion_picture(const ConfusionMatrix& matrix, const std::vector<std::string>& names,
                                   const std::string& title);

// Round numbers that span [low, high] in about `count` steps; at least two, ascending.
std::vector<double> axis_ticks(double low, double high, int count);

}  // namespace train
