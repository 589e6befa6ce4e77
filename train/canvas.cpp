// SPDX-License-Identifier: Apache-2.0
// Drawing by coverage: each pixel is mixed with the colour by the share of it that the shape covers.
#include "train/canvas.h"

#include <algorithm>
#include <cmath>

#include "train/font.h"

namespace train {
namespace {

using datasets::Image8;

constexpr double gap_between_letters = 1;  // Units.

// The glyph between its squares: bilinear in the ink, so that the level line at one half rounds corners and joins
// diagonals. u and v are in units from the glyph's top left corner.
double ink_at(const Glyph& glyph, double u, double v) {
  const double column = u - 0.5, row = v - 0.5;
  const int left = static_cast<int>(std::floor(column)), top = static_cast<int>(std::floor(row));
  const double right_share = column - left, bottom_share = row - top;
  const double upper = (1 - right_share) * glyph.at(top, left) + right_share * glyph.at(top, left + 1);
  const double lower = (1 - right_share) * glyph.at(top + 1, left) + right_share * glyph.at(top + 1, left + 1);
  return (1 - bottom_share) * upper + bottom_share * lower;
}

// Distance from a point to a stretch of a line.
double distance(Point point, Point from, Point to) {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double squared = dx * dx + dy * dy;
  const double along =
      squared == 0 ? 0 : std::clamp(((point.x - from.x) * dx + (point.y - from.y) * dy) / squared, 0.0, 1.0);
  return std::hypot(point.x - from.x - along * dx, point.y - from.y - along * dy);
}

}  // namespace

double text_width(std::string_view text, double unit) {
  double width = 0;
  for (const char character : text) width += glyph_of(character).width + gap_between_letters;
  return std::max(0.0, width - gap_between_letters) * unit;
}

Colour mix(Colour a, Colour b, double share) {
  Colour mixed;
  for (int c = 0; c < 3; ++c) mixed[c] = static_cast<std::uint8_t>(std::lround((1 - share) * a[c] + share * b[c]));
  return mixed;
}

Image8 resized_rgb(const Image8& image, int height, int width) {
  // Each pixel's share of the source rows (columns) is the same for all columns (rows): two passes of weighted sums.
  const auto channel = [&](int c) {
    return image.channels >= 3 ? c : 0;
  };
  const double row_step = static_cast<double>(image.height) / height;
  const double column_step = static_cast<double>(image.width) / width;
  const auto average = [](double begin, double end, int limit, auto value) {
    double sum = 0;
    for (int i = static_cast<int>(begin); i < std::min(limit, static_cast<int>(std::ceil(end))); ++i)
      sum += (std::min<double>(end, i + 1) - std::max<double>(begin, i)) * value(i);
    return sum / (end - begin);
  };
  std::vector<double> narrowed(static_cast<std::size_t>(image.height) * width * 3);
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c)
        narrowed[(static_cast<std::size_t>(y) * width + x) * 3 + c] = average(
            x * column_step, (x + 1) * column_step, image.width, [&](int i) { return image.at(y, i, channel(c)); });
  Image8 result(height, width, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c)
        result.at(y, x, c) =
            static_cast<std::uint8_t>(std::lround(average(y * row_step, (y + 1) * row_step, image.height, [&](int i) {
              return narrowed[(static_cast<std::size_t>(i) * width + x) * 3 + c];
            })));
  return result;
}

Canvas::Canvas(int height, int width, Colour background) : image_(height, width, 3) {
  fill({0, 0, width, height}, background);
}

void Canvas::blend(int x, int y, Colour colour, double coverage) {
  if (x < 0 || y < 0 || x >= image_.width || y >= image_.height || coverage <= 0) return;
  for (int c = 0; c < 3; ++c) {
    std::uint8_t& value = image_.at(y, x, c);
    value = static_cast<std::uint8_t>(std::lround(value + std::min(coverage, 1.0) * (colour[c] - value)));
  }
}

void Canvas::fill(const Box& box, Colour colour) {
  for (int y = std::max(box.y, 0); y < std::min(box.y + box.height, image_.height); ++y)
    for (int x = std::max(box.x, 0); x < std::min(box.x + box.width, image_.width); ++x)
      for (int c = 0; c < 3; ++c) image_.at(y, x, c) = colour[c];
}

void Canvas::frame(const Box& box, Colour colour) {
  fill({box.x, box.y, box.width, 1}, colour);
  fill({box.x, box.y + box.height - 1, box.width, 1}, colour);
  fill({box.x, box.y, 1, box.height}, colour);
  fill({box.x + box.width - 1, box.y, 1, box.height}, colour);
}

void Canvas::line(Point from, Point to, const LineStyle& style) {
  const double reach = style.width / 2 + 1;
  const int left = std::max(0, static_cast<int>(std::floor(std::min(from.x, to.x) - reach)));
  const int right = std::min(image_.width - 1, static_cast<int>(std::ceil(std::max(from.x, to.x) + reach)));
  const int top = std::max(0, static_cast<int>(std::floor(std::min(from.y, to.y) - reach)));
  const int bottom = std::min(image_.height - 1, static_cast<int>(std::ceil(std::max(from.y, to.y) + reach)));
  for (int y = top; y <= bottom; ++y)
    for (int x = left; x <= right; ++x)
      blend(x, y, style.colour, style.width / 2 + 0.5 - distance({x + 0.5, y + 0.5}, from, to));
}

void Canvas::disc(Point centre, double radius, Colour colour) {
  line(centre, centre, {colour, 2 * radius});
}

void Canvas::text(Point origin, std::string_view text, const TextStyle& style) {
  constexpr int samples = 4;  // Per pixel and direction.
  const double length = text_width(text, style.unit);
  double along = style.align == Align::left ? 0 : (style.align == Align::centre ? -length / 2 : -length);
  for (const char character : text) {
    const Glyph& glyph = glyph_of(character);
    // The glyph's rectangle, in pixels along and across the line of text, half a unit wider on all sides.
    const double across = -Glyph::capital_rows * style.unit / 2, margin = style.unit / 2;
    const double last = along + glyph.width * style.unit + margin, below = across + Glyph::rows * style.unit + margin;
    const bool upward = style.direction == Direction::up;
    const double x0 = origin.x + (upward ? across - margin : along - margin);
    const double x1 = origin.x + (upward ? below : last);
    const double y0 = origin.y + (upward ? -last : across - margin);
    const double y1 = origin.y + (upward ? -along + margin : below);
    for (int y = static_cast<int>(std::floor(y0)); y <= static_cast<int>(std::ceil(y1)); ++y)
      for (int x = static_cast<int>(std::floor(x0)); x <= static_cast<int>(std::ceil(x1)); ++x) {
        int covered = 0;
        for (int sample = 0; sample < samples * samples; ++sample) {
          const double right = x + (sample % samples + 0.5) / samples - origin.x;
          const double down = y + (sample / samples + 0.5) / samples - origin.y;
          const double u = ((upward ? -down : right) - along) / style.unit;
          const double v = ((upward ? right : down) - across) / style.unit;
          covered += ink_at(glyph, u, v) > 0.46;  // A little below one half: diagonals join.
        }
        blend(x, y, style.colour, static_cast<double>(covered) / (samples * samples));
      }
    along += (glyph.width + gap_between_letters) * style.unit;
  }
}

void Canvas::paste(int x, int y, const Image8& image) {
  for (int row = std::max(0, -y); row < std::min(image.height, image_.height - y); ++row)
    for (int column = std::max(0, -x); column < std::min(image.width, image_.width - x); ++column)
      for (int c = 0; c < 3; ++c)
        image_.at(y + row, x + column, c) = image.at(row, column, image.channels >= 3 ? c : 0);
}

}  // namespace train
