// SPDX-License-Identifier: Apache-2.0
// Images from files and to files: PNG by libpng, JPEG by libjpeg-turbo, TIFF by libtiff, BMP by stb_image, told apart
// by their first bytes, not by their names. Sizes are bounded before memory is taken. Every function may be called from
// several threads at once. Errors: FileError where a file is missing, unreadable or unwritable, DataError where its
// content is not what the function reads; the message names the file, what was expected and what came.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/image.h"

namespace datasets {

// Any picture: 1 to 4 channels, as many as the file has. The palette of a PNG becomes its colours.
struct Picture {
  Image8 image8;    // Where bits is 8, else empty.
  Image16 image16;  // Where bits is 16, else empty.
  int bits = 8;
};
Picture read_picture(const std::filesystem::path& path);
Picture decode_picture(const std::vector<std::uint8_t>& bytes, const std::string& name);  // Of a file in memory.

// A picture that must have 8 bits per channel. Files of 16 are refused, never narrowed.
Image8 read_image8(const std::filesystem::path& path);

// The same, for a file that must have `channels` channels.
Image8 read_image8(const std::filesystem::path& path, int channels);

// A PNG or TIFF of class ids: grey of up to 8 bits (the stored number), a palette (the index, never the colour), or
// 16-bit grey whose values are all below 256.
LabelMap read_label(const std::filesystem::path& path);
LabelMap decode_label(const std::vector<std::uint8_t>& bytes, const std::string& name);

// The palette of a PNG, index by index; empty for every other file.
std::vector<std::array<std::uint8_t, 3>> read_palette(const std::filesystem::path& path);

// A grey image with the stored numbers, neither scaled nor shifted: 16-bit files use 0 .. 65535, 8-bit files 0 .. 255.
struct GreyImage {
  Image16 image;
  int bits = 16;  // 8 or 16, as the file has it.
};
GreyImage read_grey(const std::filesystem::path& path);
Image16 read_png16(const std::filesystem::path& path);  // The image of read_grey.

// Writes "<path>.partial" first (what an earlier, killed writer left there is overwritten) and renames, so that a
// reader never sees half a file. One writer per path at a time. 1, 3 or 4 channels of 8 bits, or one channel of 16. The
// folder must exist.
void write_png(const std::filesystem::path& path, const Image8& image);
void write_png(const std::filesystem::path& path, const Image16& image);

}  // namespace datasets
