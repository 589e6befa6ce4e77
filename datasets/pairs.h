// SPDX-License-Identifier: Apache-2.0
// Registered pairs of image files outside any data set: one pair, two folders, a folder of 4-channel images, or a list.
#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/image_io.h"

namespace datasets {

struct ImagePair {
  std::string name;               // For what is written about it: the file name without its ending.
  std::filesystem::path rgb;      // A colour or grey picture; where thermal is empty, R, G, B and 8-bit thermal.
  std::filesystem::path thermal;  // A grey picture of 8 or 16 bits.
};

ImagePair image_pair(const std::filesystem::path& rgb, const std::filesystem::path& thermal = {});

// Pictures (PNG, JPEG, TIFF, BMP) of equal name in two folders, by name. Throws FileError where a folder cannot be
// read, and DataError where it holds no picture or one of them has no partner.
std::vector<ImagePair> pairs_of_folders(const std::filesystem::path& rgb, const std::filesystem::path& thermal);

// The 4-channel images of a folder, by name. Throws as above.
std::vector<ImagePair> four_channel_images(const std::filesystem::path& folder);

// A text file of one pair per line: "RGB THERMAL", or one 4-channel image. Blanks separate, or a tab where paths have
// blanks; relative paths start at the list's folder; empty lines and lines that begin with # are skipped. Throws
// FileError, and DataError with the line.
std::vector<ImagePair> read_pair_list(const std::filesystem::path& list);
std::vector<ImagePair> parse_pair_list(std::istream& stream, const std::filesystem::path& list);  // Of its text.

// The second pair of a name becomes NAME_2, and so on.
void make_names_unique(std::vector<ImagePair>& pairs);

// A picture of 8 bits as colour: grey becomes three equal channels, a fourth channel is left out.
Image8 read_rgb(const std::filesystem::path& path);

// A grey picture with its stored numbers; a colour picture passes where its channels say the same (JPEG files of grey
// images often have three). Throws FileError, DataError.
GreyImage read_thermal(const std::filesystem::path& path);

// Without a label. Throws FileError, and DataError that names both files and sizes where the two differ in size.
Sample load_pair(const ImagePair& pair);

}  // namespace datasets
