// SPDX-License-Identifier: Apache-2.0
// Drawing: shapes cover what they should, text is the same bytes everywhere, nothing is drawn outside.
#include "train/canvas.h"

#include <xxhash.h>

#include "tests/support/catch.h"
#include "train/font.h"

namespace {

using train::Align;
using train::Canvas;
using train::Colour;
using train::Direction;

constexpr Colour white = {255, 255, 255}, black = {0, 0, 0}, red = {200, 10, 30};

Colour pixel(const Canvas& canvas, int y, int x) {
  return {canvas.image().at(y, x, 0), canvas.image().at(y, x, 1), canvas.image().at(y, x, 2)};
}

// The smallest box around all that is not white.
train::Box inked(const Canvas& canvas) {
  int left = canvas.width(), right = -1, top = canvas.height(), bottom = -1;
  for (int y = 0; y < canvas.height(); ++y)
    for (int x = 0; x < canvas.width(); ++x)
      if (pixel(canvas, y, x) != white) {
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
        bottom = std::max(bottom, y);
      }
  return {left, top, right - left + 1, bottom - top + 1};
}

TEST_CASE("canvas: a filled box covers its pixels and no other", "[sanitize]") {
  Canvas canvas(6, 9);
  canvas.fill({2, 1, 3, 4}, red);
  int coloured = 0;
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 9; ++x) {
      const bool inside = x >= 2 && x < 5 && y >= 1 && y < 5;
      CHECK(pixel(canvas, y, x) == (inside ? red : white));
      coloured += inside;
    }
  CHECK(coloured == 12);
  canvas.frame({0, 0, 9, 6}, black);
  CHECK(pixel(canvas, 5, 8) == black);
  CHECK(pixel(canvas, 2, 3) == red);
}

TEST_CASE("canvas: a line one pixel wide through pixel centres is sharp, a slanted one is shaded", "[sanitize]") {
  Canvas canvas(7, 12);
  canvas.line({2.5, 3.5}, {8.5, 3.5}, {black, 1});
  CHECK(inked(canvas).y == 3);
  CHECK(inked(canvas).height == 1);
  CHECK(pixel(canvas, 3, 5) == black);
  Canvas slanted(7, 12);
  slanted.line({1, 1}, {11, 5}, {black, 1});
  int shaded = 0;
  for (int x = 0; x < 12; ++x)
    for (int y = 0; y < 7; ++y) shaded += pixel(slanted, y, x)[0] > 20 && pixel(slanted, y, x)[0] < 235;
  CHECK(shaded > 8);
}

TEST_CASE("canvas: what lies outside is clipped", "[sanitize]") {
  Canvas canvas(5, 8);
  canvas.fill({-3, -3, 100, 4}, red);
  canvas.line({-50, -20}, {60, 30}, {black, 3});
  canvas.disc({-1, 100}, 4, red);
  canvas.text({-20, 2}, "far to the left and to the right", {.unit = 3});
  canvas.text({4, 90}, "below", {.direction = Direction::up});
  canvas.paste(-2, -1, datasets::Image8(3, 4, 1, 7));
  canvas.paste(7, 4, datasets::Image8(3, 4, 4, 9));
  canvas.paste(90, 90, datasets::Image8(3, 4, 3, 9));
  CHECK(pixel(canvas, 0, 0) == Colour{7, 7, 7});
  CHECK(pixel(canvas, 4, 7) == Colour{9, 9, 9});
}

TEST_CASE("canvas: text is as wide as it says and lies where it is aligned", "[sanitize]") {
  const std::string text = "Hill 72 %";
  const double width = train::text_width(text, 3);
  for (const auto& [align, left] :
       {std::pair(Align::left, 150.0), {Align::centre, 150 - width / 2}, {Align::right, 150 - width}}) {
    Canvas canvas(40, 300);
    canvas.text({150, 20}, text, {.unit = 3, .align = align});
    const train::Box box = inked(canvas);
    CHECK(std::abs(box.x - left) <= 2);
    CHECK(std::abs(box.width - width) <= 3);
    CHECK(std::abs(box.height - 21) <= 2);  // Capitals are 7 units high, with origin in the middle.
    CHECK(std::abs(box.y + box.height / 2.0 - 20) <= 1);
  }
  CHECK(train::text_width("", 3) == 0);
}

TEST_CASE("canvas: upward text is the same text turned by a quarter", "[sanitize]") {
  Canvas flat(60, 60), upright(60, 60);
  flat.text({10, 30}, "Fig. 4", {.unit = 1.5});
  upright.text({30, 50}, "Fig. 4", {.unit = 1.5, .direction = Direction::up});
  int different = 0;
  for (int y = 0; y < 60; ++y)
    for (int x = 0; x < 60; ++x) different += pixel(flat, y, x) != pixel(upright, 59 - x, y);
  CHECK(different == 0);
}

TEST_CASE("canvas: every printable character has its own glyph, others show as a question mark", "[sanitize]") {
  for (char a = '!'; a <= '~'; ++a)
    for (char b = '!'; b < a; ++b) {
      INFO("'" << a << "' and '" << b << "'");
      const bool equal =
          train::glyph_of(a).ink == train::glyph_of(b).ink && train::glyph_of(a).width == train::glyph_of(b).width;
      CHECK_FALSE(equal);
    }
  CHECK(&train::glyph_of('\n') == &train::glyph_of('?'));
  CHECK(&train::glyph_of('\xE4') == &train::glyph_of('?'));
  const train::Glyph& f = train::glyph_of('F');
  CHECK(f.width == 5);
  CHECK(f.at(0, 4));
  CHECK_FALSE(f.at(1, 4));
  CHECK_FALSE(f.at(-1, 0));
}

TEST_CASE("canvas: drawn text has the recorded bytes on every machine", "[sanitize]") {
  Canvas canvas(48, 400, {250, 250, 245});
  canvas.text({8, 14}, "Sphinx of black quartz, judge my vow: 0123456789", {.unit = 1.5, .colour = red});
  canvas.text({200, 34}, "(mIoU) [%] {a|b} ~ @", {.unit = 2.25, .align = Align::centre});
  CHECK(XXH3_64bits(canvas.image().pixels.data(), canvas.image().pixels.size()) == 0xDD125184950B0913u);
}

TEST_CASE("canvas: shrinking averages areas, stretching keeps values, grey becomes RGB", "[sanitize]") {
  datasets::Image8 image(2, 4, 1);
  image.pixels = {0, 100, 40, 60, 50, 50, 200, 100};
  const datasets::Image8 half = train::resized_rgb(image, 1, 2);
  CHECK(half.pixels == std::vector<std::uint8_t>{50, 50, 50, 100, 100, 100});
  const datasets::Image8 doubled = train::resized_rgb(image, 4, 8);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 8; ++x) CHECK(doubled.at(y, x, 2) == image.at(y / 2, x / 2));
  const datasets::Image8 uneven =
      train::resized_rgb(image, 2, 3);  // Pixel 0 is 3/4 of the first and 1/4 of the second.
  CHECK(uneven.at(0, 0) == 25);
}

}  // namespace
