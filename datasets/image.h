// SPDX-License-Identifier: Apache-2.0
// Images as the disk knows them: rows of interleaved channels, unsigned integers. Tensors are made of them at the end
// of the loader (datasets/loader.h) and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace datasets {

// height x width x channels, row-major, channels interleaved. Index (y, x, c).
template <class T>
struct Image {
  int height = 0, width = 0, channels = 1;
  std::vector<T> pixels;

  Image() = default;
  Image(int h, int w, int c, T fill = T{})
      : height(h), width(w), channels(c), pixels(static_cast<std::size_t>(h) * w * c, fill) {}

  T& at(int y, int x, int c = 0) { return pixels[(static_cast<std::size_t>(y) * width + x) * channels + c]; }
  const T& at(int y, int x, int c = 0) const {
    return pixels[(static_cast<std::size_t>(y) * width + x) * channels + c];
  }
  bool empty() const { return pixels.empty(); }
  friend bool operator==(const Image&, const Image&) = default;
};

using Image8 = Image<std::uint8_t>;
using Image16 = Image<std::uint16_t>;
using LabelMap = Image<std::uint8_t>;  // One channel of class ids.

}  // namespace datasets
