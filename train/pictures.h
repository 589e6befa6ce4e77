// SPDX-License-Identifier: Apache-2.0
// Pictures of samples and predictions: thermal images made visible, class colours over an image, and the sheet that
// shows everything about one sample side by side.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/image.h"

namespace train {

// Raw counts as grey: the 0.5 % coldest pixels black, the 0.5 % warmest white.
datasets::Image8 thermal_picture(const datasets::Image16& thermal);

// Each class in its colour; ids without a class are white.
datasets::Image8 class_picture(const datasets::LabelMap& label, const std::vector<datasets::ClassInfo>& classes);

// The same classes in brighter colours of about the same hue, the brightest channel of all at 255: published palettes
// are often as dark as a street at night.
std::vector<datasets::ClassInfo> vivid(std::vector<datasets::ClassInfo> classes);

struct OverlayOptions {
  double opacity = 0.5;                           // Of the class colours.
  std::optional<int> see_through = std::nullopt;  // The class that is left untouched, usually 0 (unlabelled).
};

// The picture (1, 3 or 4 channels) with the classes tinted and outlined. A label of another size is stretched to the
// picture's by nearest neighbour. ShapeError where either is empty.
datasets::Image8 overlay(const datasets::Image8& picture, const datasets::LabelMap& label,
                         const std::vector<datasets::ClassInfo>& classes, const OverlayOptions& options);

// A row of colour swatches with names, wrapped at `width` pixels.
datasets::Image8 legend(const std::vector<datasets::ClassInfo>& classes, int width);

struct SheetContent {
  std::string title = {};
  datasets::Image8 rgb = {};
  datasets::Image16 thermal = {};
  std::optional<datasets::LabelMap> truth = {};
  datasets::LabelMap prediction = {};
  std::vector<datasets::ClassInfo> classes = {};
  std::optional<int> see_through = 0;
  std::vector<int> only = {};                                          // Class ids of the legend; empty: all.
  datasets::Image8 confidence = {};                                    // Grey, of any size; empty: none.
  std::vector<std::pair<std::string, datasets::Image8>> further = {};  // Captions and pictures behind the others.
};

// RGB, thermal, truth (where there is one), prediction, prediction over RGB, prediction over thermal, confidence (where
// there is one), and the legend; the classes in their vivid colours.
datasets::Image8 sheet(const SheetContent& content);

}  // namespace train
