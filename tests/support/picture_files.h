// SPDX-License-Identifier: Apache-2.0
// Pictures as cameras and labelling tools write them, by the libraries that do so: TIFF of every kind, JPEG, BMP.
#pragma once

#include <tiffio.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "datasets/image.h"

namespace test {

struct TiffOptions {
  int height = 37, width = 53, bits = 16, samples = 1;
  const char* mode = "w";  // "wb": the high byte first.
  int compression = COMPRESSION_NONE, photometric = PHOTOMETRIC_MINISBLACK, planar = PLANARCONFIG_CONTIG;
  int rows_per_strip = 8, tile = 0, predictor = 1, format = SAMPLEFORMAT_UINT, orientation = ORIENTATION_TOPLEFT;
  int pages = 1;
};

// Value of pixel i, channel c: uses all bits and is not periodic in rows.
std::uint16_t value_of(const TiffOptions& options, std::size_t i, int c);

// Fails the test case where the library refuses, as the others do.
void write_tiff(const std::filesystem::path& path, const TiffOptions& options);

// Of four channels: CMYK.
void write_jpeg(const std::filesystem::path& path, const datasets::Image8& image, int quality = 90);

// BMP of 24 bits, from the bottom row to the top, blue first, rows padded to four bytes.
void write_bmp(const std::filesystem::path& path, const datasets::Image8& image);

}  // namespace test
