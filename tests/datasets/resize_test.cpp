// SPDX-License-Identifier: Apache-2.0
// Resizing against Pillow's own results, and against what the filters promise.
#include "datasets/resize.h"

#include <cstdlib>

#include "datasets/image_geometry.h"
#include "engine/formats/safetensors.h"
#include "kernels/error.h"
#include "kernels/random.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"

using namespace datasets;

namespace {

struct Difference {
  int largest = 0;
  std::size_t differing = 0, at = 0;
};

Difference difference(const std::vector<std::uint8_t>& got, const std::vector<std::int64_t>& want) {
  REQUIRE(got.size() == want.size());
  Difference result;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const int distance = std::abs(static_cast<int>(got[i] - want[i]));
    if (distance == 0) continue;
    ++result.differing;
    if (distance > result.largest) {
      result.largest = distance;
      result.at = i;
    }
  }
  return result;
}

// The fixture's image: blocks of 4 x 4 equal pixels with golden values.
Image8 loader_image() {
  const std::vector<float> values = test::golden_image("cekd.loader.image", {12, 16, 4});
  Image8 image(48, 64, 4);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 4; ++c)
        image.at(y, x, c) =
            static_cast<std::uint8_t>(256 * values[static_cast<std::size_t>(((y / 4) * 16 + x / 4) * 4 + c)]);
  return image;
}

LabelMap loader_label() {
  LabelMap label(48, 64, 1);
  label.pixels =
      test::golden_labels("cekd.loader.label", {.n = 1, .height = 48, .width = 64, .classes = 9, .block = 6});
  return label;
}

template <class T>
Image<T> noise(int height, int width, int channels, std::uint64_t seed, std::uint32_t bound) {
  kernels::RandomStream random(seed, "resize noise");
  Image<T> image(height, width, channels);
  for (T& value : image.pixels) value = static_cast<T>(random.below(bound));
  return image;
}

constexpr Box fixture_crop = {5, 3, 60, 46};  // Left, top, right, bottom.
constexpr kernels::Size2 fixture_size = {48, 64};

}  // namespace

TEST_CASE("resized crops equal Pillow's in every value: nearest, bicubic, premultiplied", "[sanitize]") {
  const auto file = engine::SafetensorsFile::open(test::golden_path("cekd/loader_resize.safetensors"));
  const auto stored = [&](const std::string& name) {
    return engine::to_i64(file.at(name));
  };
  const auto check = [&](const std::string& name, const Image8& got) {
    const Difference found = difference(got.pixels, stored(name));
    INFO(name << ": " << found.differing << " values differ, most by " << found.largest << " at " << found.at);
    CHECK(found.differing == 0);
  };
  const Image8 image = loader_image();
  const LabelMap label = loader_label();
  check("image", image);
  const Image8 part = crop(image, fixture_crop);
  check("nearest", resize(part, fixture_size, Filter::nearest));
  check("default_filter", resize_premultiplied(part, fixture_size, Filter::bicubic));
  check("rgb_only_bicubic", resize(channels_of<std::uint8_t>(part, 0, 3), fixture_size, Filter::bicubic));
  check("label_nearest", resize(crop(label, fixture_crop), fixture_size, Filter::nearest));
  LabelMap flipped = crop(label, fixture_crop);
  mirror(flipped);
  check("flipped_label_nearest", resize(flipped, fixture_size, Filter::nearest));
}

TEST_CASE("the two treatments of the fourth channel differ where it is small", "[sanitize]") {
  const Image8 part = crop(loader_image(), fixture_crop);
  const Image8 with = resize_premultiplied(part, fixture_size, Filter::bicubic);
  const Image8 without = resize(part, fixture_size, Filter::bicubic);
  CHECK(channels_of<std::uint8_t>(with, 3, 1) == channels_of<std::uint8_t>(without, 3, 1));
  CHECK(channels_of<std::uint8_t>(with, 0, 3) != channels_of<std::uint8_t>(without, 0, 3));
  CHECK(resize_premultiplied(part, fixture_size, Filter::nearest) == resize(part, fixture_size, Filter::nearest));
}

TEST_CASE("an image that has the size comes back untouched, whatever the filter", "[sanitize]") {
  const Image8 image = noise<std::uint8_t>(5, 7, 4, 1, 256);
  for (const Filter filter : {Filter::nearest, Filter::bilinear, Filter::bicubic}) {
    CHECK(resize(image, {5, 7}, filter) == image);
    CHECK(resize_premultiplied(image, {5, 7}, filter) == image);
  }
}

TEST_CASE("nearest takes floor((i + 0.5) in / out), also where that is an integer", "[sanitize]") {
  Image8 image(1, 200, 1);
  for (int x = 0; x < image.width; ++x) image.at(0, x) = static_cast<std::uint8_t>(x);
  for (const int width : {250, 640, 37, 1}) {  // 200 / 250: every fifth source index is hit exactly.
    const Image8 result = resize(image, {1, width}, Filter::nearest);
    for (int x = 0; x < width; ++x) {
      INFO("x " << x << " of " << width);
      CHECK(int{result.at(0, x)} == (2 * x + 1) * 200 / (2 * width));
    }
  }
}

TEST_CASE("constant images stay constant in 8 and 16 bits, enlarged and shrunk", "[sanitize]") {
  for (const Filter filter : {Filter::nearest, Filter::bilinear, Filter::bicubic})
    for (const kernels::Size2 size : {kernels::Size2{11, 3}, kernels::Size2{2, 19}, kernels::Size2{9, 1}}) {
      const Image8 shallow = resize(Image8(6, 9, 3, 201), size, filter);
      CHECK(shallow == Image8(size.h, size.w, 3, 201));
      const Image16 deep = resize(Image16(6, 9, 1, 65535), size, filter);
      CHECK(deep == Image16(size.h, size.w, 1, 65535));
    }
}

TEST_CASE("halving with bilinear weighs four neighbours 1 3 3 1", "[sanitize]") {
  Image16 row(1, 8, 1);
  row.pixels = {0, 8000, 16000, 800, 24000, 40, 8, 64000};
  const Image16 half = resize(row, {1, 4}, Filter::bilinear);
  CHECK(int{half.at(0, 1)} == (8000 + 3 * 16000 + 3 * 800 + 24000) / 8);
  CHECK(int{half.at(0, 2)} == (800 + 3 * 24000 + 3 * 40 + 8) / 8);
  CHECK(int{half.at(0, 0)} == (3 * 0 + 3 * 8000 + 16000 + 3) / 7);  // The window is clipped at the border.
}

TEST_CASE("16-bit resizing agrees with 8-bit resizing of the same numbers", "[sanitize]") {
  const Image8 shallow = noise<std::uint8_t>(17, 23, 1, 3, 256);
  Image16 deep(17, 23, 1);
  for (std::size_t i = 0; i < deep.pixels.size(); ++i)
    deep.pixels[i] = static_cast<std::uint16_t>(shallow.pixels[i] + 500);
  for (const Filter filter : {Filter::nearest, Filter::bilinear}) {  // Bicubic overshoots, and 8 bits clip that.
    const Image8 small = resize(shallow, {29, 11}, filter);
    const Image16 large = resize(deep, {29, 11}, filter);
    int largest = 0;
    for (std::size_t i = 0; i < small.pixels.size(); ++i)
      largest = std::max(largest, std::abs(int{large.pixels[i]} - 500 - int{small.pixels[i]}));
    CHECK(largest <= 1);
  }
}

TEST_CASE("resizing to or from nothing is refused with both sizes") {
  CHECK_THROWS_AS(resize(Image8{}, {4, 4}, Filter::nearest), kernels::UsageError);
  CHECK_THROWS_WITH(resize(Image8(3, 5, 1), {0, 4}, Filter::bicubic), Catch::Contains("got 3x5 to 0x4"));
  CHECK_THROWS_WITH(resize_premultiplied(Image8(3, 5, 3), {6, 4}, Filter::bicubic),
                    Catch::Contains("expected 4 channels, got 3"));
}
