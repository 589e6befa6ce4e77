// SPDX-License-Identifier: Apache-2.0
// Reading and writing images: the file as bytes, then the codec that its first bytes ask for. The one place that holds
// stb_image, for BMP.
#include "datasets/image_io.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <memory>

#include "datasets/jpeg_codec.h"
#include "datasets/png_codec.h"
#include "datasets/tiff_codec.h"
#include "kernels/error.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_ONLY_BMP
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
  partial += ".partial";  // As engine/formats/atomic_file.h, so that what a kill leaves is replaced by the next run.
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

std::string kind_and_bits(const StoredImage& image) {
  return fmt::format("{} of {} bits", to_string(image.kind), image.bits);
}

bool is_png(const std::vector<std::uint8_t>& file) {
  return file.size() >= 4 && file[0] == 137 && file[1] == 'P' && file[2] == 'N' && file[3] == 'G';
}

// Throws where the header of a BMP promises more rows than the file has: stb_image would go on with black ones.
void require_whole_bmp(const std::vector<std::uint8_t>& bytes, int height, int width, const std::string& name) {
  const auto number = [&](std::size_t at, std::size_t count) {
    std::size_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | (at + i < bytes.size() ? bytes[at + i] : 0u);
    return value;
  };
  constexpr std::size_t old_header = 12;  // OS/2: without compression and with shorter fields.
  const std::size_t bits = number(14, 4) == old_header ? number(24, 2) : number(28, 2);
  const std::size_t row = (static_cast<std::size_t>(width) * bits + 31) / 32 * 4;
  if (number(10, 4) + row * static_cast<std::size_t>(height) > bytes.size())
    throw kernels::DataError("{}: damaged BMP: the pixels end too early", name);
}

// BMP, which no camera writes but somebody's labelling tool may.
StoredImage decode_bmp(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), std::numeric_limits<int>::max()));
  int width = 0, height = 0, channels = 0;
  if (!stbi_info_from_memory(bytes.data(), size, &width, &height, &channels))
    throw kernels::DataError("{}: expected a picture (PNG, JPEG, TIFF, BMP), got: {}", name, stbi_failure_reason());
  require_credible(name, {height, width, 1, bytes.size()});
  require_whole_bmp(bytes, height, width, name);
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 0), stbi_image_free);
  if (!pixels) throw kernels::DataError("{}: damaged BMP: {}", name, stbi_failure_reason());
  constexpr std::array kinds = {PixelKind::grey, PixelKind::grey_alpha, PixelKind::rgb, PixelKind::rgba};
  StoredImage image{height, width, kinds[static_cast<std::size_t>(channels - 1)], 8, {}};
  image.bytes.assign(pixels.get(), pixels.get() + static_cast<std::size_t>(height) * width * channels);
  return image;
}

StoredImage decode(const std::vector<std::uint8_t>& bytes, const std::string& name, PngValues values) {
  if (is_png(bytes)) return decode_png(bytes, name, values);
  if (is_jpeg(bytes)) return decode_jpeg(bytes, name);
  if (is_tiff(bytes)) return decode_tiff(bytes, name);
  return decode_bmp(bytes, name);
}

Image16 widened(const StoredImage& stored) {
  Image16 image(stored.height, stored.width, stored.channels());
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = stored.bits == 16 ? stored.value16(i) : stored.bytes[i];
  return image;
}

}  // namespace

Picture read_picture(const fs::path& path) {
  return decode_picture(read_bytes(path), path.string());
}

Picture decode_picture(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  StoredImage stored = decode(bytes, name, PngValues::displayed);
  if (stored.kind == PixelKind::palette)
    throw kernels::DataError("{}: expected grey or colour, got a palette of colours", name);
  if (stored.bits == 16) return {{}, widened(stored), 16};
  Picture picture;
  picture.image8.height = stored.height;
  picture.image8.width = stored.width;
  picture.image8.channels = stored.channels();
  picture.image8.pixels = std::move(stored.bytes);
  return picture;
}

Image8 read_image8(const fs::path& path) {
  Picture picture = read_picture(path);
  if (picture.bits != 8)
    throw kernels::DataError("{}: expected 8 bits per channel, got {}", path.string(), picture.bits);
  return std::move(picture.image8);
}

Image8 read_image8(const fs::path& path, int channels) {
  Image8 image = read_image8(path);
  if (image.channels != channels)
    throw kernels::DataError("{}: expected {} channels, got {}", path.string(), channels, image.channels);
  return image;
}

LabelMap read_label(const fs::path& path) {
  return decode_label(read_bytes(path), path.string());
}

LabelMap decode_label(const std::vector<std::uint8_t>& bytes, const std::string& name) {
  if (is_jpeg(bytes))
    throw kernels::DataError("{}: expected a label as PNG or TIFF, got JPEG, which does not keep class ids", name);
  if (!is_png(bytes) && !is_tiff(bytes))
    throw kernels::DataError("{}: expected a label as PNG or TIFF file, got {} bytes without its signature", name,
                             bytes.size());
  StoredImage stored = decode(bytes, name, PngValues::stored);
  if (stored.kind != PixelKind::grey && stored.kind != PixelKind::palette)
    throw kernels::DataError("{}: expected class ids as grey or palette, got {}", name, to_string(stored.kind));
  LabelMap label;
  label.height = stored.height;
  label.width = stored.width;
  if (stored.bits <= 8) {
    label.pixels = std::move(stored.bytes);
    return label;
  }
  label.pixels.resize(stored.bytes.size() / 2);
  for (std::size_t i = 0; i < label.pixels.size(); ++i) {
    const int value = stored.value16(i);
    if (value > 255)
      throw kernels::DataError("{}: expected class ids below 256, got {} at x {}, y {}", name, value,
                               i % static_cast<std::size_t>(stored.width), i / static_cast<std::size_t>(stored.width));
    label.pixels[i] = static_cast<std::uint8_t>(value);
  }
  return label;
}

GreyImage read_grey(const fs::path& path) {
  const StoredImage stored = decode(read_bytes(path), path.string(), PngValues::stored);
  if (stored.kind != PixelKind::grey || stored.bits < 8)
    throw kernels::DataError("{}: expected grey of 8 or 16 bits, got {}", path.string(), kind_and_bits(stored));
  return {widened(stored), stored.bits};
}

Image16 read_png16(const fs::path& path) {
  return read_grey(path).image;
}

std::vector<std::array<std::uint8_t, 3>> read_palette(const fs::path& path) {
  const std::vector<std::uint8_t> bytes = read_bytes(path);
  std::vector<std::array<std::uint8_t, 3>> colours;
  if (!is_png(bytes)) return colours;
  const std::vector<std::uint8_t> palette = palette_of_png(bytes, path.string());
  for (std::size_t i = 0; i + 2 < palette.size(); i += 3)
    colours.push_back({palette[i], palette[i + 1], palette[i + 2]});
  return colours;
}

void write_png(const fs::path& path, const Image8& image) {
  if (image.channels != 1 && image.channels != 3 && image.channels != 4)
    throw kernels::DataError("{}: expected 1, 3 or 4 channels to write, got {}", path.string(), image.channels);
  const PixelKind kind = image.channels == 1 ? PixelKind::grey : image.channels == 3 ? PixelKind::rgb : PixelKind::rgba;
  write_bytes(path, encode_png({image.height, image.width, kind, 8, image.pixels}, path.string()));
}

void write_png(const fs::path& path, const Image16& image) {
  if (image.channels != 1)
    throw kernels::DataError("{}: expected 1 channel of 16 bits to write, got {}", path.string(), image.channels);
  StoredImage png{image.height, image.width, PixelKind::grey, 16, {}};
  png.bytes.resize(2 * image.pixels.size());
  std::memcpy(png.bytes.data(), image.pixels.data(), png.bytes.size());
  write_bytes(path, encode_png(png, path.string()));
}

}  // namespace datasets
