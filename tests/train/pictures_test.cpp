// SPDX-License-Identifier: Apache-2.0
// Overlays show the classes where they are, thermal images are made visible, sheets hold every panel.
#include "train/pictures.h"

#include <set>

#include "datasets/mfnet_classes.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "train/canvas.h"

namespace {

using datasets::Image16;
using datasets::Image8;
using datasets::LabelMap;
using train::Colour;

const std::vector<datasets::ClassInfo> classes = {
    {"nothing", {0, 0, 0}}, {"car", {200, 0, 100}}, {"bike", {0, 90, 30}}};

Colour pixel(const Image8& image, int y, int x) {
  return {image.at(y, x, 0), image.at(y, x, 1), image.at(y, x, 2)};
}

bool holds_colour(const Image8& image, Colour colour) {
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      if (pixel(image, y, x) == colour) return true;
  return false;
}

TEST_CASE("pictures: an overlay tints classes, outlines them and leaves the see-through class alone", "[sanitize]") {
  const Image8 grey(8, 10, 1, 60);
  LabelMap label(8, 10, 1, 0);
  for (int y = 2; y < 7; ++y)
    for (int x = 3; x < 9; ++x) label.at(y, x) = 1;
  const Image8 shown = train::overlay(grey, label, classes, {.opacity = 0.5, .see_through = 0});
  CHECK(pixel(shown, 0, 0) == Colour{60, 60, 60});
  CHECK(pixel(shown, 4, 5) == Colour{130, 30, 80});    // Half the car, half the picture.
  CHECK(pixel(shown, 2, 5) == Colour{230, 140, 185});  // The outline: lighter than the car.
  CHECK(pixel(shown, 1, 5) == Colour{60, 60, 60});     // Outlines lie inside.
  const Image8 all = train::overlay(grey, label, classes, {.opacity = 1});
  CHECK(pixel(all, 0, 0) == Colour{0, 0, 0});
}

TEST_CASE("pictures: a label of another size is stretched to the picture", "[sanitize]") {
  LabelMap label(2, 3, 1, 0);
  label.at(1, 2) = 2;
  const Image8 shown = train::overlay(Image8(8, 12, 3, 100), label, classes, {.opacity = 1, .see_through = 0});
  CHECK(pixel(shown, 3, 11) == Colour{100, 100, 100});
  CHECK(pixel(shown, 6, 10) == Colour{0, 90, 30});
  CHECK_THROWS_AS(train::overlay(Image8(8, 12, 3), LabelMap(), classes, {}), kernels::ShapeError);
}

TEST_CASE("pictures: ids without a class are white", "[sanitize]") {
  LabelMap label(1, 2, 1, 255);
  label.at(0, 1) = 1;
  const Image8 shown = train::class_picture(label, classes);
  CHECK(pixel(shown, 0, 0) == Colour{255, 255, 255});
  CHECK(pixel(shown, 0, 1) == Colour{200, 0, 100});
}

TEST_CASE("pictures: thermal counts are stretched over all greys, but for the extremes", "[sanitize]") {
  Image16 thermal(20, 50, 1);
  for (std::size_t i = 0; i < thermal.pixels.size(); ++i) thermal.pixels[i] = static_cast<std::uint16_t>(21000 + i);
  thermal.at(0, 0) = 0;  // A dead and a stuck pixel must not darken the rest.
  thermal.at(19, 49) = 65535;
  const Image8 shown = train::thermal_picture(thermal);
  CHECK(shown.at(0, 0) == 0);
  CHECK(shown.at(19, 49) == 255);
  CHECK(std::abs(shown.at(10, 0) - 128) <= 1);
  const Image8 flat = train::thermal_picture(Image16(3, 4, 1, 500));
  CHECK(std::set<int>(flat.pixels.begin(), flat.pixels.end()) == std::set<int>{0});
}

TEST_CASE("pictures: the vivid colours of MFNet's classes are bright and stay apart", "[sanitize]") {
  const auto shown = train::vivid(datasets::mfnet_classes());
  CHECK(shown[0].colour == Colour{0, 0, 0});
  for (std::size_t a = 1; a < shown.size(); ++a) {
    INFO(shown[a].name);
    CHECK(*std::max_element(shown[a].colour.begin(), shown[a].colour.end()) >= 100);
    for (std::size_t b = 0; b < a; ++b) {
      int distance = 0;
      for (int c = 0; c < 3; ++c) distance = std::max(distance, std::abs(shown[a].colour[c] - shown[b].colour[c]));
      CHECK(distance >= 60);
    }
  }
}

TEST_CASE("pictures: a legend wraps and shows every class", "[sanitize]") {
  const auto& names = datasets::mfnet_classes();
  const Image8 wide = train::legend(names, 1500), narrow = train::legend(names, 300);
  CHECK(narrow.height >= 3 * wide.height);
  CHECK(narrow.width == 300);
  for (const auto& info : names) CHECK(holds_colour(narrow, info.colour));
}

TEST_CASE("pictures: a sheet holds every panel, with and without a truth, for any size", "[sanitize]") {
  for (const auto& [height, width] : {std::pair(30, 50), {240, 320}, {61, 701}}) {
    INFO(height << "x" << width);
    train::SheetContent content{.title = "scene 7",
                                .rgb = Image8(height, width, 3, 90),
                                .thermal = Image16(height, width, 1, 300),
                                .truth = {},
                                .prediction = LabelMap(height, width, 1, 1),
                                .classes = classes};
    const Image8 without = train::sheet(content);
    CHECK(holds_colour(without, train::vivid(classes)[1].colour));
    content.truth = LabelMap(height, width, 1, 2);
    const Image8 with = train::sheet(content);
    CHECK(with.width == without.width);
    CHECK(with.height == without.height);  // Five panels and six both fill two rows of three.
    CHECK(with.pixels != without.pixels);
    CHECK(train::sheet(content) == with);
  }
  CHECK_THROWS_WITH(train::sheet({.title = "scene 8"}), Catch::Contains("scene 8"));
}

}  // namespace
