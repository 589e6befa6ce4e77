// SPDX-License-Identifier: Apache-2.0
// libpng reports errors by longjmp. Each call that can jump sits in a function of its own whose frame holds nothing
// with a destructor; the frames around it own the memory.
#include "datasets/png_codec.h"

#include <png.h>

#include <array>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "datasets/png_pixels.h"
#include "kernels/error.h"

namespace datasets {
namespace {

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
  return true;
}

bool choose_values(Reader& reader, PngValues values) {
  if (setjmp(png_jmpbuf(reader.png))) return false;
  if (values == PngValues::displayed)
    png_set_expand(reader.png);
  else
    png_set_packing(reader.png);
  if (std::endian::native == std::endian::little) png_set_swap(reader.png);
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

bool write_all(Writer& writer, const StoredImage& image, int colour_type, png_bytepp rows,
               std::vector<std::uint8_t>& bytes) {
  if (setjmp(png_jmpbuf(writer.png))) return false;
  png_set_write_fn(writer.png, &bytes, write_bytes, flush_nothing);
  png_set_IHDR(writer.png, writer.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height),
               image.bits, colour_type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(writer.png, compression_level);
  png_write_info(writer.png, writer.info);
  if (std::endian::native == std::endian::little) png_set_swap(writer.png);
  png_write_image(writer.png, rows);
  png_write_end(writer.png, nullptr);
  return true;
}

std::vector<png_bytep> row_pointers(std::uint8_t* bytes, int height, std::size_t row_bytes) {
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = bytes + y * row_bytes;
  return rows;
}

PixelKind kind_of(int colour_type) {
  switch (colour_type) {
    case PNG_COLOR_TYPE_GRAY:
      return PixelKind::grey;
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return PixelKind::grey_alpha;
    case PNG_COLOR_TYPE_PALETTE:
      return PixelKind::palette;
    case PNG_COLOR_TYPE_RGB:
      return PixelKind::rgb;
    default:
      return PixelKind::rgba;
  }
}

int colour_type_of(PixelKind kind) {
  switch (kind) {
    case PixelKind::grey:
      return PNG_COLOR_TYPE_GRAY;
    case PixelKind::grey_alpha:
      return PNG_COLOR_TYPE_GRAY_ALPHA;
    case PixelKind::palette:
      return PNG_COLOR_TYPE_PALETTE;
    case PixelKind::rgb:
      return PNG_COLOR_TYPE_RGB;
    default:
      return PNG_COLOR_TYPE_RGB_ALPHA;
  }
}

kernels::DataError damaged(const Reader& reader, const std::string& name) {
  return kernels::DataError("{}: damaged PNG: {}", name, reader.problem.text.data());
}

void open_png(Reader& reader, Source& source, const std::string& name) {
  if (source.left < 8 || png_sig_cmp(source.next, 0, 8) != 0)
    throw kernels::DataError("{}: expected a PNG file, got {} bytes without its signature", name, source.left);
  if (!reader.info) throw kernels::Error("{}: libpng could not be initialised", name);
  if (!read_header(reader, source)) throw damaged(reader, name);
}

}  // namespace

StoredImage decode_png(const std::vector<std::uint8_t>& file, const std::string& name, PngValues values) {
  // Of a plain file, stored and displayed values are the same.
  if (std::optional<StoredImage> plain = decode_plain_png(file)) return std::move(*plain);
  Reader reader;
  Source source{file.data(), file.size()};
  open_png(reader, source, name);
  StoredImage image;
  image.bits = file[24];  // The header chunk's own field: packed values count as 8 bits after png_set_packing.
  const int stored_channels = png_get_channels(reader.png, reader.info);
  require_credible(name, {.height = png_get_image_height(reader.png, reader.info),
                          .width = png_get_image_width(reader.png, reader.info),
                          .bits_per_pixel = image.bits * stored_channels,
                          .file_bytes = file.size()});
  if (!choose_values(reader, values)) throw damaged(reader, name);
  image.height = static_cast<int>(png_get_image_height(reader.png, reader.info));
  image.width = static_cast<int>(png_get_image_width(reader.png, reader.info));
  image.kind = kind_of(png_get_color_type(reader.png, reader.info));
  if (values == PngValues::displayed && image.bits < 8) image.bits = 8;
  const std::size_t row_bytes = png_get_rowbytes(reader.png, reader.info);
  image.bytes.resize(static_cast<std::size_t>(image.height) * row_bytes);
  std::vector<png_bytep> rows = row_pointers(image.bytes.data(), image.height, row_bytes);
  if (!read_rows(reader, rows.data())) throw damaged(reader, name);
  return image;
}

std::vector<std::uint8_t> palette_of_png(const std::vector<std::uint8_t>& file, const std::string& name) {
  Reader reader;
  Source source{file.data(), file.size()};
  open_png(reader, source, name);
  png_colorp colours = nullptr;
  int count = 0;
  std::vector<std::uint8_t> palette;
  if (png_get_color_type(reader.png, reader.info) != PNG_COLOR_TYPE_PALETTE ||
      png_get_PLTE(reader.png, reader.info, &colours, &count) == 0)
    return palette;
  for (int i = 0; i < count; ++i)
    for (const png_byte value : {colours[i].red, colours[i].green, colours[i].blue}) palette.push_back(value);
  return palette;
}

std::vector<std::uint8_t> encode_png(const StoredImage& image, const std::string& name) {
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
  if (!write_all(writer, image, colour_type_of(image.kind), rows.data(), bytes))
    throw kernels::DataError("{}: {}", name, writer.problem.text.data());
  return bytes;
}

}  // namespace datasets
