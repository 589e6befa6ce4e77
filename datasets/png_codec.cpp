// SPDX-License-Identifier: Apache-2.0
// libpng reports errors by longjmp. Each call that can jump sits in a function of its own whose frame holds nothing
// with a destructor; the frames around it own the memory.
#include "datasets/png_codec.h"

#include <png.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "kernels/error.h"

namespace datasets {
namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 28;  // A header that claims more is damaged or hostile.

// A street scene of 480 x 640 takes a third of the time of level 6, the usual choice, and a tenth more bytes.
constexpr int compression_level = 3;

struct Problem {
  std::array<char, 200> text{};
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* problem = static_cast<Problem*>(png_get_error_ptr(png));
  std::snprintf(problem->text.data(), problem->text.size(), "%s", message);
  std::longjmp(png_jmpbuf(png), 1);
}

void on_warning(png_structp, png_const_charp) {}  // Odd chunks that do not touch the pixels.

struct Source {
  const std::uint8_t* next;
  std::size_t left;
};

void read_bytes(png_structp png, png_bytep to, std::size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (source->left < count) png_error(png, "the file ends too early");
  std::memcpy(to, source->next, count);
  source->next += count;
  source->left -= count;
}

void write_bytes(png_structp png, png_bytep from, std::size_t count) {
  auto* bytes = static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  bool stored = true;
  try {
    bytes->insert(bytes->end(), from, from + count);
  } catch (const std::exception&) {
    stored = false;  // Nothing may be thrown through libpng's frames.
  }
  if (!stored) png_error(png, "out of memory");
}

void flush_nothing(png_structp) {}

struct Reader {
  Problem problem;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &problem, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

struct Writer {
  Problem problem;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &problem, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { png_destroy_write_struct(&png, &info); }
};

bool read_header(Reader& reader, Source& source) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  png_set_read_fn(reader.png, &source, read_bytes);
  png_read_info(reader.png, reader.info);
  png_set_packing(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool read_rows(Reader& reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  png_read_image(reader.png, rows);
  png_read_end(reader.png, nullptr);
  return true;
}

bool write_all(Writer& writer, const PngImage& image, int colour_type, png_bytepp rows,
               std::vector<std::uint8_t>& bytes) {
  if (setjmp(png_jmpbuf(writer.png))) return false;
  png_set_write_fn(writer.png, &bytes, write_bytes, flush_nothing);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height),
               image.bits, colour_type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(writer.png, compression_level);
  png_write_info(writer.png, writer.info);
  png_write_image(writer.png, rows);
  png_write_end(writer.png, nullptr);
  return true;
}

std::vector<png_bytep> row_pointers(std::uint8_t* bytes, int height, std::size_t row_bytes) {
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = bytes + y * row_bytes;
  return rows;
}

PngColour colour_of(int colour_type) {
  switch (colour_type) {
    case PNG_COLOR_TYPE_GRAY:
      return PngColour::grey;
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return PngColour::grey_alpha;
    case PNG_COLOR_TYPE_PALETTE:
      return PngColour::palette;
    case PNG_COLOR_TYPE_RGB:
      return PngColour::rgb;
    default:
      return PngColour::rgba;
  }
}

int colour_type_of(PngColour colour) {
  switch (colour) {
    case PngColour::grey:
      return PNG_COLOR_TYPE_GRAY;
    case PngColour::grey_alpha:
      return PNG_COLOR_TYPE_GRAY_ALPHA;
    case PngColour::palette:
      return PNG_COLOR_TYPE_PALETTE;
    case PngColour::rgb:
      return PNG_COLOR_TYPE_RGB;
    default:
      return PNG_COLOR_TYPE_RGB_ALPHA;
  }
}

}  // namespace

std::string to_string(PngColour colour) {
  constexpr std::array names = {"grey", "grey with alpha", "palette", "RGB", "RGBA"};
  return names[static_cast<std::size_t>(colour)];
}

int PngImage::channels() const {
  constexpr std::array counts = {1, 2, 1, 3, 4};
  return counts[static_cast<std::size_t>(colour)];
}

PngImage decode_png(const std::vector<std::uint8_t>& file, const std::string& name) {
  if (file.size() < 8 || png_sig_cmp(file.data(), 0, 8) != 0)
    throw kernels::DataError("{}: expected a PNG file, got {} bytes without its signature", name, file.size());
  Reader reader;
  if (!reader.info) throw kernels::Error("{}: libpng could not be initialised", name);
  Source source{file.data(), file.size()};
  if (!read_header(reader, source)) throw kernels::DataError("{}: damaged PNG: {}", name, reader.problem.text.data());

  PngImage image;
  const std::int64_t height = png_get_image_height(reader.png, reader.info);
  const std::int64_t width = png_get_image_width(reader.png, reader.info);
  if (height * width > most_pixels)
    throw kernels::DataError("{}: expected at most {} pixels, got {} x {}", name, most_pixels, height, width);
  image.height = static_cast<int>(height);
  image.width = static_cast<int>(width);
  image.colour = colour_of(png_get_color_type(reader.png, reader.info));
  image.bits = file[24];  // The header chunk's own field: packed values count as 8 bits after png_set_packing.
  const std::size_t row_bytes = png_get_rowbytes(reader.png, reader.info);
  image.bytes.resize(static_cast<std::size_t>(height) * row_bytes);
  std::vector<png_bytep> rows = row_pointers(image.bytes.data(), image.height, row_bytes);
  if (!read_rows(reader, rows.data()))
    throw kernels::DataError("{}: damaged PNG: {}", name, reader.problem.text.data());
  return image;
}

std::vector<std::uint8_t> encode_png(const PngImage& image, const std::string& name) {
  if (image.height < 1 || image.width < 1)
    throw kernels::DataError("{}: expected an image of at least 1 x 1, got {} x {}", name, image.height, image.width);
  const std::size_t expected = static_cast<std::size_t>(image.height) * image.width * image.channels() * image.bits / 8;
  if (image.bytes.size() != expected)
    throw kernels::DataError("{}: expected {} bytes of pixels, got {}", name, expected, image.bytes.size());
  Writer writer;
  if (!writer.info) throw kernels::Error("{}: libpng could not be initialised", name);
  const std::size_t row_bytes = image.bytes.size() / static_cast<std::size_t>(image.height);
  // libpng takes rows without const and does not change them.
  std::vector<png_bytep> rows = row_pointers(const_cast<std::uint8_t*>(image.bytes.data()), image.height, row_bytes);
  std::vector<std::uint8_t> bytes;
  if (!write_all(writer, image, colour_type_of(image.colour), rows.data(), bytes))
    throw kernels::DataError("{}: {}", name, writer.problem.text.data());
  return bytes;
}

}  // namespace datasets
