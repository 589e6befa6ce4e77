// SPDX-License-Identifier: Apache-2.0
// Nearest by integer arithmetic; bilinear and bicubic as two passes of fixed-point sums.
#include "datasets/resize.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "kernels/error.h"

namespace datasets {
namespace {

using kernels::Size2;

using kernels::resampling_window;
using kernels::ResamplingWindow;

// 8-bit sums fit 32 bits.
template <class T>
using Sum = std::conditional_t<sizeof(T) == 1, std::int32_t, std::int64_t>;

std::vector<std::int32_t> table_of(int in, int out, Filter filter) {
  return kernels::resampling_table(in, out, resampling_kernel(filter));
}

template <class T>
T rounded(Sum<T> sum) {
  return static_cast<T>(kernels::rounded_sum<Sum<T>>(sum, std::numeric_limits<T>::max()));
}

// One pass along the columns of each row, for a fixed number of channels so that the inner loop is unrolled.
template <class T, int channels>
void resize_columns(const Image<T>& from, Image<T>& to, const std::vector<std::int32_t>& table) {
  for (int y = 0; y < to.height; ++y)
    for (int x = 0; x < to.width; ++x) {
      const ResamplingWindow window = resampling_window(table.data(), x);
      const T* source = &from.at(y, window.first);
      Sum<T> sums[channels] = {};
      for (int k = 0; k < window.count; ++k)
        for (int c = 0; c < channels; ++c) sums[c] += Sum<T>{window.weights[k]} * source[k * channels + c];
      for (int c = 0; c < channels; ++c) to.at(y, x, c) = rounded<T>(sums[c]);
    }
}

template <class T>
Image<T> resize_columns(const Image<T>& image, int width, Filter filter) {
  Image<T> result(image.height, width, image.channels);
  const std::vector<std::int32_t> table = table_of(image.width, width, filter);
  switch (image.channels) {
    case 1:
      resize_columns<T, 1>(image, result, table);
      break;
    case 2:
      resize_columns<T, 2>(image, result, table);
      break;
    case 3:
      resize_columns<T, 3>(image, result, table);
      break;
    case 4:
      resize_columns<T, 4>(image, result, table);
      break;
    default:
      throw kernels::UsageError("resize: expected 1 to 4 channels, got {}", image.channels);
  }
  return result;
}

// One pass along the rows: whole rows are added, so neighbours in memory are neighbours in the loop.
template <class T>
Image<T> resize_rows(const Image<T>& image, int height, Filter filter) {
  Image<T> result(height, image.width, image.channels);
  const std::vector<std::int32_t> table = table_of(image.height, height, filter);
  const auto row = static_cast<std::size_t>(image.width) * image.channels;
  std::vector<Sum<T>> sums(row);
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), Sum<T>{0});
    const ResamplingWindow window = resampling_window(table.data(), y);
    for (int k = 0; k < window.count; ++k) {
      const T* source = &image.at(window.first + k, 0);
      const Sum<T> weight = window.weights[k];
      for (std::size_t i = 0; i < row; ++i) sums[i] += weight * source[i];
    }
    T* target = &result.at(y, 0);
    for (std::size_t i = 0; i < row; ++i) target[i] = rounded<T>(sums[i]);
  }
  return result;
}

// For a fixed number of channels, so that a pixel is not a call of memmove.
template <class T, int channels>
void take_pixels(const T* from, const std::vector<std::size_t>& offsets, T* to) {
  for (const std::size_t offset : offsets)
    for (std::size_t c = 0; c < channels; ++c) *to++ = from[offset + c];
}

template <class T>
Image<T> resize_nearest(const Image<T>& image, Size2 size) {
  // floor((i + 0.5) * in / out) in integers: no rounding decides between two neighbours.
  const auto source_index = [](int i, int in, int out) {
    return static_cast<int>((std::int64_t{2} * i + 1) * in / (std::int64_t{2} * out));
  };
  Image<T> result(size.h, size.w, image.channels);
  std::vector<std::size_t> columns(static_cast<std::size_t>(size.w));
  for (int x = 0; x < size.w; ++x)
    columns[static_cast<std::size_t>(x)] =
        static_cast<std::size_t>(source_index(x, image.width, size.w)) * image.channels;
  const auto take_rows = [&](auto take_row) {
    for (int y = 0; y < size.h; ++y)
      take_row(&image.at(source_index(y, image.height, size.h), 0), columns, &result.at(y, 0));
  };
  if (image.channels == 1)
    take_rows(take_pixels<T, 1>);
  else if (image.channels == 3)
    take_rows(take_pixels<T, 3>);
  else if (image.channels == 4)
    take_rows(take_pixels<T, 4>);
  else
    take_rows([&](const T* from, const std::vector<std::size_t>& offsets, T* to) {
      for (const std::size_t offset : offsets) to = std::copy_n(from + offset, image.channels, to);
    });
  return result;
}

template <class T>
Image<T> resize_any(const Image<T>& image, Size2 size, Filter filter) {
  if (image.empty() || size.h < 1 || size.w < 1)
    throw kernels::UsageError("resize: expected sides of at least 1, got {}x{} to {}", image.height, image.width, size);
  if (size == Size2{image.height, image.width}) return image;
  if (filter == Filter::nearest) return resize_nearest(image, size);
  if (size.h == image.height) return resize_columns(image, size.w, filter);
  if (size.w == image.width) return resize_rows(image, size.h, filter);
  return resize_rows(resize_columns(image, size.w, filter), size.h, filter);
}

}  // namespace

kernels::ResamplingKernel resampling_kernel(Filter filter) {
  return filter == Filter::bicubic ? kernels::ResamplingKernel::cubic : kernels::ResamplingKernel::triangle;
}

Image8 resize(const Image8& image, Size2 size, Filter filter) {
  return resize_any(image, size, filter);
}

Image16 resize(const Image16& image, Size2 size, Filter filter) {
  return resize_any(image, size, filter);
}

Image8 resize_premultiplied(const Image8& image, Size2 size, Filter filter) {
  if (image.channels != 4) throw kernels::UsageError("resize: expected 4 channels, got {}", image.channels);
  if (filter == Filter::nearest || size == Size2{image.height, image.width}) return resize_any(image, size, filter);
  Image8 weighted = image;
  for (std::size_t i = 0; i < weighted.pixels.size(); i += 4)
    for (std::size_t c = 0; c < 3; ++c)
      weighted.pixels[i + c] =
          static_cast<std::uint8_t>(kernels::rounded_product(image.pixels[i + c], image.pixels[i + 3]));
  Image8 result = resize_any(weighted, size, filter);
  for (std::size_t i = 0; i < result.pixels.size(); i += 4) {
    const int alpha = result.pixels[i + 3];
    if (alpha == 0) continue;  // The product stays: there is nothing to divide by.
    for (std::size_t c = 0; c < 3; ++c)
      result.pixels[i + c] = static_cast<std::uint8_t>(std::min(255, 255 * result.pixels[i + c] / alpha));
  }
  return result;
}

}  // namespace datasets
