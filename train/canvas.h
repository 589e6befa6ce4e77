// SPDX-License-Identifier: Apache-2.0
// A small drawing surface on an 8-bit RGB image: rectangles, anti-aliased lines and text, pictures. Whatever lies
// outside is clipped. Coordinates are pixels from the top left corner, x to the right, y down; a pixel's centre lies at
// (x + 0.5, y + 0.5). The same calls give the same bytes everywhere.
#pragma once

#include <string_view>

#include "datasets/dataset.h"
#include "datasets/image.h"

namespace train {

using datasets::Colour;

struct Point {
  double x = 0, y = 0;
};

struct Box {
  int x = 0, y = 0, width = 0, height = 0;
};

struct LineStyle {
  Colour colour = {40, 44, 52};
  double width = 1;  // Pixels.
};

enum class Align { left, centre, right };  // Where the origin lies along the line of text.
enum class Direction { right, up };

struct TextStyle {
  double unit = 2;  // Pixels per square of the typeface: capitals are 7 units high.
  Colour colour = {40, 44, 52};
  Align align = Align::left;
  Direction direction = Direction::right;
};

// Pixels that a text takes along its line.
double text_width(std::string_view text, double unit);

// (1 - share) a + share b, rounded.
Colour mix(Colour a, Colour b, double share);

// Area average to any size; grey becomes RGB, a fourth channel is dropped.
datasets::Image8 resized_rgb(const datasets::Image8& image, int height, int width);

class Canvas {
 public:
  Canvas(int height, int width, Colour background = {255, 255, 255});

  void fill(const Box& box, Colour colour);
  void frame(const Box& box, Colour colour);  // One pixel wide, inside the box.
  void line(Point from, Point to, const LineStyle& style = {});
  void disc(Point centre, double radius, Colour colour);
  // `origin` lies on the line of text, at half the height of its capitals.
  void text(Point origin, std::string_view text, const TextStyle& style = {});
  void paste(int x, int y, const datasets::Image8& image);  // 1, 3 or 4 channels; the fourth is not transparency here.

  int height() const { return image_.height; }
  int width() const { return image_.width; }
  const datasets::Image8& image() const { return image_; }

 private:
  void blend(int x, int y, Colour colour, double coverage);

  datasets::Image8 image_;
};

}  // namespace train
