// SPDX-License-Identifier: Apache-2.0
// From stored numbers to network units. The description is plain data that goes into a checkpoint, so that evaluation
// and prediction give a network what it was trained on.
#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "datasets/image.h"
#include "kernels/thermal_scale.h"

namespace datasets {

// How raw thermal counts become a number, before mean and deviation are applied.
using ThermalScale = kernels::ThermalScale;

// result = (scaled - mean) / deviation. An image whose range or deviation is zero scales to 0 everywhere.
struct ThermalNormalisation {
  ThermalScale scale = ThermalScale::full_range;
  double low = 0, high = 0;  // Counts for window, per cent in [0, 100] for percentile, unused otherwise.
  float mean = 0, deviation = 1;
  friend bool operator==(const ThermalNormalisation&, const ThermalNormalisation&) = default;
};

// result = (value / 255 - mean) / deviation, per channel R, G, B.
struct RgbNormalisation {
  std::array<float, 3> mean = {0, 0, 0}, deviation = {1, 1, 1};
  friend bool operator==(const RgbNormalisation&, const RgbNormalisation&) = default;
};

struct Normalisation {
  RgbNormalisation rgb;
  ThermalNormalisation thermal;
  friend bool operator==(const Normalisation&, const Normalisation&) = default;
};

// Writes height x width x channels floats (3 for colour, 1 for thermal). Throws UsageError where the description makes
// no sense (low >= high, a deviation of 0, percentiles outside 0 to 100).
void normalise(const Image8& rgb, const RgbNormalisation& how, float* result);
void normalise(const Image16& thermal, int bits, const ThermalNormalisation& how, float* result);

// Throw UsageError where a description makes no sense, as normalise does.
void require_sense(const RgbNormalisation& how);
void require_sense(const ThermalNormalisation& how);

// The count below which `percent` of the image's pixels lie, interpolated between neighbours in order.
double percentile(const Image16& image, double percent);

// Names as in flags and files: "full_range", "window", "min_max", "percentile", "standardise". Unknown: UsageError.
std::string to_string(ThermalScale scale);
ThermalScale thermal_scale(const std::string& name);

// Throws CheckpointError where a field is missing or has the wrong type.
nlohmann::json to_json(const Normalisation& normalisation);
Normalisation normalisation_from_json(const nlohmann::json& json);

}  // namespace datasets
