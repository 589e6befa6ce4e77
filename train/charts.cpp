// SPDX-License-Identifier: Apache-2.0
// Axes, curves, cells.
#include "train/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "kernels/error.h"
#include "train/canvas.h"

namespace train {
namespace {

using datasets::Image8;

constexpr Colour white = {255, 255, 255}, ink = {40, 44, 52}, quiet = {96, 102, 112}, grid = {226, 229, 234};
// Distinguishable for colour-blind readers, too (Okabe and Ito, "Color universal design", 2008), darkest first.
constexpr std::array<Colour, 6> curve_colours = {
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {230, 159, 0}, {86, 180, 233}}};

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

struct Axis {
  std::vector<double> ticks;
  double pixel_at_low, pixel_at_high;

  double pixel(double value) const {
    return pixel_at_low + (value - ticks.front()) / (ticks.back() - ticks.front()) * (pixel_at_high - pixel_at_low);
  }
  // As many decimals as the steps need.
  std::string label(double value) const {
    const double step = ticks[1] - ticks[0];
    const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    if (decimals > 4 || step >= 1e5) return fmt::format("{:.1e}", value);
    return fmt::format("{:.{}f}", std::abs(value) < step / 1000 ? 0.0 : value, decimals);
  }
};

// The second half dozen of curves has the colours of the first, dashed.
LineStyle style_of(std::size_t curve, double width) {
  return {curve_colours[curve % curve_colours.size()], width};
}

bool is_dashed(std::size_t curve) {
  return curve >= curve_colours.size();
}

// A line whose dashes go on where those of the line before it ended, `travelled` pixels from the beginning.
void draw_dashed(Canvas& canvas, Point from, Point to, const LineStyle& style, double& travelled) {
  constexpr double dash = 6, period = 10;
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const auto at = [&](double along) {
    return Point{from.x + (to.x - from.x) * along / length, from.y + (to.y - from.y) * along / length};
  };
  for (double along = 0; along < length;) {
    const double phase = std::fmod(travelled + along, period);
    const double end = std::min(length, along + (phase < dash ? dash : period) - phase + 1e-6);
    if (phase < dash) canvas.line(at(along), at(end), style);
    along = end;
  }
  travelled += length;
}

void draw_curve(Canvas& canvas, const Curve& curve, const Axis& across, const Axis& up, std::size_t number) {
  const LineStyle style = style_of(number, 2);
  double travelled = 0;
  std::optional<Point> previous;
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) {
      previous.reset();
      continue;
    }
    const Point point = {across.pixel(curve.x[i]), up.pixel(curve.y[i])};
    if (previous && is_dashed(number)) draw_dashed(canvas, *previous, point, style, travelled);
    if (previous && !is_dashed(number)) canvas.line(*previous, point, style);
    if (curve.x.size() <= 40) canvas.disc(point, 2.5, style.colour);
    previous = point;
  }
}

}  // namespace

std::vector<double> axis_ticks(double low, double high, int count) {
  if (!(std::isfinite(low) && std::isfinite(high)) || low > high) low = 0, high = 1;
  if (high - low < 1e-12 * std::max(std::abs(low), std::abs(high)) || high == low) {
    const double around = std::max(std::abs(low), 1.0) / 2;
    low -= around;
    high += around;
  }
  const double rough = (high - low) / count;
  const double decade = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * decade;
  for (const double factor : {5.0, 2.0, 1.0})
    if (factor * decade >= rough * (1 - 1e-9)) step = factor * decade;
  std::vector<double> ticks;
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

Image8 chart(const ChartContent& content) {
  constexpr int width = 560, left = 78, right = 20, bottom = 62, row = 24;
  constexpr double unit = 1.5;
  // Names of curves, in as many rows as they need.
  std::vector<Point> names;
  double name_x = left, name_y = 54;
  for (const Curve& curve : content.curves) {
    const double length = 30 + text_width(curve.name, unit);
    if (name_x > left && name_x + length > width - right) {
      name_x = left;
      name_y += row;
    }
    names.push_back({name_x, name_y});
    name_x += length + 26;
  }
  const double top = name_y + 30, base = top + 234;  // Of the area of the curves.
  const int height = static_cast<int>(base) + bottom;
  Range xs, ys;
  if (content.y_range == ChartContent::Range::from_zero) ys.include(0);
  for (const Curve& curve : content.curves) {
    if (curve.x.size() != curve.y.size())
      throw kernels::ShapeError("chart '{}': curve '{}': {} positions, {} values", content.title, curve.name,
                                curve.x.size(), curve.y.size());
    for (const double x : curve.x) xs.include(x);
    for (const double y : curve.y) ys.include(y);
  }
  Canvas canvas(height, width);
  const Axis across{axis_ticks(xs.low, xs.high, 6), left, width - right};
  const Axis up{axis_ticks(ys.low, ys.high, 5), base, top};
  for (const double tick : up.ticks) {
    const double y = std::floor(up.pixel(tick)) + 0.5;
    canvas.line({left, y}, {width - right, y}, {grid, 1});
    canvas.text({left - 10, y}, up.label(tick), {.unit = unit, .colour = quiet, .align = Align::right});
  }
  for (const double tick : across.ticks) {
    const double x = std::floor(across.pixel(tick)) + 0.5;
    canvas.line({x, base}, {x, base + 5.0}, {quiet, 1});
    canvas.text({x, base + 17.0}, across.label(tick), {.unit = unit, .colour = quiet, .align = Align::centre});
  }
  canvas.line({left, base + 0.5}, {width - right, base + 0.5}, {quiet, 1});
  canvas.text({(left + width - right) / 2.0, height - 18.0}, content.x_label, {.unit = unit, .align = Align::centre});
  canvas.text({16, (top + base) / 2.0}, content.y_label,
              {.unit = unit, .align = Align::centre, .direction = Direction::up});
  canvas.text({left, 24}, content.title, {.unit = 2.25});
  for (std::size_t i = 0; i < content.curves.size(); ++i) {
    draw_curve(canvas, content.curves[i], across, up, i);
    double travelled = 0;
    const Point from{names[i].x + 2, names[i].y}, to{names[i].x + 22, names[i].y};
    if (is_dashed(i))
      draw_dashed(canvas, from, to, style_of(i, 3), travelled);
    else
      canvas.line(from, to, style_of(i, 3));
    canvas.text({names[i].x + 30, names[i].y}, content.curves[i].name, {.unit = unit});
  }
  return canvas.image();
}

Image8 side_by_side(const std::vector<Image8>& images) {
  int height = 1, width = 0;
  for (const Image8& image : images) {
    height = std::max(height, image.height);
    width += image.width;
  }
  Canvas canvas(height, std::max(width, 1));
  int x = 0;
  for (const Image8& image : images) {
    canvas.paste(x, 0, image);
    x += image.width;
  }
  return canvas.image();
}

Image8 confusion_picture(const ConfusionMatrix& matrix, const std::vector<std::string>& names,
                         const std::string& title) {
  if (static_cast<int>(names.size()) != matrix.classes())
    throw kernels::UsageError("confusion picture: {} names for {} classes", names.size(), matrix.classes());
  constexpr double unit = 1.5;
  const int n = matrix.classes(), cell = n <= 12 ? 62 : 50;
  double longest = 0;
  for (const std::string& name : names) longest = std::max(longest, text_width(name, unit));
  const int left = static_cast<int>(longest) + 64, top = static_cast<int>(longest) + 96, margin = 22;
  Canvas canvas(top + n * cell + margin, std::max(left + n * cell + margin, 420));
  const double centre_x = left + n * cell / 2.0, centre_y = top + n * cell / 2.0;
  canvas.text({static_cast<double>(margin), 24}, title, {.unit = 2.25});
  canvas.text({centre_x, 62}, "predicted as", {.unit = 1.75, .colour = quiet, .align = Align::centre});
  canvas.text({24, centre_y}, "truth",
              {.unit = 1.75, .colour = quiet, .align = Align::centre, .direction = Direction::up});
  for (int id = 0; id < n; ++id) {
    const double middle = (id + 0.5) * cell;
    canvas.text({left - 12.0, top + middle}, names[id], {.unit = unit, .align = Align::right});
    canvas.text({left + middle, top - 10.0}, names[id], {.unit = unit, .direction = Direction::up});
  }
  constexpr Colour deepest = {8, 64, 129};
  for (int truth = 0; truth < n; ++truth) {
    const std::int64_t pixels = matrix.truth_pixels(truth);
    for (int predicted = 0; predicted < n; ++predicted) {
      const Box box = {left + predicted * cell, top + truth * cell, cell - 1, cell - 1};
      if (pixels == 0) {
        canvas.fill(box, {246, 247, 249});
        canvas.line({box.x + 0.0, box.y + cell - 1.0}, {box.x + cell - 1.0, box.y + 0.0}, {grid, 1});
        continue;
      }
      const double share = static_cast<double>(matrix.at(truth, predicted)) / static_cast<double>(pixels);
      // The square root makes small confusions visible beside the diagonal.
      canvas.fill(box, mix({240, 244, 249}, deepest, std::sqrt(share)));
      const std::string text = share == 0 ? "0" : (share < 0.0005 ? "<0.1" : fmt::format("{:.1f}", 100 * share));
      const Colour colour = share == 0 ? Colour{176, 182, 190} : (share > 0.27 ? white : ink);
      canvas.text({box.x + cell / 2.0, box.y + cell / 2.0}, text,
                  {.unit = unit, .colour = colour, .align = Align::centre});
    }
  }
  return canvas.image();
}

}  // namespace train
