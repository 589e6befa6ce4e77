// SPDX-License-Identifier: Apache-2.0
// TIFF and JPEG: what cameras write is read exactly, and what is damaged, hostile or of another kind is refused.
#include <cstdlib>
#include <memory>

#include "datasets/image_io.h"
#include "datasets/stored_image.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/picture_files.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;
using test::TemporaryFolder;
using test::TiffOptions;
using test::value_of;
using test::write_bmp;
using test::write_jpeg;
using test::write_tiff;

namespace {

Image8 slopes(int height, int width, int channels) {
  Image8 image(height, width, channels);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c) image.at(y, x, c) = static_cast<std::uint8_t>(40 + 2 * y + x + 20 * c);
  return image;
}

}  // namespace

TEST_CASE("TIFF counts come back exactly, whatever the byte order, compression and blocks", "[sanitize]") {
  struct Case {
    const char* name;
    TiffOptions options;
  };
  const Case cases[] = {
      {"16 bits", {}},
      {"16 bits, high byte first", {.mode = "wb"}},
      {"BigTIFF", {.mode = "w8"}},
      {"LZW", {.compression = COMPRESSION_LZW}},
      {"8 bits", {.bits = 8}},
      {"LZW with differences", {.compression = COMPRESSION_LZW, .predictor = 2}},
      {"deflate", {.compression = COMPRESSION_ADOBE_DEFLATE, .predictor = 2}},
      {"PackBits", {.bits = 8, .compression = COMPRESSION_PACKBITS}},
      {"one strip", {.rows_per_strip = 37}},
      {"tiles", {.tile = 16}},
      {"tiles, deflate, high byte first", {.mode = "wb", .compression = COMPRESSION_ADOBE_DEFLATE, .tile = 32}},
      {"RGB", {.bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB}},
      {"RGB in planes", {.bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB, .planar = PLANARCONFIG_SEPARATE}},
      {"RGB of 16 bits in tiles of planes",
       {.samples = 3, .photometric = PHOTOMETRIC_RGB, .planar = PLANARCONFIG_SEPARATE, .tile = 16}},
  };
  const TemporaryFolder folder;
  for (const Case& each : cases) {
    INFO(each.name);
    write_tiff(folder / "image.tiff", each.options);
    const Picture picture = read_picture(folder / "image.tiff");
    REQUIRE(picture.bits == each.options.bits);
    const auto check = [&](const auto& image) {
      REQUIRE(image.height == each.options.height);
      REQUIRE(image.width == each.options.width);
      REQUIRE(image.channels == each.options.samples);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        const auto channels = static_cast<std::size_t>(image.channels);
        wrong += image.pixels[i] != value_of(each.options, i / channels, static_cast<int>(i % channels));
      }
      CHECK(wrong == 0);
    };
    if (picture.bits == 16)
      check(picture.image16);
    else
      check(picture.image8);
  }
}

TEST_CASE("a TIFF that is not what a camera writes is refused, saying what came", "[sanitize]") {
  struct Case {
    TiffOptions options;
    const char* message;
  };
  const Case cases[] = {
      {{.bits = 16, .format = SAMPLEFORMAT_INT}, "expected unsigned integers, got signed integers"},
      {{.bits = 32, .format = SAMPLEFORMAT_IEEEFP}, "expected unsigned integers, got floating point numbers"},
      {{.bits = 32}, "expected 8 or 16 bits per channel, got 32"},
      {{.photometric = PHOTOMETRIC_MINISWHITE}, "expected grey (0 is black), palette or RGB, got photometric 0"},
      {{.orientation = ORIENTATION_BOTLEFT}, "expected an upright image (orientation 1), got orientation 4"},
      {{.pages = 3}, "expected one page, got several"},
      {{.samples = 3, .photometric = PHOTOMETRIC_MINISBLACK}, "got photometric 1 with 3 channels"},
  };
  const TemporaryFolder folder;
  for (const Case& each : cases) {
    INFO(each.message);
    write_tiff(folder / "image.tiff", each.options);
    CHECK_THROWS_AS(read_picture(folder / "image.tiff"), kernels::DataError);
    CHECK_THROWS_WITH(read_picture(folder / "image.tiff"), Contains("image.tiff: ") && Contains(each.message));
  }
}

TEST_CASE("a TIFF label is its stored number", "[sanitize]") {
  const TemporaryFolder folder;
  const TiffOptions options{.bits = 8, .compression = COMPRESSION_LZW};
  write_tiff(folder / "label.tif", options);
  const LabelMap label = read_label(folder / "label.tif");
  REQUIRE(label.pixels.size() == 37u * 53u);
  CHECK(int{label.pixels[500]} == value_of(options, 500, 0));
}

TEST_CASE("a TIFF, JPEG or BMP that is cut off is refused with its name", "[sanitize]") {
  const TemporaryFolder folder;
  write_tiff(folder / "whole.tiff", {.compression = COMPRESSION_LZW});
  write_jpeg(folder / "whole.jpg", slopes(50, 70, 3), 90);
  write_bmp(folder / "whole.bmp", slopes(50, 70, 3));
  CHECK(read_image8(folder / "whole.bmp") == slopes(50, 70, 3));
  for (const std::string name : {"whole.tiff", "whole.jpg", "whole.bmp"}) {
    const std::string whole = test::read_text(folder / name);
    for (const std::size_t length : {std::size_t{0}, std::size_t{3}, std::size_t{20}, whole.size() / 2}) {
      test::write_text(folder / "cut", whole.substr(0, length));
      INFO(name << ", " << length << " of " << whole.size() << " bytes");
      CHECK_THROWS_AS(read_picture(folder / "cut"), kernels::DataError);
      CHECK_THROWS_WITH(read_picture(folder / "cut"), Contains("cut: "));
    }
  }
}

TEST_CASE("a JPEG comes back as its picture, grey with one channel, colour with three", "[sanitize]") {
  const TemporaryFolder folder;
  for (const int channels : {1, 3}) {
    INFO(channels << " channels");
    const Image8 image = slopes(50, 70, channels);
    write_jpeg(folder / "image.jpg", image, 98);
    const Image8 read = read_image8(folder / "image.jpg");
    REQUIRE(read.height == 50);
    REQUIRE(read.width == 70);
    REQUIRE(read.channels == channels);
    int worst = 0;
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      worst = std::max(worst, std::abs(read.pixels[i] - image.pixels[i]));
    CHECK(worst <= 8);
  }
  write_jpeg(folder / "print.jpg", slopes(16, 16, 4), 90);
  CHECK_THROWS_WITH(read_image8(folder / "print.jpg"),
                    Contains("print.jpg: expected a grey or colour JPEG, got 4 components"));
  CHECK_THROWS_WITH(read_label(folder / "image.jpg"), Contains("image.jpg: expected a label as PNG or TIFF, got JPEG"));
}

TEST_CASE("a header that claims more than the file can hold is refused before memory is taken", "[sanitize]") {
  const std::string name = "bomb.png";
  CHECK_NOTHROW(require_credible(name, {480, 640, 8, 300}));  // A black image is this small.
  CHECK_THROWS_WITH(require_credible(name, {60000, 60000, 8, 4000000}),
                    Contains("bomb.png: expected at most 268435456 pixels, got height 60000 and width 60000"));
  CHECK_THROWS_WITH(require_credible(name, {16000, 16000, 8, 4096}),
                    Contains("expected pixels for height 16000 and width 16000, which 4096 bytes cannot hold"));
  CHECK_THROWS_WITH(require_credible(name, {0, 7, 8, 100}), Contains("got height 0 and width 7"));
  CHECK_THROWS_AS(require_credible(name, {std::int64_t{1} << 62, 4, 8, 100}), kernels::DataError);

  const TemporaryFolder folder;
  write_png(folder / "small.png", Image8(4, 6, 1));
  std::string bytes = test::read_text(folder / "small.png");
  bytes[18] = bytes[19] = 63;  // Width 6 becomes 16191, which the header's checksum does not confirm.
  test::write_text(folder / "bomb.png", bytes);
  CHECK_THROWS_AS(read_image8(folder / "bomb.png"), kernels::DataError);
}

TEST_CASE("the palette of a PNG is its colours, and other files have none", "[sanitize]") {
  const TemporaryFolder folder;
  write_png(folder / "grey.png", Image8(4, 6, 1));
  CHECK(read_palette(folder / "grey.png").empty());
}
