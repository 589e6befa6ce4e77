// SPDX-License-Identifier: Apache-2.0
// Augmentation: ranges, registration of the three images, and that a seed decides everything.
#include "datasets/transforms.h"

#include <set>

#include "kernels/error.h"
#include "tests/support/catch.h"

using namespace datasets;

namespace {

// Every pixel tells where it comes from: red = x, green = y, blue = x + y, thermal = 256 * y + x, label = (x + y) % 9.
Sample located(int height = 30, int width = 50) {
  Sample sample;
  sample.name = "located";
  sample.time = TimeOfDay::night;
  sample.thermal_bits = 16;
  sample.rgb = Image8(height, width, 3);
  sample.thermal = Image16(height, width, 1);
  sample.label = LabelMap(height, width, 1);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      sample.rgb.at(y, x, 0) = static_cast<std::uint8_t>(x);
      sample.rgb.at(y, x, 1) = static_cast<std::uint8_t>(y);
      sample.rgb.at(y, x, 2) = static_cast<std::uint8_t>(x + y);
      sample.thermal.at(y, x) = static_cast<std::uint16_t>(256 * y + x);
      sample.label->at(y, x) = static_cast<std::uint8_t>((x + y) % 9);
    }
  return sample;
}

bool registered(const Sample& sample) {
  for (int y = 0; y < sample.rgb.height; ++y)
    for (int x = 0; x < sample.rgb.width; ++x) {
      const int from_x = sample.rgb.at(y, x, 0), from_y = sample.rgb.at(y, x, 1);
      if (sample.thermal.at(y, x) != 256 * from_y + from_x) return false;
      if (sample.label->at(y, x) != (from_x + from_y) % 9) return false;
    }
  return true;
}

bool same(const Sample& a, const Sample& b) {
  return a.name == b.name && a.rgb == b.rgb && a.thermal == b.thermal && a.label == b.label && a.time == b.time &&
         a.thermal_bits == b.thermal_bits;
}

}  // namespace

TEST_CASE("crops reach every offset of the published ranges and none outside", "[sanitize]") {
  std::set<int> lefts, tops, rights, bottoms;
  kernels::RandomStream random(1, "crop test");
  for (int i = 0; i < 4000; ++i) {
    const Box box = random_crop(30, 50, 0.1, random);
    lefts.insert(box.left);
    tops.insert(box.top);
    rights.insert(box.right);
    bottoms.insert(box.bottom);
  }
  CHECK(lefts == std::set<int>{0, 1, 2, 3, 4});  // [0, 5).
  CHECK(tops == std::set<int>{0, 1, 2});         // [0, 3).
  CHECK(rights == std::set<int>{45, 46, 47, 48, 49, 50});
  CHECK(bottoms == std::set<int>{27, 28, 29, 30});
}

TEST_CASE("a fraction of the standard size that is an integer is counted exactly") {
  std::set<int> lefts, rights;
  kernels::RandomStream random(2, "crop test");
  for (int i = 0; i < 20000; ++i) {
    const Box box = random_crop(480, 640, 0.1, random);
    lefts.insert(box.left);
    rights.insert(box.right);
  }
  CHECK(*lefts.begin() == 0);
  CHECK(*lefts.rbegin() == 63);
  CHECK(*rights.begin() == 576);
  CHECK(*rights.rbegin() == 640);
  CHECK_THROWS_AS(random_crop(480, 640, 0.5, random), kernels::UsageError);
  CHECK(random_crop(3, 2, 0.1, random).left == 0);  // Too small to cut.
}

TEST_CASE("colour, thermal and label stay registered through flip, crop and resize", "[sanitize]") {
  int flipped = 0;
  for (int index = 0; index < 40; ++index) {
    kernels::RandomStream random = augmentation_stream(5, 3, index);
    const Sample result = augment(located(), {}, random);
    INFO("index " << index);
    REQUIRE(result.rgb.height == 30);
    REQUIRE(result.rgb.width == 50);
    CHECK(registered(result));
    CHECK(result.time == TimeOfDay::night);
    CHECK(result.thermal_bits == 16);
    flipped += result.rgb.at(0, 0, 0) > result.rgb.at(0, 49, 0);
  }
  CHECK(flipped > 10);
  CHECK(flipped < 30);
}

TEST_CASE("the same seed, epoch and sample give the same augmentation; another one gives another", "[sanitize]") {
  const auto result = [](std::uint64_t seed, int epoch, int index) {
    kernels::RandomStream random = augmentation_stream(seed, epoch, index);
    return augment(located(), {}, random);
  };
  CHECK(same(result(1, 2, 3), result(1, 2, 3)));
  CHECK_FALSE(same(result(1, 2, 3), result(1, 2, 4)));
  CHECK_FALSE(same(result(1, 2, 3), result(1, 3, 3)));
  CHECK_FALSE(same(result(1, 2, 3), result(2, 2, 3)));
  CHECK_FALSE(same(result(1, 2, 3), result(1, 3, 2)));
}

TEST_CASE("without augmentation a sample of the right size passes untouched", "[sanitize]") {
  kernels::RandomStream random(1, "test");
  CHECK(same(augment(located(), without_augmentation(), random), located()));
  CHECK(same(augment(located(), without_augmentation({30, 50}), random), located()));
  const Sample smaller = augment(located(), without_augmentation({15, 20}), random);
  CHECK(smaller.rgb.height == 15);
  CHECK(smaller.thermal.width == 20);
  CHECK(smaller.label->width == 20);
  CHECK(registered(smaller));
}

TEST_CASE("each filter of pairs is the filter of its name", "[sanitize]") {
  Sample sample = located(20, 30);
  sample.thermal_bits = 8;
  for (std::uint16_t& count : sample.thermal.pixels) count = static_cast<std::uint16_t>(count % 256);
  Image8 four(20, 30, 4);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x) {
      for (int c = 0; c < 3; ++c) four.at(y, x, c) = sample.rgb.at(y, x, c);
      four.at(y, x, 3) = static_cast<std::uint8_t>(sample.thermal.at(y, x));
    }
  const kernels::Size2 size = {26, 33};
  const auto resized = [&](PairFilter filter) {
    return resize_sample(sample, size, filter, LabelFilter::nearest);
  };

  CHECK(resized(PairFilter::nearest).rgb == resize(sample.rgb, size, Filter::nearest));
  CHECK(resized(PairFilter::bilinear).thermal == resize(sample.thermal, size, Filter::bilinear));
  CHECK(resized(PairFilter::bicubic).rgb == resize(sample.rgb, size, Filter::bicubic));
  const Image8 premultiplied = resize_premultiplied(four, size, Filter::bicubic);
  CHECK(resized(PairFilter::premultiplied_bicubic).rgb == channels_of<std::uint8_t>(premultiplied, 0, 3));
  CHECK(resized(PairFilter::premultiplied_bicubic).thermal == channels_of<std::uint16_t>(premultiplied, 3, 1));
  CHECK(resized(PairFilter::bicubic).rgb != resized(PairFilter::premultiplied_bicubic).rgb);
  for (const std::uint16_t count : resized(PairFilter::bicubic).thermal.pixels) CHECK(count <= 255);
}

TEST_CASE("16-bit thermal is no alpha channel: premultiplied resizing refuses it") {
  CHECK_THROWS_AS(resize_sample(located(), {20, 20}, PairFilter::premultiplied_bicubic, LabelFilter::nearest),
                  kernels::UsageError);
  CHECK_THROWS_WITH(resize_sample(located(), {20, 20}, PairFilter::premultiplied_bicubic, LabelFilter::nearest),
                    Catch::Contains("located: premultiplied resizing takes 8-bit thermal, got 16 bits"));
}

TEST_CASE("labels resized like brightness get ids that were not there, but none above the largest", "[sanitize]") {
  Sample sample = located(20, 30);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 30; ++x) sample.label->at(y, x) = x < 15 ? 0 : 8;
  const auto ids = [&](LabelFilter filter) {
    const Sample result = resize_sample(sample, {26, 41}, PairFilter::nearest, filter);
    return std::set<int>(result.label->pixels.begin(), result.label->pixels.end());
  };
  CHECK(ids(LabelFilter::nearest) == std::set<int>{0, 8});
  const std::set<int> interpolated = ids(LabelFilter::bicubic);
  CHECK(interpolated.size() > 2);
  CHECK(*interpolated.rbegin() == 8);
}
