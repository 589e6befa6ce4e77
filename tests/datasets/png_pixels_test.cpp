// SPDX-License-Identifier: Apache-2.0
// The quick reader of plain PNG files gives libpng's bytes, and leaves everything else to libpng.
#include "datasets/png_pixels.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "datasets/png_codec.h"
#include "kernels/error.h"
#include "kernels/random.h"
#include "tests/support/catch.h"

using namespace datasets;
using Bytes = std::vector<std::uint8_t>;

namespace {

struct Made {
  int height = 7, width = 13, bits = 8, colour_type = PNG_COLOR_TYPE_RGBA;
  int filters = PNG_ALL_FILTERS, interlace = PNG_INTERLACE_NONE;
  std::size_t chunk_bytes = 8192;
};

Bytes png_of(const Made& made) {
  Bytes file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp writer, png_bytep from, std::size_t count) {
        auto& to = *static_cast<Bytes*>(png_get_io_ptr(writer));
        to.insert(to.end(), from, from + count);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(made.width), static_cast<png_uint_32>(made.height), made.bits,
               made.colour_type, made.interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_filter(png, 0, made.filters);
  png_set_compression_buffer_size(png, made.chunk_bytes);
  png_write_info(png, info);
  const std::size_t row = png_get_rowbytes(png, info);
  kernels::RandomStream random(5, "png");
  std::vector<Bytes> rows(static_cast<std::size_t>(made.height), Bytes(row));
  // Slopes with noise, so that every filter is the best of some row; all values, so that sums wrap around.
  for (std::size_t y = 0; y < rows.size(); ++y)
    for (std::size_t x = 0; x < row; ++x)
      rows[y][x] = static_cast<std::uint8_t>(9 * x + 31 * y * (y % 3) + random.below(y % 4 == 0 ? 256 : 6));
  std::vector<png_bytep> pointers;
  for (Bytes& each : rows) pointers.push_back(each.data());
  png_write_image(png, pointers.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

Bytes chunk_of(const std::string& type, const Bytes& content) {
  Bytes named(type.begin(), type.end());
  named.insert(named.end(), content.begin(), content.end());
  const auto add = [](Bytes& to, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  Bytes chunk;
  add(chunk, static_cast<std::uint32_t>(content.size()));
  chunk.insert(chunk.end(), named.begin(), named.end());
  add(chunk, static_cast<std::uint32_t>(crc32(0, named.data(), static_cast<uInt>(named.size()))));
  return chunk;
}

constexpr std::size_t behind_header = 33;

Bytes with_chunk(Bytes file, const std::string& type, const Bytes& content = {1, 2, 3}) {
  const Bytes chunk = chunk_of(type, content);
  file.insert(file.begin() + behind_header, chunk.begin(), chunk.end());
  return file;
}

// A private chunk changes nothing, and is nothing for the quick reader.
StoredImage by_libpng(const Bytes& file) {
  const Bytes strange = with_chunk(file, "isOt");
  REQUIRE_FALSE(decode_plain_png(strange));
  return decode_png(strange, "made.png", PngValues::stored);
}

bool reads_plain_files() {
  const bool reads = decode_plain_png(png_of({})).has_value();
  if (!reads) WARN("skipped: built without libdeflate, so that libpng reads everything");
  return reads;
}

}  // namespace

TEST_CASE("plain PNG files have the bytes that libpng reads, whatever kind, filter and chunks", "[sanitize]") {
  if (!reads_plain_files()) return;
  for (const int colour_type :
       {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGBA})
    for (const int bits : {8, 16})
      for (const int filters :
           {PNG_FILTER_NONE, PNG_FILTER_SUB, PNG_FILTER_UP, PNG_FILTER_AVG, PNG_FILTER_PAETH, PNG_ALL_FILTERS})
        for (const Made& size : {Made{}, Made{.height = 1, .width = 1}, Made{.height = 40, .width = 1},
                                 Made{.height = 1, .width = 67}, Made{.height = 33, .width = 66, .chunk_bytes = 100}}) {
          Made made = size;
          made.colour_type = colour_type;
          made.bits = bits;
          made.filters = filters;
          INFO("colour type " << colour_type << ", " << bits << " bits, filters " << filters << ", " << made.height
                              << "x" << made.width);
          const Bytes file = png_of(made);
          const std::optional<StoredImage> plain = decode_plain_png(file);
          REQUIRE(plain);
          const StoredImage wanted = by_libpng(file);
          CHECK(plain->height == wanted.height);
          CHECK(plain->width == wanted.width);
          CHECK(plain->bits == wanted.bits);
          CHECK(plain->kind == wanted.kind);
          CHECK(plain->bytes == wanted.bytes);
        }
}

TEST_CASE("PNG files that are not plain are left to libpng", "[sanitize]") {
  if (!reads_plain_files()) return;
  CHECK_FALSE(decode_plain_png(png_of({.bits = 4, .colour_type = PNG_COLOR_TYPE_GRAY})));
  CHECK_FALSE(decode_plain_png(png_of({.interlace = PNG_INTERLACE_ADAM7})));
  CHECK_FALSE(decode_plain_png(with_chunk(png_of({.colour_type = PNG_COLOR_TYPE_GRAY}), "tRNS", {0, 7})));
  CHECK(decode_plain_png(with_chunk(png_of({}), "tEXt", {'a', 0, 'b'})));
}

TEST_CASE("a damaged PNG file is never taken for a whole one", "[sanitize]") {
  if (!reads_plain_files()) return;
  const Bytes file = png_of({.height = 20, .width = 30, .chunk_bytes = 200});
  REQUIRE(decode_plain_png(file));
  for (std::size_t length = 0; length < file.size(); ++length) {
    INFO("cut to " << length);
    CHECK_FALSE(decode_plain_png(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length))));
  }
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes damaged = file;
    damaged[at] ^= 16;
    INFO("flipped bit in byte " << at);
    CHECK_FALSE(decode_plain_png(damaged));
  }
}
