// SPDX-License-Identifier: Apache-2.0
// Each scale of thermal counts, and the description as JSON.
#include "datasets/normalisation.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "kernels/error.h"

namespace datasets {
namespace {

constexpr std::array scale_names = {"full_range", "window", "min_max", "percentile", "standardise"};

// A linear map of counts, with limits where the scale clips.
struct LinearMap {
  double offset = 0, factor = 0;
  bool clipped = false;
};

LinearMap from_range(double low, double high, bool clipped) {
  return high > low ? LinearMap{low, 1 / (high - low), clipped} : LinearMap{low, 0, clipped};
}

LinearMap standardising(const Image16& image) {
  double sum = 0;
  for (const std::uint16_t count : image.pixels) sum += count;
  const double mean = sum / static_cast<double>(image.pixels.size());
  double squares = 0;
  for (const std::uint16_t count : image.pixels) squares += (count - mean) * (count - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(image.pixels.size()));
  return {mean, deviation > 0 ? 1 / deviation : 0, false};
}

LinearMap map_of(const Image16& image, int bits, const ThermalNormalisation& how) {
  switch (how.scale) {
    case ThermalScale::window:
      return from_range(how.low, how.high, true);
    case ThermalScale::min_max: {
      const auto [least, most] = std::minmax_element(image.pixels.begin(), image.pixels.end());
      return from_range(*least, *most, false);
    }
    case ThermalScale::percentile:
      return from_range(percentile(image, how.low), percentile(image, how.high), true);
    case ThermalScale::standardise:
      return standardising(image);
    default:
      return from_range(0, (1 << bits) - 1, false);
  }
}

void require_sense(const ThermalNormalisation& how) {
  const bool ranged = how.scale == ThermalScale::window || how.scale == ThermalScale::percentile;
  if (ranged && !(how.low < how.high))
    throw kernels::UsageError("thermal normalisation: expected low below high, got {} and {}", how.low, how.high);
  if (how.scale == ThermalScale::percentile && !(how.low >= 0 && how.high <= 100))
    throw kernels::UsageError("thermal normalisation: expected percentiles in 0 to 100, got {} and {}", how.low,
                              how.high);
  if (!(std::abs(how.deviation) > 0))
    throw kernels::UsageError("thermal normalisation: expected a deviation other than 0, got {}", how.deviation);
}

template <class T>
T field(const nlohmann::json& json, const char* part, const char* name) {
  try {
    return json.at(part).at(name).get<T>();
  } catch (const nlohmann::json::exception& error) {
    throw kernels::CheckpointError("normalisation: field {}.{} cannot be read: {}", part, name, error.what());
  }
}

}  // namespace

void normalise(const Image8& rgb, const RgbNormalisation& how, float* result) {
  if (rgb.channels != 3) throw kernels::UsageError("normalise: expected 3 colour channels, got {}", rgb.channels);
  // 256 possible values per channel: a table makes the division exact and cheap.
  std::array<std::array<float, 256>, 3> table{};
  for (std::size_t c = 0; c < 3; ++c) {
    if (!(std::abs(how.deviation[c]) > 0))
      throw kernels::UsageError("colour normalisation: expected a deviation other than 0, got {}", how.deviation[c]);
    for (std::size_t value = 0; value < 256; ++value)
      table[c][value] = (static_cast<float>(value) / 255.0f - how.mean[c]) / how.deviation[c];
  }
  for (std::size_t i = 0; i < rgb.pixels.size(); i += 3)
    for (std::size_t c = 0; c < 3; ++c) result[i + c] = table[c][rgb.pixels[i + c]];
}

void normalise(const Image16& thermal, int bits, const ThermalNormalisation& how, float* result) {
  require_sense(how);
  if (thermal.channels != 1 || thermal.empty())
    throw kernels::UsageError("normalise: expected 1 thermal channel, got {}", thermal.channels);
  const std::size_t count = thermal.pixels.size();
  if (how.scale == ThermalScale::full_range) {  // A quotient of floats, equal to value / 255 anywhere else.
    const auto most = static_cast<float>((1 << bits) - 1);
    for (std::size_t i = 0; i < count; ++i)
      result[i] = (static_cast<float>(thermal.pixels[i]) / most - how.mean) / how.deviation;
    return;
  }
  const LinearMap map = map_of(thermal, bits, how);
  for (std::size_t i = 0; i < count; ++i) {
    double value = (thermal.pixels[i] - map.offset) * map.factor;
    if (map.clipped) value = std::clamp(value, 0.0, 1.0);
    result[i] = (static_cast<float>(value) - how.mean) / how.deviation;
  }
}

double percentile(const Image16& image, double percent) {
  std::vector<std::size_t> histogram(65536);
  for (const std::uint16_t count : image.pixels) ++histogram[count];
  const double position = percent / 100 * static_cast<double>(image.pixels.size() - 1);
  const auto rank = static_cast<std::size_t>(position);
  std::size_t below = 0, value = 0;  // Pixels with less than `value`.
  while (below + histogram[value] <= rank) below += histogram[value++];
  if (below + histogram[value] > rank + 1 || rank + 1 == image.pixels.size()) return static_cast<double>(value);
  std::size_t next = value + 1;
  while (histogram[next] == 0) ++next;
  return static_cast<double>(value) + (position - static_cast<double>(rank)) * static_cast<double>(next - value);
}

std::string to_string(ThermalScale scale) {
  return scale_names[static_cast<std::size_t>(scale)];
}

ThermalScale thermal_scale(const std::string& name) {
  const auto* found = std::find(scale_names.begin(), scale_names.end(), name);
  if (found == scale_names.end())
    throw kernels::UsageError("thermal scale '{}' is unknown; known: {}", name, fmt::join(scale_names, ", "));
  return static_cast<ThermalScale>(found - scale_names.begin());
}

nlohmann::json to_json(const Normalisation& normalisation) {
  const ThermalNormalisation& thermal = normalisation.thermal;
  return {{"rgb", {{"mean", normalisation.rgb.mean}, {"deviation", normalisation.rgb.deviation}}},
          {"thermal",
           {{"scale", to_string(thermal.scale)},
            {"low", thermal.low},
            {"high", thermal.high},
            {"mean", thermal.mean},
            {"deviation", thermal.deviation}}}};
}

Normalisation normalisation_from_json(const nlohmann::json& json) {
  Normalisation normalisation;
  normalisation.rgb.mean = field<std::array<float, 3>>(json, "rgb", "mean");
  normalisation.rgb.deviation = field<std::array<float, 3>>(json, "rgb", "deviation");
  normalisation.thermal.scale = thermal_scale(field<std::string>(json, "thermal", "scale"));
  normalisation.thermal.low = field<double>(json, "thermal", "low");
  normalisation.thermal.high = field<double>(json, "thermal", "high");
  normalisation.thermal.mean = field<float>(json, "thermal", "mean");
  normalisation.thermal.deviation = field<float>(json, "thermal", "deviation");
  return normalisation;
}

}  // namespace datasets
