// SPDX-License-Identifier: Apache-2.0
#include "datasets/png_pixels.h"

#if ISOTHERM_HAVE_LIBDEFLATE

#include <immintrin.h>
#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace datasets {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t signature_bytes = 8, chunk_frame_bytes = 12;
constexpr std::uint32_t most_side = 1000000;  // libpng's own limit.

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

struct Chunk {
  std::string_view type;
  Bytes content;
  bool whole = false;  // Its checksum is right.
};

// Takes the first chunk off `rest`.
std::optional<Chunk> take_chunk(Bytes& rest) {
  if (rest.size() < chunk_frame_bytes) return {};
  const std::size_t length = big_endian(rest.data());
  if (length > rest.size() - chunk_frame_bytes) return {};
  const Chunk chunk{{reinterpret_cast<const char*>(rest.data()) + 4, 4},
                    rest.subspan(8, length),
                    libdeflate_crc32(0, rest.data() + 4, length + 4) == big_endian(rest.data() + 8 + length)};
  rest = rest.subspan(length + chunk_frame_bytes);
  return chunk;
}

// Chunks that change no pixel and that libpng passes over, damaged or not.
bool is_remark(std::string_view type) {
  constexpr std::string_view remarks[] = {"tEXt", "zTXt", "iTXt", "tIME", "pHYs",
                                          "gAMA", "cHRM", "sRGB", "iCCP", "eXIf"};
  return std::find(std::begin(remarks), std::end(remarks), type) != std::end(remarks);
}

std::optional<StoredImage> plain_header(const Chunk& chunk, std::size_t file_bytes) {
  if (chunk.type != "IHDR" || chunk.content.size() != 13 || !chunk.whole) return {};
  const std::uint8_t* field = chunk.content.data();
  const std::uint32_t width = big_endian(field), height = big_endian(field + 4);
  if (width < 1 || height < 1 || width > most_side || height > most_side) return {};
  StoredImage image{static_cast<int>(height), static_cast<int>(width), PixelKind::grey, field[8], {}};
  if (image.bits != 8 && image.bits != 16) return {};
  switch (field[9]) {
    case 0:
      image.kind = PixelKind::grey;
      break;
    case 2:
      image.kind = PixelKind::rgb;
      break;
    case 4:
      image.kind = PixelKind::grey_alpha;
      break;
    case 6:
      image.kind = PixelKind::rgba;
      break;
    default:
      return {};
  }
  if (field[10] != 0 || field[11] != 0 || field[12] != 0) return {};  // Compression, filters, interlacing.
  const ClaimedSize claimed{
      .height = height, .width = width, .bits_per_pixel = image.bits * image.channels(), .file_bytes = file_bytes};
  if (!is_credible(claimed)) return {};
  return image;
}

std::size_t bytes_per_pixel(const StoredImage& image) {
  return static_cast<std::size_t>(image.channels()) * static_cast<std::size_t>(image.bits) / 8;
}

// The zlib stream, whose parts lie in one or several chunks. `joined` owns it in the second case.
std::optional<Bytes> compressed_pixels(Bytes rest, std::vector<std::uint8_t>& joined) {
  Bytes first;
  int parts = 0;
  bool behind = false;
  while (const std::optional<Chunk> chunk = take_chunk(rest)) {
    if (chunk->type == "IEND")
      return chunk->whole && parts > 0 ? std::optional(parts == 1 ? first : Bytes(joined)) : std::nullopt;
    if (chunk->type != "IDAT") {
      if (!is_remark(chunk->type)) return {};
      behind = parts > 0;
      continue;
    }
    if (!chunk->whole || behind) return {};
    if (++parts == 1) {
      first = chunk->content;
      continue;
    }
    if (parts == 2) joined.assign(first.begin(), first.end());
    joined.insert(joined.end(), chunk->content.begin(), chunk->content.end());
  }
  return {};
}

bool inflate(Bytes packed, std::vector<std::uint8_t>& filtered) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> machine(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!machine) return false;
  std::size_t read = 0, written = 0;
  return libdeflate_zlib_decompress_ex(machine.get(), packed.data(), packed.size(), filtered.data(), filtered.size(),
                                       &read, &written) == LIBDEFLATE_SUCCESS &&
         read == packed.size() && written == filtered.size();
}

// The bytes of one pixel, each in a lane of 16 bits. The pixels of a row depend on each other, so that one pixel at a
// time is all that there is to do at once.
template <int step>
__m128i load(const std::uint8_t* pixel) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, pixel, step);
  return _mm_cvtepu8_epi16(_mm_cvtsi64_si128(static_cast<long long>(bytes)));
}

template <int step>
void store(std::uint8_t* pixel, __m128i lanes) {
  const auto bytes = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_packus_epi16(lanes, lanes)));
  std::memcpy(pixel, &bytes, step);
}

// The neighbour (left a, above b, above left c) that is nearest to a + b - c; of equals, the first in this order.
__m128i paeth(__m128i a, __m128i b, __m128i c) {
  const __m128i from_a = _mm_sub_epi16(b, c), from_b = _mm_sub_epi16(a, c);
  const __m128i to_a = _mm_abs_epi16(from_a), to_b = _mm_abs_epi16(from_b);
  const __m128i nearest = _mm_min_epi16(_mm_min_epi16(to_a, to_b), _mm_abs_epi16(_mm_add_epi16(from_a, from_b)));
  const __m128i b_or_c = _mm_blendv_epi8(c, b, _mm_cmpeq_epi16(nearest, to_b));
  return _mm_blendv_epi8(b_or_c, a, _mm_cmpeq_epi16(nearest, to_a));
}

// One row: what a filter predicts from the pixel to the left (`step` bytes before) and the row above is added, modulo
// 256.
template <int step>
bool unfilter_row(int filter, const std::uint8_t* from, const std::uint8_t* above, std::uint8_t* to,
                  std::size_t bytes) {
  __m128i left = _mm_setzero_si128(), above_left = left;
  switch (filter) {
    case 0:
      std::memmove(to, from, bytes);
      return true;
    case 1:
      for (std::size_t x = 0; x < bytes; x += step)
        store<step>(to + x, left = _mm_add_epi8(left, load<step>(from + x)));
      return true;
    case 2:
      for (std::size_t x = 0; x < bytes; ++x) to[x] = static_cast<std::uint8_t>(from[x] + above[x]);
      return true;
    case 3:
      for (std::size_t x = 0; x < bytes; x += step) {
        const __m128i mean = _mm_srli_epi16(_mm_add_epi16(left, load<step>(above + x)), 1);
        store<step>(to + x, left = _mm_add_epi8(mean, load<step>(from + x)));
      }
      return true;
    case 4:
      for (std::size_t x = 0; x < bytes; x += step) {
        const __m128i up = load<step>(above + x);
        store<step>(to + x, left = _mm_add_epi8(paeth(left, up, above_left), load<step>(from + x)));
        above_left = up;
      }
      return true;
    default:
      return false;
  }
}

using UnfilterRow = bool (*)(int, const std::uint8_t*, const std::uint8_t*, std::uint8_t*, std::size_t);

UnfilterRow unfilter_row_of(int step) {
  switch (step) {
    case 1:
      return unfilter_row<1>;
    case 2:
      return unfilter_row<2>;
    case 3:
      return unfilter_row<3>;
    case 4:
      return unfilter_row<4>;
    case 6:
      return unfilter_row<6>;
    default:
      return unfilter_row<8>;
  }
}

// In place: a row ends up in front of where it came from, because the filters' own bytes are left out.
bool unfilter(StoredImage& image) {
  const std::size_t step = bytes_per_pixel(image), row = step * static_cast<std::size_t>(image.width);
  const UnfilterRow add = unfilter_row_of(static_cast<int>(step));
  const std::vector<std::uint8_t> nothing(row);
  const std::uint8_t* above = nothing.data();
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    const std::uint8_t* from = &image.bytes[y * (row + 1)];
    std::uint8_t* to = &image.bytes[y * row];
    if (!add(from[0], from + 1, above, to, row)) return false;
    above = to;
  }
  image.bytes.resize(row * static_cast<std::size_t>(image.height));
  return true;
}

void to_machine_order(StoredImage& image) {
  if (image.bits != 16 || std::endian::native != std::endian::little) return;
  for (std::size_t i = 0; i < image.bytes.size(); i += 2) std::swap(image.bytes[i], image.bytes[i + 1]);
}

}  // namespace

std::optional<StoredImage> decode_plain_png(const std::vector<std::uint8_t>& file) {
  constexpr std::uint8_t signature[signature_bytes] = {137, 'P', 'N', 'G', 13, 10, 26, 10};
  if (file.size() < signature_bytes || !std::equal(std::begin(signature), std::end(signature), file.begin())) return {};
  Bytes rest = Bytes(file).subspan(signature_bytes);
  const std::optional<Chunk> first = take_chunk(rest);
  std::optional<StoredImage> image = first ? plain_header(*first, file.size()) : std::nullopt;
  if (!image) return {};
  std::vector<std::uint8_t> joined;
  const std::optional<Bytes> packed = compressed_pixels(rest, joined);
  if (!packed) return {};
  const std::size_t row = bytes_per_pixel(*image) * static_cast<std::size_t>(image->width);
  image->bytes.resize((row + 1) * static_cast<std::size_t>(image->height));
  if (!inflate(*packed, image->bytes) || !unfilter(*image)) return {};
  to_machine_order(*image);
  return image;
}

}  // namespace datasets

#else

namespace datasets {

std::optional<StoredImage> decode_plain_png(const std::vector<std::uint8_t>&) {
  return {};
}

}  // namespace datasets

#endif
