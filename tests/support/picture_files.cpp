// SPDX-License-Identifier: Apache-2.0
#include "tests/support/picture_files.h"

#include <cstdio>

// After <cstdio>: the library's header uses FILE without including it.
#include <jpeglib.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace test {

std::uint16_t value_of(const TiffOptions& options, std::size_t i, int c) {
  const std::size_t value = (i * 2749 + static_cast<std::size_t>(c) * 97 + i / 53 * 13);
  return static_cast<std::uint16_t>(value & ((std::size_t{1} << options.bits) - 1));
}

namespace {

void put(const TiffOptions& options, std::vector<std::uint8_t>& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value & 255));
  if (options.bits >= 16) bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  if (options.bits == 32) bytes.insert(bytes.end(), 2, 0);
}

std::vector<std::uint8_t> block_of(const TiffOptions& options, int top, int left, int height, int width, int plane) {
  std::vector<std::uint8_t> bytes;
  for (int y = top; y < top + height; ++y)
    for (int x = left; x < left + width; ++x)
      for (int c = 0; c < options.samples; ++c) {
        if (plane >= 0 && c != plane) continue;
        const bool inside = y < options.height && x < options.width;
        put(options, bytes,
            inside ? value_of(options, static_cast<std::size_t>(y) * options.width + x, c) : std::uint16_t{0});
      }
  return bytes;
}

void write_page(TIFF* file, const TiffOptions& options) {
  TIFFSetField(file, TIFFTAG_IMAGEWIDTH, options.width);
  TIFFSetField(file, TIFFTAG_IMAGELENGTH, options.height);
  TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, options.bits);
  TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, options.samples);
  TIFFSetField(file, TIFFTAG_SAMPLEFORMAT, options.format);
  TIFFSetField(file, TIFFTAG_COMPRESSION, options.compression);
  TIFFSetField(file, TIFFTAG_PHOTOMETRIC, options.photometric);
  TIFFSetField(file, TIFFTAG_PLANARCONFIG, options.planar);
  TIFFSetField(file, TIFFTAG_ORIENTATION, options.orientation);
  if (options.predictor != 1) TIFFSetField(file, TIFFTAG_PREDICTOR, options.predictor);
  const bool separate = options.planar == PLANARCONFIG_SEPARATE;
  if (options.tile > 0) {
    TIFFSetField(file, TIFFTAG_TILEWIDTH, options.tile);
    TIFFSetField(file, TIFFTAG_TILELENGTH, options.tile);
  } else {
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, options.rows_per_strip);
  }
  std::uint32_t number = 0;
  for (int plane = 0; plane < (separate ? options.samples : 1); ++plane) {
    const int step_y = options.tile > 0 ? options.tile : options.rows_per_strip;
    const int step_x = options.tile > 0 ? options.tile : options.width;
    for (int top = 0; top < options.height; top += step_y)
      for (int left = 0; left < options.width; left += step_x) {
        const int rows = options.tile > 0 ? options.tile : std::min(step_y, options.height - top);
        std::vector<std::uint8_t> block = block_of(options, top, left, rows, step_x, separate ? plane : -1);
        const auto size = static_cast<tmsize_t>(block.size());
        const tmsize_t written = options.tile > 0 ? TIFFWriteEncodedTile(file, number, block.data(), size)
                                                  : TIFFWriteEncodedStrip(file, number, block.data(), size);
        REQUIRE(written == size);
        ++number;
      }
  }
  TIFFWriteDirectory(file);
}

}  // namespace

void write_tiff(const std::filesystem::path& path, const TiffOptions& options) {
  const std::unique_ptr<TIFF, void (*)(TIFF*)> file(TIFFOpen(path.c_str(), options.mode), TIFFClose);
  REQUIRE(file);
  for (int page = 0; page < options.pages; ++page) write_page(file.get(), options);
}

void write_jpeg(const std::filesystem::path& path, const datasets::Image8& image, int quality) {
  jpeg_compress_struct state{};
  jpeg_error_mgr errors{};
  state.err = jpeg_std_error(&errors);
  jpeg_create_compress(&state);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
  jpeg_stdio_dest(&state, file.get());
  state.image_width = static_cast<JDIMENSION>(image.width);
  state.image_height = static_cast<JDIMENSION>(image.height);
  state.input_components = image.channels;
  state.in_color_space = image.channels == 4 ? JCS_CMYK : image.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&state);
  jpeg_set_quality(&state, quality, TRUE);
  jpeg_start_compress(&state, TRUE);
  std::vector<std::uint8_t> pixels = image.pixels;
  while (state.next_scanline < state.image_height) {
    JSAMPROW row = pixels.data() + static_cast<std::size_t>(state.next_scanline) * image.width * image.channels;
    jpeg_write_scanlines(&state, &row, 1);
  }
  jpeg_finish_compress(&state);
  jpeg_destroy_compress(&state);
}

void write_bmp(const std::filesystem::path& path, const datasets::Image8& image) {
  std::string bytes = "BM";
  const auto put = [&](std::size_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 255);
  };
  constexpr std::size_t head = 54;
  const auto width = static_cast<std::size_t>(image.width), height = static_cast<std::size_t>(image.height);
  put(head + (3 * width + 3) / 4 * 4 * height, 4);
  for (const auto& [value, count] : std::initializer_list<std::pair<std::size_t, int>>{
           {0, 4}, {head, 4}, {40, 4}, {width, 4}, {height, 4}, {1, 2}, {24, 2}, {0, 4}, {0, 4}, {0, 8}, {0, 8}})
    put(value, count);
  for (int y = image.height - 1; y >= 0; --y) {
    for (int x = 0; x < image.width; ++x)
      for (int c = 2; c >= 0; --c) put(image.at(y, x, c), 1);
    put(0, static_cast<int>((4 - 3 * width % 4) % 4));
  }
  write_text(path, bytes);
}

}  // namespace test
