// SPDX-License-Identifier: Apache-2.0
// Changes of an image that move pixels without computing new ones: mirror, crop, split into channels.
#pragma once

#include <algorithm>

#include "datasets/image.h"

namespace datasets {

// Half-open: columns [left, right), rows [top, bottom).
struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;
  int width() const { return right - left; }
  int height() const { return bottom - top; }
  friend bool operator==(const Box&, const Box&) = default;
};

// Left and right exchanged, in place.
template <class T>
void mirror(Image<T>& image) {
  for (int y = 0; y < image.height; ++y)
    for (int left = 0, right = image.width - 1; left < right; ++left, --right)
      std::swap_ranges(&image.at(y, left), &image.at(y, left) + image.channels, &image.at(y, right));
}

// `box` must lie inside the image.
template <class T>
Image<T> crop(const Image<T>& image, const Box& box) {
  Image<T> part(box.height(), box.width(), image.channels);
  const auto row = static_cast<std::size_t>(box.width()) * image.channels;
  for (int y = 0; y < part.height; ++y)
    std::copy_n(image.pixels.data() + (static_cast<std::size_t>(box.top + y) * image.width + box.left) * image.channels,
                row, part.pixels.data() + static_cast<std::size_t>(y) * row);
  return part;
}

// Channels [first, first + count) of an image, as an image of To.
template <class To, class From>
Image<To> channels_of(const Image<From>& image, int first, int count) {
  Image<To> part(image.height, image.width, count);
  const std::size_t pixels = static_cast<std::size_t>(image.height) * image.width;
  for (std::size_t i = 0; i < pixels; ++i)
    for (int c = 0; c < count; ++c)
      part.pixels[i * count + c] = static_cast<To>(image.pixels[i * image.channels + first + c]);
  return part;
}

}  // namespace datasets
