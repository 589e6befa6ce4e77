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

std::vector<std::uint32_t> histogram_of(const Image16& image) {
  std::vector<std::uint32_t> histogram(kernels::thermal_counts);
  for (const std::uint16_t count : image.pixels) ++histogram[count];
  return histogram;
}

kernels::LinearMap map_of(const Image16& image, const ThermalNormalisation& how) {
  if (!kernels::depends_on_image(how.scale)) return kernels::map_of_range(how.low, how.high);
  return kernels::map_of_histogram(how.scale, how.low, how.high, histogram_of(image).data(),
                                   static_cast<std::int64_t>(image.pixels.size()));
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

void require_sense(const RgbNormalisation& how) {
  for (const float deviation : how.deviation)
    if (!(std::abs(deviation) > 0))
      throw kernels::UsageError("colour normalisation: expected a deviation other than 0, got {}", deviation);
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

void normalise(const Image8& rgb, const RgbNormalisation& how, float* result) {
  if (rgb.channels != 3) throw kernels::UsageError("normalise: expected 3 colour channels, got {}", rgb.channels);
  require_sense(how);
  // 256 possible values per channel: a table makes the division exact and cheap.
  std::array<std::array<float, 256>, 3> table{};
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t value = 0; value < 256; ++value)
      table[c][value] = (static_cast<float>(value) / 255.0f - how.mean[c]) / how.deviation[c];
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
  const kernels::LinearMap map = map_of(thermal, how);
  for (std::size_t i = 0; i < count; ++i) {
    double value = (thermal.pixels[i] - map.offset) * map.factor;
    if (kernels::is_clipped(how.scale)) value = std::clamp(value, 0.0, 1.0);
    result[i] = (static_cast<float>(value) - how.mean) / how.deviation;
  }
}

double percentile(const Image16& image, double percent) {
  return kernels::percentile(histogram_of(image).data(), static_cast<std::int64_t>(image.pixels.size()), percent);
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
