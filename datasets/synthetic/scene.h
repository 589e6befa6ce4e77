// SPDX-License-Identifier: Apache-2.0
// Procedural street scenes: a registered colour and thermal pair with labels, instances and depth, by day or by night.
// The bytes of a scene are a function of (seed, index, time, options) on every machine.
#pragma once

#include <cstdint>

#include "datasets/dataset.h"
#include "datasets/synthetic/appearance.h"
#include "datasets/synthetic/geometry.h"
#include "datasets/synthetic/sensors.h"

namespace datasets::synthetic {

// Changed whenever the same seed gives other pictures; reports of experiments name it.
inline constexpr int generator_version = 1;

inline constexpr int smallest_side = 16;  // Pixels.

struct SceneOptions {
  int height = 480, width = 640;
  std::uint32_t variant = 0;  // Another number repaints the same geometry: colours, temperatures, weather, noise.
  GeometryOptions geometry;
  AppearanceOptions appearance;
  SensorOptions sensors;
};

inline constexpr float farthest_depth = 80;  // Metres; what lies beyond, and the sky, has this depth.

// All images have the same size; labels, instances and depth hold the value at the centre of each pixel.
struct Scene {
  TimeOfDay time = TimeOfDay::unknown;
  Image8 rgb;                // 3 channels.
  Image8 thermal;            // 1 channel, partial gain control.
  Image16 thermal16;         // 1 channel of counts: -10 ... 45 degrees Celsius are 21800 ... 25000.
  Image<float> temperature;  // Degrees Celsius behind both thermal images.
  LabelMap fine;             // FineClass.
  Image16 instance;          // 0: no countable thing. A rider and the bicycle below are two things.
  Image<float> depth;        // Distance along the viewing axis in metres.
};

// `time` is day or night; the two are twins: they share labels, instances and depth exactly.
// Throws UsageError for an unknown time or a size below 16 x 16.
Scene render(std::uint64_t seed, std::uint64_t index, TimeOfDay time, const SceneOptions& options = {});

}  // namespace datasets::synthetic
