// SPDX-License-Identifier: Apache-2.0
#include "models/segmentation_model.h"

#include <algorithm>
#include <cmath>

#include "engine/ops/concat.h"
#include "kernels/error.h"

namespace models {

namespace {

void check(const char* network, const char* what, const Tensor& image, int channels, int multiple) {
  if (!image) throw kernels::ShapeError("{}: needs the {} image, none was given", network, what);
  const auto& shape = image.shape();
  if (shape.rank() != 4 || shape.c() != channels)
    throw kernels::ShapeError("{}: the {} image must be [n, {}, h, w], got {}", network, what, channels, shape);
  if (shape.h() % multiple != 0 || shape.w() % multiple != 0)
    throw kernels::ShapeError("{}: height and width must be multiples of {}, the {} image is {}x{}", network, multiple,
                              what, shape.h(), shape.w());
}

}  // namespace

Tensor stream_input(const char* network, const Inputs& in, Spectra spectra, int multiple) {
  if (spectra != Spectra::thermal) check(network, "RGB", in.rgb, 3, multiple);
  if (spectra != Spectra::rgb) check(network, "thermal", in.thermal, 1, multiple);
  switch (spectra) {
    case Spectra::rgb:
      return in.rgb;
    case Spectra::thermal:
      return in.thermal;
    case Spectra::four_channels:
      return engine::concat({in.rgb, in.thermal}, 1);
    case Spectra::both:
      break;
  }
  return {};
}

int scaled_width(int channels, double width) {
  return std::max(2, 2 * static_cast<int>(std::lround(width * channels / 2)));
}

}  // namespace models
