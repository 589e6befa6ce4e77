// SPDX-License-Identifier: Apache-2.0
// Large images in windows: where these lie, and how what a network sees in them becomes one map without seams.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "kernels/shape.h"

namespace train {

// First pixels of windows along a side of `side` pixels, as few as overlap by `overlap` or more, spaced evenly. One
// window at 0 where it covers the side. Expects 0 <= overlap < window.
std::vector<int> window_begins(int side, int window, int overlap);

// Pixels that neighbours among these windows share at least: `overlap` or more, because windows are spaced evenly. With
// it in place of `overlap`, window_begins gives no more windows, which share as much.
int shared_pixels(int side, int window, int overlap);

// Weight of each pixel of a window along one side: it rises over `overlap` pixels from either end as
// sin^2(pi / 2 * (d + 1/2) / overlap), d pixels from the end, and is 1 between. Two windows that overlap by exactly
// `overlap` have weights that sum to 1.
std::vector<float> window_weights(int window, int overlap);

struct WindowLayout {
  kernels::Size2 image;
  kernels::Size2 window;  // No larger than the image.
  kernels::Size2 overlap;
};

// Weighted means of probabilities over windows. Holds as many rows of the image as a window has: a row leaves as soon
// as no later window can change it. Every update is a step towards the new value, so that equal values stay what they
// are, bit for bit, whatever the weights.
class Blender {
 public:
  // Called with each row of the image in order: its number, and `classes` planes of image.w probabilities.
  using Row = std::function<void(int y, std::span<const float> probabilities)>;

  Blender(const WindowLayout& layout, int classes, Row row);

  // A window whose first pixel is (y, x): planes [classes, window.h, window.w]. Windows come from top to bottom.
  void add(int y, int x, std::span<const float> probabilities);
  void finish();  // The rows that are left.

 private:
  void release(int end);  // Rows before `end`.

  WindowLayout layout_;
  int classes_;
  Row row_;
  std::vector<float> rows_weights_, columns_weights_;
  std::vector<float> means_;   // A ring of window.h rows: [classes, image.w].
  std::vector<float> totals_;  // Of weights: a ring of window.h rows: [image.w].
  int done_ = 0;               // Rows that have left.
};

}  // namespace train
