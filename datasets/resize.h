// SPDX-License-Identifier: Apache-2.0
// Resizing with the results of Pillow 7 and later, which the published training programs call. Nearest takes the source
// index floor((i + 0.5) * in / out). Bilinear and bicubic (a = -0.5) widen their kernel when they shrink
// (antialiasing), clip it at the border, and run in two passes, columns then rows, each rounded to integers, with
// coefficients of 22 fractional bits. An image that already has the size comes back untouched.
#pragma once

#include "datasets/image.h"
#include "kernels/resampling.h"
#include "kernels/shape.h"

namespace datasets {

enum class Filter { nearest, bilinear, bicubic };
kernels::ResamplingKernel resampling_kernel(Filter filter);  // Of a filter other than nearest.

// Every channel on its own. Throws UsageError where the image is empty or a side of `size` is below 1.
Image8 resize(const Image8& image, kernels::Size2 size, Filter filter);
Image16 resize(const Image16& image, kernels::Size2 size, Filter filter);

// As Pillow resizes an image of four channels, which it takes for R, G, B, alpha: with bilinear and bicubic, colours
// are multiplied by the fourth channel before and divided by it afterwards, both rounded to 8 bits. Where the fourth
// channel is thermal, colour detail is lost in cold places. Nearest moves pixels and multiplies nothing.
Image8 resize_premultiplied(const Image8& image, kernels::Size2 size, Filter filter);

}  // namespace datasets
