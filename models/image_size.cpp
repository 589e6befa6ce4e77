// SPDX-License-Identifier: Apache-2.0
#include "models/image_size.h"

#include "kernels/error.h"

namespace models {

Size2 checked_size(const char* network, Size2 size) {
  if (size.h < 32 || size.w < 32 || size.h % 32 != 0 || size.w % 32 != 0)
    throw kernels::ShapeError("{}: height and width must be multiples of 32, the images are {}", network, size);
  return size;
}

void require_size(const char* network, Size2 size, const Tensor& images) {
  const auto& shape = images.shape();
  if (shape.h() != size.h || shape.w() != size.w)
    throw kernels::ShapeError(
        "{}: its position embeddings were made for images of {}, these are {}x{}; a network made for that size takes "
        "the same weights and resamples them",
        network, size, shape.h(), shape.w());
}

}  // namespace models
