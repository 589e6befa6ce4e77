// SPDX-License-Identifier: Apache-2.0
// TIFF files in memory through libtiff: what thermal cameras write (grey of 8 or 16 bits, in strips or tiles), and
// colour and palette images of the same kind.
#pragma once

#include "datasets/stored_image.h"

namespace datasets {

bool is_tiff(const std::vector<std::uint8_t>& file);

// The stored numbers. Compression none, LZW, deflate or PackBits; unsigned integers of 8 or 16 bits; one page, upright.
// Anything else is refused, never guessed at; everything in a build without libtiff. Throws DataError whose message
// begins with `name`.
StoredImage decode_tiff(const std::vector<std::uint8_t>& file, const std::string& name);

}  // namespace datasets
