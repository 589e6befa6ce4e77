// SPDX-License-Identifier: Apache-2.0
#include "datasets/stored_image.h"

#include <array>

#include "kernels/error.h"

namespace datasets {
namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
constexpr std::int64_t most_expansion = 1500;
constexpr std::int64_t header_allowance = 1 << 12;  // Bytes: of tiny images, the header is most of the file.

std::int64_t bytes_of(const ClaimedSize& claimed) {
  return claimed.height * ((claimed.width * claimed.bits_per_pixel + 7) / 8);
}

}  // namespace

std::string to_string(PixelKind kind) {
  constexpr std::array names = {"grey", "grey with alpha", "palette", "RGB", "RGBA"};
  return names[static_cast<std::size_t>(kind)];
}

int channels_of(PixelKind kind) {
  constexpr std::array counts = {1, 2, 1, 3, 4};
  return counts[static_cast<std::size_t>(kind)];
}

bool is_credible(const ClaimedSize& claimed) {
  if (claimed.height < 1 || claimed.width < 1) return false;
  if (claimed.width > most_pixels || claimed.height > most_pixels / claimed.width) return false;
  return bytes_of(claimed) <= most_expansion * static_cast<std::int64_t>(claimed.file_bytes) + header_allowance;
}

void require_credible(const std::string& name, const ClaimedSize& claimed) {
  if (is_credible(claimed)) return;
  if (claimed.height < 1 || claimed.width < 1)
    throw kernels::DataError("{}: expected an image of at least 1 x 1, got height {} and width {}", name,
                             claimed.height, claimed.width);
  if (claimed.width > most_pixels || claimed.height > most_pixels / claimed.width)
    throw kernels::DataError("{}: expected at most {} pixels, got height {} and width {}", name, most_pixels,
                             claimed.height, claimed.width);
  throw kernels::DataError("{}: expected pixels for height {} and width {}, which {} bytes cannot hold", name,
                           claimed.height, claimed.width, claimed.file_bytes);
}

}  // namespace datasets
