// SPDX-License-Identifier: Apache-2.0
// Nearest by integer arithmetic; bilinear and bicubic as two passes of fixed-point sums.
#include "datasets/resize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "kernels/error.h"

namespace datasets {
namespace {

using kernels::Size2;

constexpr int fraction_bits = 22;

// 8-bit sums fit 32 bits: kernels overshoot by less than a factor of two.
template <class T>
using Sum = std::conditional_t<sizeof(T) == 1, std::int32_t, std::int64_t>;

double triangle(double x) {
  return std::max(0.0, 1.0 - std::abs(x));
}

// Keys' cubic convolution kernel with a = -1/2 (1981).
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

// For each output index: where its window of inputs begins, how long it is, and its fixed-point weights.
struct Windows {
  int stride = 0;  // Weights kept per output.
  std::vector<int> first, count;
  std::vector<std::int32_t> weights;
};

Windows make_windows(int in, int out, Filter filter) {
  const bool is_cubic = filter == Filter::bicubic;
  const double scale = static_cast<double>(in) / out;
  const double stretch = std::max(scale, 1.0);  // Shrinking widens the kernel.
  const double reach = (is_cubic ? 2.0 : 1.0) * stretch;
  Windows windows;
  windows.stride = 2 * static_cast<int>(std::ceil(reach)) + 1;
  windows.first.resize(static_cast<std::size_t>(out));
  windows.count.resize(static_cast<std::size_t>(out));
  windows.weights.resize(static_cast<std::size_t>(out) * windows.stride);
  std::vector<double> exact(static_cast<std::size_t>(windows.stride));
  for (int i = 0; i < out; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - reach + 0.5));
    const int last = std::min(in, static_cast<int>(centre + reach + 0.5));
    double total = 0;
    for (int k = first; k < last; ++k) {
      const double distance = (k + 0.5 - centre) / stretch;
      const double weight = is_cubic ? cubic(distance) : triangle(distance);
      exact[static_cast<std::size_t>(k - first)] = weight;
      total += weight;
    }
    windows.first[static_cast<std::size_t>(i)] = first;
    windows.count[static_cast<std::size_t>(i)] = last - first;
    std::int32_t* weights = &windows.weights[static_cast<std::size_t>(i) * windows.stride];
    for (int k = 0; k < last - first; ++k)
      weights[k] =
          static_cast<std::int32_t>(std::round(exact[static_cast<std::size_t>(k)] / total * (1 << fraction_bits)));
  }
  return windows;
}

template <class T>
T rounded(Sum<T> sum) {
  const Sum<T> value = (sum + (Sum<T>{1} << (fraction_bits - 1))) >> fraction_bits;
  return static_cast<T>(std::clamp<Sum<T>>(value, 0, std::numeric_limits<T>::max()));
}

// One pass along the columns of each row, for a fixed number of channels so that the inner loop is unrolled.
template <class T, int channels>
void resize_columns(const Image<T>& from, Image<T>& to, const Windows& windows) {
  for (int y = 0; y < to.height; ++y)
    for (int x = 0; x < to.width; ++x) {
      const T* source = &from.at(y, windows.first[static_cast<std::size_t>(x)]);
      const std::int32_t* weights = &windows.weights[static_cast<std::size_t>(x) * windows.stride];
      Sum<T> sums[channels] = {};
      for (int k = 0; k < windows.count[static_cast<std::size_t>(x)]; ++k)
        for (int c = 0; c < channels; ++c) sums[c] += Sum<T>{weights[k]} * source[k * channels + c];
      for (int c = 0; c < channels; ++c) to.at(y, x, c) = rounded<T>(sums[c]);
    }
}

template <class T>
Image<T> resize_columns(const Image<T>& image, int width, Filter filter) {
  Image<T> result(image.height, width, image.channels);
  const Windows windows = make_windows(image.width, width, filter);
  switch (image.channels) {
    case 1:
      resize_columns<T, 1>(image, result, windows);
      break;
    case 2:
      resize_columns<T, 2>(image, result, windows);
      break;
    case 3:
      resize_columns<T, 3>(image, result, windows);
      break;
    case 4:
      resize_columns<T, 4>(image, result, windows);
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
  const Windows windows = make_windows(image.height, height, filter);
  const auto row = static_cast<std::size_t>(image.width) * image.channels;
  std::vector<Sum<T>> sums(row);
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), Sum<T>{0});
    const std::int32_t* weights = &windows.weights[static_cast<std::size_t>(y) * windows.stride];
    for (int k = 0; k < windows.count[static_cast<std::size_t>(y)]; ++k) {
      const T* source = &image.at(windows.first[static_cast<std::size_t>(y)] + k, 0);
      for (std::size_t i = 0; i < row; ++i) sums[i] += Sum<T>{weights[k]} * source[i];
    }
    T* target = &result.at(y, 0);
    for (std::size_t i = 0; i < row; ++i) target[i] = rounded<T>(sums[i]);
  }
  return result;
}

template <class T>
Image<T> resize_nearest(const Image<T>& image, Size2 size) {
  // floor((i + 0.5) * in / out) in integers: no rounding decides between two neighbours.
  const auto source_index = [](int i, int in, int out) {
    return static_cast<int>((std::int64_t{2} * i + 1) * in / (std::int64_t{2} * out));
  };
  Image<T> result(size.h, size.w, image.channels);
  for (int y = 0; y < size.h; ++y) {
    const int from_y = source_index(y, image.height, size.h);
    for (int x = 0; x < size.w; ++x)
      std::copy_n(&image.at(from_y, source_index(x, image.width, size.w)), image.channels, &result.at(y, x));
  }
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

// a * b / 255, rounded.
std::uint8_t product(int a, int b) {
  return static_cast<std::uint8_t>((2 * a * b + 255) / 510);
}

}  // namespace

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
    for (std::size_t c = 0; c < 3; ++c) weighted.pixels[i + c] = product(image.pixels[i + c], image.pixels[i + 3]);
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
