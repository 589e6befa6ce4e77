// SPDX-License-Identifier: Apache-2.0
// Overlays, legends and sheets.
#include "train/pictures.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "train/canvas.h"

namespace train {
namespace {

using datasets::ClassInfo;
using datasets::Image16;
using datasets::Image8;
using datasets::LabelMap;

constexpr Colour white = {255, 255, 255};
constexpr Colour quiet = {96, 102, 112};

Colour colour_of(int id, const std::vector<ClassInfo>& classes) {
  return id < static_cast<int>(classes.size()) ? classes[id].colour : white;
}

LabelMap stretched(const LabelMap& label, int height, int width) {
  LabelMap result(height, width, 1);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      result.at(y, x) = label.at(static_cast<int>(static_cast<std::int64_t>(y) * label.height / height),
                                 static_cast<int>(static_cast<std::int64_t>(x) * label.width / width));
  return result;
}

bool at_border(const LabelMap& label, int y, int x) {
  const std::uint8_t id = label.at(y, x);
  return (x > 0 && label.at(y, x - 1) != id) || (x + 1 < label.width && label.at(y, x + 1) != id) ||
         (y > 0 && label.at(y - 1, x) != id) || (y + 1 < label.height && label.at(y + 1, x) != id);
}

}  // namespace

Image8 thermal_picture(const Image16& thermal) {
  Image8 picture(thermal.height, thermal.width, 1);
  if (thermal.empty()) return picture;
  std::vector<std::uint16_t> sorted = thermal.pixels;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t tail = sorted.size() / 200;
  const double coldest = sorted[tail], warmest = sorted[sorted.size() - 1 - tail];
  const double range = std::max(1.0, warmest - coldest);
  for (std::size_t i = 0; i < thermal.pixels.size(); ++i)
    picture.pixels[i] =
        static_cast<std::uint8_t>(std::lround(255 * std::clamp((thermal.pixels[i] - coldest) / range, 0.0, 1.0)));
  return picture;
}

Image8 class_picture(const LabelMap& label, const std::vector<ClassInfo>& classes) {
  Image8 picture(label.height, label.width, 3);
  for (int y = 0; y < label.height; ++y)
    for (int x = 0; x < label.width; ++x)
      for (int c = 0; c < 3; ++c) picture.at(y, x, c) = colour_of(label.at(y, x), classes)[c];
  return picture;
}

std::vector<ClassInfo> vivid(std::vector<ClassInfo> classes) {
  int brightest = 1;
  for (const ClassInfo& info : classes)
    for (const int value : info.colour) brightest = std::max(brightest, value);
  for (ClassInfo& info : classes)
    for (std::uint8_t& value : info.colour)  // A power near 1, so that classes of one hue stay apart.
      value = static_cast<std::uint8_t>(std::lround(255 * std::pow(static_cast<double>(value) / brightest, 0.75)));
  return classes;
}

Image8 overlay(const Image8& picture, const LabelMap& label, const std::vector<ClassInfo>& classes,
               const OverlayOptions& options) {
  if (picture.empty() || label.empty())
    throw kernels::ShapeError("overlay: expected a picture and a label, got {}x{} and {}x{}", picture.height,
                              picture.width, label.height, label.width);
  const LabelMap fitted = stretched(label, picture.height, picture.width);
  Image8 result(picture.height, picture.width, 3);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      Colour colour;
      for (int c = 0; c < 3; ++c) colour[c] = picture.at(y, x, picture.channels >= 3 ? c : 0);
      const int id = fitted.at(y, x);
      if (id != options.see_through) {
        const Colour tint = colour_of(id, classes);
        // Outlines are lighter than the class, so that they show on a street at night.
        colour = at_border(fitted, y, x) ? mix(tint, white, 0.55) : mix(colour, tint, options.opacity);
      }
      for (int c = 0; c < 3; ++c) result.at(y, x, c) = colour[c];
    }
  return result;
}

Image8 legend(const std::vector<ClassInfo>& classes, int width) {
  constexpr int row_height = 28, swatch_width = 26, swatch_height = 16, gap = 8, between = 26;
  constexpr double unit = 1.5;
  struct Entry {
    int x, row;
  };
  std::vector<Entry> entries;
  int x = 0, row = 0;
  for (const ClassInfo& info : classes) {
    const int needed = swatch_width + gap + static_cast<int>(std::ceil(text_width(info.name, unit)));
    if (x > 0 && x + needed > width) {
      x = 0;
      ++row;
    }
    entries.push_back({x, row});
    x += needed + between;
  }
  Canvas canvas((row + 1) * row_height, std::max(width, 1));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const int y = entries[i].row * row_height + (row_height - swatch_height) / 2;
    canvas.fill({entries[i].x, y, swatch_width, swatch_height}, classes[i].colour);
    canvas.frame({entries[i].x, y, swatch_width, swatch_height}, quiet);
    canvas.text({static_cast<double>(entries[i].x + swatch_width + gap), y + swatch_height / 2.0}, classes[i].name,
                {.unit = unit});
  }
  return canvas.image();
}

Image8 sheet(const SheetContent& content) {
  if (content.rgb.empty() || content.thermal.empty() || content.prediction.empty())
    throw kernels::ShapeError("sheet of '{}': expected an RGB image, a thermal image and a prediction", content.title);
  const std::vector<ClassInfo> classes = vivid(content.classes);
  constexpr int margin = 18, gap = 12, caption_height = 26, title_height = 44;
  constexpr int narrowest = 320, widest = 480;  // Of a panel, so that text and picture go together.
  const int panel_width = std::clamp(content.rgb.width, narrowest, widest);
  const int panel_height = std::max(
      1, static_cast<int>(std::lround(static_cast<double>(content.rgb.height) * panel_width / content.rgb.width)));
  const auto fitted = [&](const Image8& image) {
    return resized_rgb(image, panel_height, panel_width);
  };
  const auto painted = [&](const LabelMap& label) {
    return class_picture(stretched(label, panel_height, panel_width), classes);
  };
  const Image8 rgb = fitted(content.rgb), thermal = fitted(thermal_picture(content.thermal));
  const OverlayOptions options{.opacity = 0.5, .see_through = content.see_through};

  struct Panel {
    std::string caption;
    Image8 image;
  };
  std::vector<Panel> panels = {{"RGB camera", rgb}, {"thermal camera (bright = warm)", thermal}};
  if (content.truth) panels.push_back({"truth", painted(*content.truth)});
  panels.push_back({"prediction", painted(content.prediction)});
  panels.push_back({"prediction over RGB", overlay(rgb, content.prediction, classes, options)});
  panels.push_back({"prediction over thermal", overlay(thermal, content.prediction, classes, options)});

  if (!content.confidence.empty()) panels.push_back({"confidence (white = sure)", fitted(content.confidence)});
  for (const auto& [caption, picture] : content.further) panels.push_back({caption, fitted(picture)});
  std::vector<ClassInfo> shown;
  for (std::size_t id = 0; id < classes.size(); ++id)
    if (content.only.empty() ||
        std::find(content.only.begin(), content.only.end(), static_cast<int>(id)) != content.only.end())
      shown.push_back(classes[id]);

  const int count = static_cast<int>(panels.size());
  const int columns = count > 6 ? 4 : 3, rows = (count + columns - 1) / columns;
  const int inner_width = columns * panel_width + (columns - 1) * gap;
  const Image8 names = legend(shown, inner_width);
  const int row_height = caption_height + panel_height + gap;
  Canvas canvas(title_height + rows * row_height + names.height + margin, inner_width + 2 * margin);
  canvas.text({margin, title_height / 2.0 + 2}, content.title, {.unit = 2.25});
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const int x = margin + static_cast<int>(i % columns) * (panel_width + gap);
    const int y = title_height + static_cast<int>(i / columns) * row_height;
    canvas.text({static_cast<double>(x), y + caption_height / 2.0}, panels[i].caption, {.unit = 1.5, .colour = quiet});
    canvas.paste(x, y + caption_height, panels[i].image);
  }
  canvas.paste(margin, title_height + rows * row_height, names);
  return canvas.image();
}

}  // namespace train
