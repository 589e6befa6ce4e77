// SPDX-License-Identifier: Apache-2.0
// Images from files and to files. 8-bit pictures of any common format are decoded by stb_image; labels and 16-bit
// images by libpng, which gives palette indices instead of colours and keeps all 16 bits. Every function may be called
// from several threads at once. Errors: FileError where a file is missing, unreadable or unwritable, DataError where
// its content is not what the function reads; the message names the file, what was expected and what came.
#pragma once

#include <filesystem>
#include <vector>

#include "datasets/image.h"

namespace datasets {

// Any picture with 8 bits per channel (PNG, JPEG, BMP, ...): 1 to 4 channels, as many as the file has. A palette
// becomes its colours. Files with 16 bits per channel are refused, never narrowed.
Image8 read_image8(const std::filesystem::path& path);

// The same, for a file that must have `channels` channels.
Image8 read_image8(const std::filesystem::path& path, int channels);

// A PNG of class ids: grey of up to 8 bits (the stored number), a palette (the index, never the colour), or 16-bit grey
// whose values are all below 256.
LabelMap read_label(const std::filesystem::path& path);

// A grey PNG with the stored numbers, neither scaled nor shifted: 16-bit files use 0 .. 65535, 8-bit files 0 .. 255.
struct GreyImage {
  Image16 image;
  int bits = 16;  // 8 or 16, as the file has it.
};
GreyImage read_grey(const std::filesystem::path& path);
Image16 read_png16(const std::filesystem::path& path);  // The image of read_grey.

// Writes beside `path` first and renames, so that a reader never sees half a file. 1, 3 or 4 channels of 8 bits, or one
// channel of 16. The folder must exist.
void write_png(const std::filesystem::path& path, const Image8& image);
void write_png(const std::filesystem::path& path, const Image16& image);

}  // namespace datasets
