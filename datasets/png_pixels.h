// SPDX-License-Identifier: Apache-2.0
// The pixels of plain PNG files (ISO/IEC 15948: 8 or 16 bits, no palette, no transparent colour, not interlaced), by
// libdeflate, in half the time of libpng with zlib. It judges nothing: whatever is not plain or not flawless is left to
// libpng, which knows what to do or to say.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "datasets/stored_image.h"

namespace datasets {

// The same bytes that libpng gives for the file, or nothing. Never throws but bad_alloc.
std::optional<StoredImage> decode_plain_png(const std::vector<std::uint8_t>& file);

}  // namespace datasets
