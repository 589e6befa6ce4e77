// SPDX-License-Identifier: Apache-2.0
// JPEG files in memory through libjpeg-turbo, with the exact integer transform and smooth chroma that OpenCV and Pillow
// use too, so that all three agree in every bit.
#pragma once

#include "datasets/stored_image.h"

namespace datasets {

bool is_jpeg(const std::vector<std::uint8_t>& file);

// Grey or RGB of 8 bits. The orientation that a camera may have noted is not applied: labels would not follow. Throws
// DataError whose message begins with `name` where the bytes are no intact JPEG or have other components (CMYK).
StoredImage decode_jpeg(const std::vector<std::uint8_t>& file, const std::string& name);

}  // namespace datasets
