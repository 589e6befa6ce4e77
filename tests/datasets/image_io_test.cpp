// SPDX-License-Identifier: Apache-2.0
// Files in and out: what is written comes back, and what does not fit is refused by name.
#include "datasets/image_io.h"

#include "datasets/mfnet_classes.h"
#include "datasets/png_codec.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

template <class T>
Image<T> counted(int height, int width, int channels, int step) {
  Image<T> image(height, width, channels);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<T>(i * static_cast<std::size_t>(step));
  return image;
}

void write_bytes(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
  test::write_text(path, std::string(bytes.begin(), bytes.end()));
}

// Formats that write_png does not produce, as bytes of whole files.
// Palette of 4 bits, 3 x 2, indices 0 1 2 / 3 2 1; the colours are 10,20,30 40,50,60 70,80,90 100,110,120.
const std::vector<std::uint8_t> palette_png = {
    137, 80, 78,  71,  13,  10,  26,  10,  0,   0,  0,   13, 73, 72, 68, 82, 0,  0,   0,   3,   0,  0,  0,  2,
    4,   3,  0,   0,   0,   111, 90,  123, 41,  0,  0,   0,  12, 80, 76, 84, 69, 10,  20,  30,  40, 50, 60, 70,
    80,  90, 100, 110, 120, 198, 72,  119, 223, 0,  0,   0,  14, 73, 68, 65, 84, 120, 218, 99,  96, 84, 96, 48,
    18,  0,  0,   0,   255, 0,   100, 167, 238, 26, 146, 0,  0,  0,  0,  73, 69, 78,  68,  174, 66, 96, 130};

// Grey of 2 bits, values 0 1 2 / 3 2 1.
const std::vector<std::uint8_t> two_bit_grey_png = {
    137, 80, 78, 71, 13, 10, 26,  10,  0,  0,   0,   13, 73, 72, 68, 82, 0,  0,  0,   3,   0,  0,   0,
    2,   2,  0,  0,  0,  0,  242, 175, 33, 103, 0,   0,  0,  12, 73, 68, 65, 84, 120, 218, 99, 144, 96,
    120, 2,  0,  1,  48, 0,  253, 104, 48, 207, 223, 0,  0,  0,  0,  73, 69, 78, 68,  174, 66, 96,  130};

// Interlaced grey of 8 bits, 5 x 3, value 10 y + x.
const std::vector<std::uint8_t> interlaced_png = {
    137, 80, 78, 71, 13,  10,  26,  10, 0,   0,   0,   13,  73,  72, 68, 82,  0,   0,   0,   5,   0,   0,
    0,   3,  8,  0,  0,   0,   1,   9,  90,  170, 178, 0,   0,   0,  30, 73,  68,  65,  84,  120, 218, 99,
    96,  96, 96, 97, 96,  98,  16,  17, 147, 96,  96,  100, 102, 16, 21, 103, 224, 226, 230, 225, 229, 3,
    0,   6,  56, 0,  181, 182, 114, 72, 33,  0,   0,   0,   0,   73, 69, 78,  68,  174, 66,  96,  130};

}  // namespace

TEST_CASE("8-bit pictures of 1, 3 and 4 channels come back as written", "[sanitize]") {
  const TemporaryFolder folder;
  for (const int channels : {1, 3, 4}) {
    const Image8 image = counted<std::uint8_t>(5, 7, channels, 3);
    write_png(folder / "image.png", image);
    INFO(channels << " channels");
    CHECK(read_image8(folder / "image.png") == image);
    CHECK(read_image8(folder / "image.png", channels) == image);
  }
}

TEST_CASE("16-bit grey comes back as written, 8-bit grey with its own numbers", "[sanitize]") {
  const TemporaryFolder folder;
  const Image16 deep = counted<std::uint16_t>(6, 4, 1, 2749);
  write_png(folder / "deep.png", deep);
  CHECK(read_png16(folder / "deep.png") == deep);
  CHECK(read_grey(folder / "deep.png").bits == 16);

  const Image8 shallow = counted<std::uint8_t>(6, 4, 1, 11);
  write_png(folder / "shallow.png", shallow);
  const GreyImage widened = read_grey(folder / "shallow.png");
  CHECK(widened.bits == 8);
  CHECK(widened.image.pixels == std::vector<std::uint16_t>(shallow.pixels.begin(), shallow.pixels.end()));
}

TEST_CASE("a label is the stored number of a grey image and the index of a palette image", "[sanitize]") {
  const TemporaryFolder folder;
  const LabelMap grey = counted<std::uint8_t>(3, 5, 1, 1);
  write_png(folder / "grey.png", grey);
  CHECK(read_label(folder / "grey.png") == grey);

  const std::vector<std::uint8_t> indices = {0, 1, 2, 3, 2, 1};
  write_bytes(folder / "palette.png", palette_png);
  const LabelMap palette = read_label(folder / "palette.png");
  CHECK(palette.height == 2);
  CHECK(palette.width == 3);
  CHECK(palette.pixels == indices);
  CHECK(read_image8(folder / "palette.png", 3).at(1, 0, 2) == 120);

  write_bytes(folder / "two_bits.png", two_bit_grey_png);
  CHECK(read_label(folder / "two_bits.png").pixels == indices);

  write_bytes(folder / "interlaced.png", interlaced_png);
  const LabelMap interlaced = read_label(folder / "interlaced.png");
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 5; ++x) CHECK(int{interlaced.at(y, x)} == 10 * y + x);
}

TEST_CASE("a 16-bit label is accepted where every id is below 256, else its first offender is named", "[sanitize]") {
  const TemporaryFolder folder;
  Image16 label(4, 3, 1);
  for (std::size_t i = 0; i < label.pixels.size(); ++i) label.pixels[i] = static_cast<std::uint16_t>(23 * i);
  write_png(folder / "label.png", label);
  CHECK(read_label(folder / "label.png").pixels[11] == 253);
  label.at(2, 1) = 300;
  write_png(folder / "label.png", label);
  CHECK_THROWS_WITH(read_label(folder / "label.png"),
                    Contains("label.png: expected class ids below 256, got 300 at x 1, y 2"));
}

TEST_CASE("a file of the wrong kind is refused with its name, what was expected and what came", "[sanitize]") {
  const TemporaryFolder folder;
  write_png(folder / "rgb.png", counted<std::uint8_t>(4, 6, 3, 1));
  write_png(folder / "deep.png", counted<std::uint16_t>(4, 6, 1, 999));
  test::write_text(folder / "text.png", "no picture");

  CHECK_THROWS_AS(read_image8(folder / "absent.png"), kernels::FileError);
  CHECK_THROWS_WITH(read_image8(folder / "absent.png"), Contains("absent.png: cannot be opened: No such file"));
  CHECK_THROWS_AS(read_image8(folder.path()), kernels::FileError);
  CHECK_THROWS_AS(read_label(folder / "absent.png"), kernels::FileError);
  CHECK_THROWS_AS(read_image8(folder / "rgb.png", 4), kernels::DataError);
  CHECK_THROWS_WITH(read_image8(folder / "rgb.png", 4), Contains("rgb.png: expected 4 channels, got 3"));
  CHECK_THROWS_WITH(read_image8(folder / "deep.png"), Contains("deep.png: expected 8 bits per channel, got 16"));
  CHECK_THROWS_WITH(read_image8(folder / "text.png"), Contains("text.png: expected a picture"));
  CHECK_THROWS_AS(read_label(folder / "rgb.png"), kernels::DataError);
  CHECK_THROWS_WITH(read_label(folder / "rgb.png"), Contains("expected class ids as grey or palette, got RGB"));
  CHECK_THROWS_WITH(read_label(folder / "text.png"),
                    Contains("text.png: expected a label as PNG or TIFF file, got 10 bytes"));
  CHECK_THROWS_WITH(read_png16(folder / "rgb.png"), Contains("expected grey of 8 or 16 bits, got RGB of 8 bits"));
}

TEST_CASE("a PNG that is cut off or whose pixels are damaged is refused", "[sanitize]") {
  const TemporaryFolder folder;
  write_png(folder / "label.png", counted<std::uint8_t>(40, 30, 1, 7));
  const std::string whole = test::read_text(folder / "label.png");
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{8}, std::size_t{30}, whole.size() / 2, whole.size() - 1}) {
    test::write_text(folder / "cut.png", whole.substr(0, length));
    INFO(length << " of " << whole.size() << " bytes");
    CHECK_THROWS_AS(read_label(folder / "cut.png"), kernels::DataError);
  }
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 1);
  test::write_text(folder / "damaged.png", damaged);
  CHECK_THROWS_WITH(read_label(folder / "damaged.png"), Contains("damaged.png: damaged PNG"));
}

TEST_CASE("writing into a missing folder is an error, and a failed write leaves nothing behind", "[sanitize]") {
  const TemporaryFolder folder;
  const Image8 image = counted<std::uint8_t>(4, 6, 1, 1);
  CHECK_THROWS_AS(write_png(folder / "absent/image.png", image), kernels::FileError);
  std::filesystem::create_directory(folder / "image.png");  // The rename cannot succeed.
  CHECK_THROWS_AS(write_png(folder / "image.png", image), kernels::FileError);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()) == 1);
  CHECK_THROWS_WITH(write_png(folder / "two.png", counted<std::uint8_t>(4, 6, 2, 1)),
                    Contains("expected 1, 3 or 4 channels to write, got 2"));
  CHECK_THROWS_AS(write_png(folder / "none.png", Image8{}), kernels::DataError);
}

TEST_CASE("what a killed writer left beside a picture is replaced by the next one", "[sanitize]") {
  const TemporaryFolder folder;
  const Image8 image = counted<std::uint8_t>(4, 6, 3, 7);
  test::write_text(folder / "image.png.partial", std::string(5000, 'x'));  // Longer than the picture.
  write_png(folder / "image.png", image);
  CHECK(read_image8(folder / "image.png").pixels == image.pixels);
  CHECK_FALSE(std::filesystem::exists(folder / "image.png.partial"));
}

TEST_CASE("MFNet has nine classes, unlabelled first, each with a colour of its own") {
  const auto& classes = mfnet_classes();
  REQUIRE(classes.size() == 9);
  CHECK(classes[0].name == "unlabelled");
  CHECK(classes[3].name == "bike");
  CHECK(classes[3].colour == Colour{0, 128, 192});
  CHECK(classes[8].name == "bump");
  for (std::size_t i = 0; i < classes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK(classes[i].colour != classes[j].colour);
}
