// SPDX-License-Identifier: Apache-2.0
// Finding and reading pairs of image files.
#include "datasets/pairs.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "datasets/image_geometry.h"
#include "datasets/sample_checks.h"
#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

bool is_picture(const fs::path& path) {
  static const std::set<std::string> endings = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"};
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return endings.contains(ending);
}

// Name without ending -> file, in the order of the names.
std::map<std::string, fs::path> pictures_of(const fs::path& folder) {
  std::error_code code;
  std::map<std::string, fs::path> pictures;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
    if (!is_picture(entry.path())) continue;
    const auto [at, added] = pictures.emplace(entry.path().stem().string(), entry.path());
    if (!added)
      throw kernels::DataError("{}: expected one picture per name, got {} and {}", folder.string(),
                               at->second.filename().string(), entry.path().filename().string());
  }
  if (code) throw kernels::FileError("{}: cannot be read as a folder: {}", folder.string(), code.message());
  if (pictures.empty())
    throw kernels::DataError("{}: expected pictures (png, jpg, jpeg, tif, tiff, bmp), got none", folder.string());
  return pictures;
}

// The words of a line: separated by tabs where there is one, else by blanks.
std::vector<std::string> words_of(const std::string& line) {
  const char* separators = line.find('\t') == std::string::npos ? " \r" : "\t\r";
  std::vector<std::string> words;
  for (std::size_t begin = line.find_first_not_of(separators); begin != std::string::npos;) {
    const std::size_t end = line.find_first_of(separators, begin);
    words.push_back(line.substr(begin, end == std::string::npos ? end : end - begin));
    begin = end == std::string::npos ? end : line.find_first_not_of(separators, end);
  }
  return words;
}

}  // namespace

ImagePair image_pair(const fs::path& rgb, const fs::path& thermal) {
  return {rgb.stem().string(), rgb, thermal};
}

std::vector<ImagePair> pairs_of_folders(const fs::path& rgb, const fs::path& thermal) {
  const std::map<std::string, fs::path> colour = pictures_of(rgb), warm = pictures_of(thermal);
  std::vector<ImagePair> pairs;
  for (const auto& [name, path] : colour) {
    const auto partner = warm.find(name);
    if (partner == warm.end())
      throw kernels::DataError("{}: has no thermal picture of the name {} in {}", path.string(), name,
                               thermal.string());
    pairs.push_back({name, path, partner->second});
  }
  for (const auto& [name, path] : warm)
    if (!colour.contains(name))
      throw kernels::DataError("{}: has no RGB picture of the name {} in {}", path.string(), name, rgb.string());
  return pairs;
}

std::vector<ImagePair> four_channel_images(const fs::path& folder) {
  std::vector<ImagePair> pairs;
  for (const auto& [name, path] : pictures_of(folder)) pairs.push_back({name, path, {}});
  return pairs;
}

std::vector<ImagePair> read_pair_list(const fs::path& list) {
  std::ifstream stream(list);
  std::error_code ignored;
  if (!stream || !fs::is_regular_file(list, ignored))
    throw kernels::FileError("{}: the list of images cannot be opened", list.string());
  return parse_pair_list(stream, list);
}

std::vector<ImagePair> parse_pair_list(std::istream& stream, const fs::path& list) {
  std::vector<ImagePair> pairs;
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || words[0][0] == '#') continue;
    if (words.size() > 2)
      throw kernels::DataError("{}: line {}: expected an RGB and a thermal image, or one 4-channel image, got '{}'",
                               list.string(), number, line);
    const fs::path folder = list.parent_path();
    pairs.push_back(image_pair(folder / words[0], words.size() == 2 ? folder / words[1] : fs::path()));
  }
  if (pairs.empty()) throw kernels::DataError("{}: expected at least one image, got none", list.string());
  make_names_unique(pairs);
  return pairs;
}

void make_names_unique(std::vector<ImagePair>& pairs) {
  std::set<std::string> taken;
  for (ImagePair& pair : pairs) {
    const std::string stem = pair.name;
    for (int number = 2; !taken.insert(pair.name).second; ++number) pair.name = stem + "_" + std::to_string(number);
  }
}

Image8 read_rgb(const fs::path& path) {
  Image8 image = read_image8(path);
  if (image.channels == 3) return image;
  if (image.channels == 4) return channels_of<std::uint8_t>(image, 0, 3);
  if (image.channels != 1)
    throw kernels::DataError("{}: expected 1, 3 or 4 channels, got {}", path.string(), image.channels);
  Image8 rgb(image.height, image.width, 3);
  for (std::size_t i = 0; i < rgb.pixels.size(); ++i) rgb.pixels[i] = image.pixels[i / 3];
  return rgb;
}

GreyImage read_thermal(const fs::path& path) {
  constexpr int tolerance = 8;  // Counts: what JPEG makes of grey stored as colour.
  Picture picture = read_picture(path);
  if (picture.bits == 16) {
    if (picture.image16.channels != 1)
      throw kernels::DataError("{}: expected 1 channel of 16 bits, got {}", path.string(), picture.image16.channels);
    return {std::move(picture.image16), 16};
  }
  const Image8& image = picture.image8;
  GreyImage grey{Image16(image.height, image.width, 1), 8};
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      const int value = image.at(y, x);
      for (int c = 1; c < 3 && image.channels >= 3; ++c)
        if (std::abs(image.at(y, x, c) - value) > tolerance)
          throw kernels::DataError("{}: expected a grey thermal image, got the colour {}, {}, {} at x {}, y {}",
                                   path.string(), value, image.at(y, x, 1), image.at(y, x, 2), x, y);
      grey.image.at(y, x) = static_cast<std::uint16_t>(value);
    }
  return grey;
}

Sample load_pair(const ImagePair& pair) {
  Sample sample;
  sample.name = pair.name;
  if (pair.thermal.empty()) {
    const Image8 image = read_image8(pair.rgb);
    if (image.channels != 4)
      throw kernels::DataError("{}: expected 4 channels (R, G, B, thermal) where no thermal image is given, got {}",
                               pair.rgb.string(), image.channels);
    sample.rgb = channels_of<std::uint8_t>(image, 0, 3);
    sample.thermal = channels_of<std::uint16_t>(image, 3, 1);
    return sample;
  }
  sample.rgb = read_rgb(pair.rgb);
  GreyImage thermal = read_thermal(pair.thermal);
  require_same_size(pair.thermal, thermal.image, pair.rgb, sample.rgb, unregistered_remark);
  sample.thermal = std::move(thermal.image);
  sample.thermal_bits = thermal.bits;
  return sample;
}

}  // namespace datasets
