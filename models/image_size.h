// SPDX-License-Identifier: Apache-2.0
// Networks whose state depends on the size of the images.
#pragma once

#include "models/segmentation_model.h"

namespace models {

// `size`, where it is made of positive multiples of 32; else throws ShapeError that names the network.
Size2 checked_size(const char* network, Size2 size);

// Throws ShapeError where the images have another size than the network was made for.
void require_size(const char* network, Size2 size, const Tensor& images);

}  // namespace models
