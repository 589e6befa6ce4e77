// SPDX-License-Identifier: Apache-2.0
// An image with the numbers as its file stores them: what the codecs (PNG, TIFF, JPEG) hand over and take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace datasets {

enum class PixelKind { grey, grey_alpha, palette, rgb, rgba };
std::string to_string(PixelKind kind);
int channels_of(PixelKind kind);  // A palette has one: its index.

struct StoredImage {
  int height = 0, width = 0;
  PixelKind kind = PixelKind::grey;
  int bits = 8;  // As stored: 1, 2, 4, 8 or 16 per channel.
  // Row-major, channels interleaved. One byte per value below 16 bits (packed values are spread, not scaled); two
  // bytes, in the machine's order, at 16 bits.
  std::vector<std::uint8_t> bytes;

  int channels() const { return channels_of(kind); }
  std::uint16_t value16(std::size_t index) const {  // Of a 16-bit image.
    std::uint16_t value = 0;
    std::memcpy(&value, &bytes[2 * index], sizeof value);
    return value;
  }
};

// What a header may claim. Checked before memory is taken for the pixels, so that a damaged or hostile header costs
// nothing.
struct ClaimedSize {
  std::int64_t height = 0, width = 0;
  std::int64_t bits_per_pixel = 8;
  std::size_t file_bytes = 0;
};

// Whether require_credible lets it pass.
bool is_credible(const ClaimedSize& claimed);
// Throws DataError, beginning with `name`, where a side is 0, the image has more than 2^28 pixels, or its pixels are
// more than 1500 times the file: the methods that are read here (deflate 1032 : 1, LZW 1366 : 1, JPEG one bit per block
// of 64) cannot squeeze any image so far.
void require_credible(const std::string& name, const ClaimedSize& claimed);

}  // namespace datasets
