// SPDX-License-Identifier: Apache-2.0
#include "train/windows.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace train {

std::vector<int> window_begins(int side, int window, int overlap) {
  if (window >= side) return {0};
  const int stride = window - overlap, room = side - window;
  const int steps = (room + stride - 1) / stride;
  std::vector<int> begins;
  for (int i = 0; i <= steps; ++i) begins.push_back(static_cast<int>(static_cast<std::int64_t>(room) * i / steps));
  return begins;
}

int shared_pixels(int side, int window, int overlap) {
  const std::vector<int> begins = window_begins(side, window, overlap);
  int farthest = 0;
  for (std::size_t i = 1; i < begins.size(); ++i) farthest = std::max(farthest, begins[i] - begins[i - 1]);
  return begins.size() == 1 ? overlap : window - farthest;
}

std::vector<float> window_weights(int window, int overlap) {
  std::vector<float> weights(static_cast<std::size_t>(window), 1.0f);
  for (int i = 0; i < window; ++i) {
    const int from_end = std::min(i, window - 1 - i);
    if (from_end >= overlap) continue;
    const double sine = std::sin(std::numbers::pi / 2 * (from_end + 0.5) / overlap);
    weights[static_cast<std::size_t>(i)] = static_cast<float>(sine * sine);
  }
  return weights;
}

Blender::Blender(const WindowLayout& layout, int classes, Row row)
    : layout_(layout),
      classes_(classes),
      row_(std::move(row)),
      rows_weights_(window_weights(layout.window.h, layout.overlap.h)),
      columns_weights_(window_weights(layout.window.w, layout.overlap.w)) {
  const auto pixels = static_cast<std::size_t>(layout.window.h) * static_cast<std::size_t>(layout.image.w);
  totals_.resize(pixels);
  means_.resize(pixels * static_cast<std::size_t>(classes));
}

void Blender::add(int y, int x, std::span<const float> probabilities) {
  release(y);
  const auto height = static_cast<std::size_t>(layout_.window.h), width = static_cast<std::size_t>(layout_.window.w);
  const auto image_width = static_cast<std::size_t>(layout_.image.w), classes = static_cast<std::size_t>(classes_);
  std::vector<float> shares(width);
  for (std::size_t row = 0; row < height; ++row) {
    const std::size_t slot = (static_cast<std::size_t>(y) + row) % height;
    float* totals = totals_.data() + slot * image_width + x;
    for (std::size_t column = 0; column < width; ++column) {
      const float weight = rows_weights_[row] * columns_weights_[column];
      totals[column] += weight;
      shares[column] = weight / totals[column];  // 1 where this window is the first.
    }
    for (std::size_t c = 0; c < classes; ++c) {
      float* means = means_.data() + (slot * classes + c) * image_width + x;
      const float* seen = probabilities.data() + (c * height + row) * width;
      for (std::size_t column = 0; column < width; ++column)
        means[column] += shares[column] * (seen[column] - means[column]);
    }
  }
}

void Blender::release(int end) {
  const auto image_width = static_cast<std::size_t>(layout_.image.w);
  const std::size_t row_size = static_cast<std::size_t>(classes_) * image_width;
  for (; done_ < end; ++done_) {
    const auto slot = static_cast<std::size_t>(done_ % layout_.window.h);
    const std::span<float> row(means_.data() + slot * row_size, row_size);
    row_(done_, row);
    std::fill(row.begin(), row.end(), 0.0f);
    std::fill_n(totals_.begin() + static_cast<std::ptrdiff_t>(slot * image_width), image_width, 0.0f);
  }
}

void Blender::finish() {
  release(layout_.image.h);
}

}  // namespace train
