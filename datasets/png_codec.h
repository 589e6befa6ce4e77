// SPDX-License-Identifier: Apache-2.0
// PNG files in memory through libpng.
#pragma once

#include "datasets/stored_image.h"

namespace datasets {

enum class PngValues {
  stored,    // The numbers of the file: palette indices stay indices, packed values are spread, 16 bits stay 16 bits.
  displayed  // A palette becomes its colours, grey below 8 bits is scaled to 8, transparency becomes a channel.
};

// Throws DataError whose message begins with `name` where the bytes are no intact PNG.
StoredImage decode_png(const std::vector<std::uint8_t>& file, const std::string& name,
                       PngValues values = PngValues::stored);

// The palette of a PNG as R, G, B triples; empty where it has none. Reads nothing but the header.
std::vector<std::uint8_t> palette_of_png(const std::vector<std::uint8_t>& file, const std::string& name);

// 8 or 16 bits; no palette. Throws DataError where a side is 0 or libpng refuses.
std::vector<std::uint8_t> encode_png(const StoredImage& image, const std::string& name);

}  // namespace datasets
