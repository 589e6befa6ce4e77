// SPDX-License-Identifier: Apache-2.0
// PNG files in memory through libpng, with the numbers as stored: palette indices stay indices, 16 bits stay 16 bits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace datasets {

enum class PngColour { grey, grey_alpha, palette, rgb, rgba };
std::string to_string(PngColour colour);

struct PngImage {
  int height = 0, width = 0;
  PngColour colour = PngColour::grey;
  int bits = 8;  // As stored: 1, 2, 4, 8 or 16 per channel.
  // Row-major, channels interleaved. One byte per value below 16 bits (packed values are spread, not scaled); two
  // bytes, the high one first, at 16 bits.
  std::vector<std::uint8_t> bytes;

  int channels() const;
  std::uint16_t value16(std::size_t index) const {  // Of a 16-bit image.
    return static_cast<std::uint16_t>(bytes[2 * index] << 8 | bytes[2 * index + 1]);
  }
};

// Throws DataError whose message begins with `name` where the bytes are no intact PNG.
PngImage decode_png(const std::vector<std::uint8_t>& file, const std::string& name);

// 8 or 16 bits; no palette. Throws DataError where a side is 0 or libpng refuses.
std::vector<std::uint8_t> encode_png(const PngImage& image, const std::string& name);

}  // namespace datasets
