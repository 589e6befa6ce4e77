// SPDX-License-Identifier: Apache-2.0
// Every property of the file is checked before memory is taken for pixels. libtiff's complaints go to the Source, not
// to global handlers, so that threads do not disturb each other.
#include "datasets/tiff_codec.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "kernels/error.h"

namespace datasets {

bool is_tiff(const std::vector<std::uint8_t>& file) {
  if (file.size() < 4) return false;
  const std::string_view head(reinterpret_cast<const char*>(file.data()), 4);
  using namespace std::string_view_literals;
  return head == "II*\0"sv || head == "MM\0*"sv || head == "II+\0"sv || head == "MM\0+"sv;
}

}  // namespace datasets

#if ISOTHERM_HAVE_TIFF

#include <tiffio.h>

namespace datasets {
namespace {

struct Source {
  const std::vector<std::uint8_t>& file;
  std::size_t position = 0;
  std::array<char, 200> complaint{};
};

int on_error(TIFF*, void* user, const char*, const char* format, std::va_list arguments) {
  auto& complaint = static_cast<Source*>(user)->complaint;
  if (complaint[0] == 0) std::vsnprintf(complaint.data(), complaint.size(), format, arguments);
  return 1;  // Handled: the global handler stays silent.
}

int on_warning(TIFF*, void*, const char*, const char*, std::va_list) {
  return 1;  // Unknown tags of camera makers.
}

tmsize_t read(thandle_t handle, void* to, tmsize_t count) {
  auto* source = static_cast<Source*>(handle);
  const std::size_t left = source->file.size() - std::min(source->position, source->file.size());
  const std::size_t taken = std::min(left, static_cast<std::size_t>(std::max<tmsize_t>(count, 0)));
  if (taken > 0) std::memcpy(to, source->file.data() + source->position, taken);
  source->position += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) {
  return 0;
}

toff_t seek(thandle_t handle, toff_t offset, int from) {
  auto* source = static_cast<Source*>(handle);
  const std::size_t base = from == SEEK_SET ? 0 : from == SEEK_CUR ? source->position : source->file.size();
  source->position = base + static_cast<std::size_t>(offset);
  return source->position;
}

int close_nothing(thandle_t) {
  return 0;
}

toff_t size_of(thandle_t handle) {
  return static_cast<Source*>(handle)->file.size();
}

using File = std::unique_ptr<TIFF, void (*)(TIFF*)>;

File open(Source& source) {
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, nullptr);
  // The tables of a hostile file shall cost no more than its pixels may.
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(1500 * source.file.size() + (1 << 20)));
  // "m": no memory mapping, the file is in memory.
  return {TIFFClientOpenExt("", "rm", &source, read, write_nothing, seek, close_nothing, size_of, nullptr, nullptr,
                            options.get()),
          TIFFClose};
}

struct Header {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT, compression = COMPRESSION_NONE;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK, planar = PLANARCONFIG_CONTIG, orientation = ORIENTATION_TOPLEFT;
};

Header header_of(TIFF* file) {
  Header header;
  TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &header.width);
  TIFFGetField(file, TIFFTAG_IMAGELENGTH, &header.height);
  TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &header.bits);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &header.samples);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &header.format);
  TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &header.compression);
  TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &header.photometric);
  TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &header.planar);
  TIFFGetFieldDefaulted(file, TIFFTAG_ORIENTATION, &header.orientation);
  return header;
}

PixelKind kind_of(const Header& header, const std::string& name) {
  if (header.photometric == PHOTOMETRIC_PALETTE && header.samples == 1) return PixelKind::palette;
  if (header.photometric == PHOTOMETRIC_MINISBLACK && (header.samples == 1 || header.samples == 2))
    return header.samples == 1 ? PixelKind::grey : PixelKind::grey_alpha;
  if (header.photometric == PHOTOMETRIC_RGB && (header.samples == 3 || header.samples == 4))
    return header.samples == 3 ? PixelKind::rgb : PixelKind::rgba;
  throw kernels::DataError("{}: expected grey (0 is black), palette or RGB, got photometric {} with {} channels", name,
                           header.photometric, header.samples);
}

void require_readable(const Header& header, TIFF* file, const std::string& name) {
  constexpr std::array formats = {"unsigned integers", "signed integers", "floating point numbers", "untyped numbers"};
  constexpr std::array<std::uint16_t, 5> compressions = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE,
                                                         COMPRESSION_DEFLATE, COMPRESSION_PACKBITS};
  if (header.format != SAMPLEFORMAT_UINT)
    throw kernels::DataError("{}: expected unsigned integers, got {}", name,
                             header.format <= formats.size() ? formats[header.format - 1u] : "complex numbers");
  if (header.bits != 8 && header.bits != 16)
    throw kernels::DataError("{}: expected 8 or 16 bits per channel, got {}", name, header.bits);
  if (std::find(compressions.begin(), compressions.end(), header.compression) == compressions.end())
    throw kernels::DataError("{}: expected compression none, LZW, deflate or PackBits, got TIFF's number {}", name,
                             header.compression);
  if (header.orientation != ORIENTATION_TOPLEFT)
    throw kernels::DataError("{}: expected an upright image (orientation 1), got orientation {}", name,
                             header.orientation);
  if (!TIFFLastDirectory(file)) throw kernels::DataError("{}: expected one page, got several", name);
}

// Where the pixels of a strip or tile go: `samples` of each pixel's `channels`, from `first` on.
struct Destination {
  StoredImage& image;
  std::size_t first, samples;

  void copy(const std::uint8_t* from, int top, int left, int height, int width) const {
    const std::size_t value = image.bits == 16 ? 2 : 1;
    const std::size_t pixel = value * static_cast<std::size_t>(image.channels());
    const int rows = std::min(height, image.height - top), columns = std::min(width, image.width - left);
    for (int y = 0; y < rows; ++y) {
      const std::uint8_t* source = from + static_cast<std::size_t>(y) * width * samples * value;
      std::uint8_t* to = image.bytes.data() + (static_cast<std::size_t>(top + y) * image.width + left) * pixel;
      for (int x = 0; x < columns; ++x)
        std::memcpy(to + x * pixel + first * value, source + x * samples * value, samples * value);
    }
  }
};

// Reads block after block (strips or tiles). False where one cannot be read whole.
bool read_blocks(TIFF* file, const Header& header, StoredImage& image) {
  const bool tiled = TIFFIsTiled(file) != 0;
  std::uint32_t block_width = header.width, block_height = header.height;
  if (tiled) {
    TIFFGetField(file, TIFFTAG_TILEWIDTH, &block_width);
    TIFFGetField(file, TIFFTAG_TILELENGTH, &block_height);
  } else {
    TIFFGetFieldDefaulted(file, TIFFTAG_ROWSPERSTRIP, &block_height);
    block_height = std::min(block_height, header.height);
  }
  const bool separate = header.planar == PLANARCONFIG_SEPARATE;
  const std::size_t samples = separate ? 1 : header.samples;
  std::vector<std::uint8_t> block(static_cast<std::size_t>(block_height) * block_width * samples * header.bits / 8);
  for (std::uint16_t plane = 0; plane < (separate ? header.samples : 1); ++plane) {
    const Destination destination{image, plane, samples};
    for (std::uint32_t top = 0; top < header.height; top += block_height)
      for (std::uint32_t left = 0; left < header.width; left += block_width) {
        const std::uint32_t rows = tiled ? block_height : std::min(block_height, header.height - top);
        const auto wanted =
            static_cast<tmsize_t>(static_cast<std::size_t>(rows) * block_width * samples * header.bits / 8);
        const tmsize_t got =
            tiled ? TIFFReadEncodedTile(file, TIFFComputeTile(file, left, top, 0, plane), block.data(), wanted)
                  : TIFFReadEncodedStrip(file, TIFFComputeStrip(file, top, plane), block.data(), wanted);
        if (got != wanted) return false;
        destination.copy(block.data(), static_cast<int>(top), static_cast<int>(left), static_cast<int>(rows),
                         static_cast<int>(block_width));
      }
  }
  return true;
}

// The block that libtiff decodes into may be larger than the image; it must be credible too.
void require_credible_tiles(TIFF* file, const Header& header, std::size_t file_bytes, const std::string& name) {
  if (!TIFFIsTiled(file)) return;
  std::uint32_t width = 0, height = 0;
  TIFFGetField(file, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(file, TIFFTAG_TILELENGTH, &height);
  require_credible(name + ": tile", {height, width, header.bits * header.samples, file_bytes});
}

}  // namespace

StoredImage decode_tiff(const std::vector<std::uint8_t>& file, const std::string& name) {
  Source source{file};
  const File tiff = open(source);
  if (!tiff) throw kernels::DataError("{}: damaged TIFF: {}", name, source.complaint.data());
  const Header header = header_of(tiff.get());
  require_readable(header, tiff.get(), name);
  StoredImage image;
  image.kind = kind_of(header, name);
  require_credible(name, {header.height, header.width, header.bits * header.samples, file.size()});
  require_credible_tiles(tiff.get(), header, file.size(), name);
  image.height = static_cast<int>(header.height);
  image.width = static_cast<int>(header.width);
  image.bits = header.bits;
  image.bytes.resize(static_cast<std::size_t>(header.height) * header.width * header.samples * header.bits / 8);
  if (!read_blocks(tiff.get(), header, image))
    throw kernels::DataError("{}: damaged TIFF: {}", name,
                             source.complaint[0] ? source.complaint.data() : "the pixels end too early");
  return image;
}

}  // namespace datasets

#else

namespace datasets {

StoredImage decode_tiff(const std::vector<std::uint8_t>&, const std::string& name) {
  throw kernels::DataError("{}: a TIFF image; this build reads none, libtiff was not there (ISOTHERM_TIFF)", name);
}

}  // namespace datasets

#endif
