// SPDX-License-Identifier: Apache-2.0
// Reading and writing images: the file as bytes, then stb_image or the PNG codec. The one place that holds stb_image.
#include "datasets/image_io.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>

#include "datasets/png_codec.h"
#include "kernels/error.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"  // Of a static copy, only a part is called.
#include <stb_image.h>
#pragma GCC diagnostic pop

namespace datasets {
namespace fs = std::filesystem;
namespace {

std::vector<std::uint8_t> read_bytes(const fs::path& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw kernels::FileError("{}: cannot be opened: {}", path.string(), std::strerror(errno));
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) throw kernels::FileError("{}: expected a file, got a folder", path.string());
  stream.seekg(0, std::ios::end);
  const std::streamoff size = stream.tellg();
  stream.seekg(0);
  std::vector<std::uint8_t> bytes(size > 0 ? static_cast<std::size_t>(size) : 0);
  stream.read(reinterpret_cast<char*>(bytes.data()), size);
  if (size < 0 || !stream) throw kernels::FileError("{}: cannot be read: {}", path.string(), std::strerror(errno));
  return bytes;
}

void write_bytes(const fs::path& path, const std::vector<std::uint8_t>& bytes) {
  fs::path partial = path;
  partial += "." + std::to_string(::getpid()) + ".partial";
  errno = 0;
  {
    std::ofstream stream(partial, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    stream.close();
    if (!stream) {
      const std::string reason = std::strerror(errno);
      std::error_code ignored;
      fs::remove(partial, ignored);
      throw kernels::FileError("{}: cannot be written: {}", path.string(), reason);
    }
  }
  std::error_code error;
  fs::rename(partial, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw kernels::FileError("{}: cannot be written: {}", path.string(), error.message());
  }
}

}  // namespace

Image8 read_image8(const fs::path& path) {
  const std::vector<std::uint8_t> bytes = read_bytes(path);
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw kernels::DataError("{}: expected a picture below 2 GiB, got {} bytes", path.string(), bytes.size());
  const int size = static_cast<int>(bytes.size());
  if (stbi_is_16_bit_from_memory(bytes.data(), size))
    throw kernels::DataError("{}: expected 8 bits per channel, got 16", path.string());
  int width = 0, height = 0, channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 0), stbi_image_free);
  if (!pixels) throw kernels::DataError("{}: expected a picture, got: {}", path.string(), stbi_failure_reason());
  Image8 image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  image.pixels.assign(pixels.get(), pixels.get() + static_cast<std::size_t>(height) * width * channels);
  return image;
}

Image8 read_image8(const fs::path& path, int channels) {
  Image8 image = read_image8(path);
  if (image.channels != channels)
    throw kernels::DataError("{}: expected {} channels, got {}", path.string(), channels, image.channels);
  return image;
}

LabelMap read_label(const fs::path& path) {
  PngImage png = decode_png(read_bytes(path), path.string());
  if (png.colour != PngColour::grey && png.colour != PngColour::palette)
    throw kernels::DataError("{}: expected class ids as grey or palette, got {}", path.string(), to_string(png.colour));
  LabelMap label;
  label.height = png.height;
  label.width = png.width;
  if (png.bits <= 8) {
    label.pixels = std::move(png.bytes);
    return label;
  }
  label.pixels.resize(png.bytes.size() / 2);
  for (std::size_t i = 0; i < label.pixels.size(); ++i) {
    const int value = png.value16(i);
    if (value > 255)
      throw kernels::DataError("{}: expected class ids below 256, got {} at x {}, y {}", path.string(), value,
                               i % static_cast<std::size_t>(png.width), i / static_cast<std::size_t>(png.width));
    label.pixels[i] = static_cast<std::uint8_t>(value);
  }
  return label;
}

GreyImage read_grey(const fs::path& path) {
  const PngImage png = decode_png(read_bytes(path), path.string());
  if (png.colour != PngColour::grey || png.bits < 8)
    throw kernels::DataError("{}: expected grey of 8 or 16 bits, got {} of {} bits", path.string(),
                             to_string(png.colour), png.bits);
  GreyImage grey;
  grey.bits = png.bits;
  grey.image = Image16(png.height, png.width, 1);
  for (std::size_t i = 0; i < grey.image.pixels.size(); ++i)
    grey.image.pixels[i] = png.bits == 16 ? png.value16(i) : png.bytes[i];
  return grey;
}

Image16 read_png16(const fs::path& path) {
  return read_grey(path).image;
}

void write_png(const fs::path& path, const Image8& image) {
  if (image.channels != 1 && image.channels != 3 && image.channels != 4)
    throw kernels::DataError("{}: expected 1, 3 or 4 channels to write, got {}", path.string(), image.channels);
  const PngColour colour = image.channels == 1   ? PngColour::grey
                           : image.channels == 3 ? PngColour::rgb
                                                 : PngColour::rgba;
  write_bytes(path, encode_png({image.height, image.width, colour, 8, image.pixels}, path.string()));
}

void write_png(const fs::path& path, const Image16& image) {
  if (image.channels != 1)
    throw kernels::DataError("{}: expected 1 channel of 16 bits to write, got {}", path.string(), image.channels);
  PngImage png{image.height, image.width, PngColour::grey, 16, {}};
  png.bytes.reserve(2 * image.pixels.size());
  for (const std::uint16_t value : image.pixels) {
    png.bytes.push_back(static_cast<std::uint8_t>(value >> 8));
    png.bytes.push_back(static_cast<std::uint8_t>(value & 255));
  }
  write_bytes(path, encode_png(png, path.string()));
}

}  // namespace datasets
