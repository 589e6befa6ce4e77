// SPDX-License-Identifier: Apache-2.0
// How often classes occur in labels, and the class weights that papers make of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "datasets/image.h"

namespace train {

struct ClassCount {
  std::int64_t pixels = 0;            // Of the class.
  std::int64_t images = 0;            // That show it.
  std::int64_t pixels_of_images = 0;  // Labelled pixels of those images.
};

struct LabelStatistics {
  std::vector<ClassCount> classes;  // Index = class id.
  std::int64_t pixels = 0;          // Of all classes together.
  std::int64_t ignored = 0;         // Other values.
  std::int64_t images = 0;

  explicit LabelStatistics(int count) : classes(static_cast<std::size_t>(count)) {}
  void add(const datasets::LabelMap& label);
  void add(const LabelStatistics& other);
  double share(int id) const;  // Of the labelled pixels; 0 where there are none.
};

struct WeightFormula {
  const char* name;
  const char* formula;  // With p = share of the class among all labelled pixels.
  const char* source;
  std::vector<double> (*weights)(const LabelStatistics&);  // A class that never occurs has 0 where it is undefined.
};

const std::vector<WeightFormula>& weight_formulas();

}  // namespace train
