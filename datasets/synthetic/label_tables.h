// SPDX-License-Identifier: Apache-2.0
// What the street scenes label, and how those fine classes map to the classes of known data sets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"

namespace datasets::synthetic {

// Every kind of thing that the painter knows. The order is part of the generator's version: fine label maps store it.
enum class FineClass : std::uint8_t {
  sky,
  road,
  lane_mark,
  pavement,
  terrain,
  kerb,
  car_stop,
  bump,
  guardrail,
  cone,
  building,
  wall,
  fence,
  pole,
  sign,
  traffic_light,
  bin,
  warm_box,  // Ventilation grilles and electric cabinets: warm clutter.
  vegetation,
  person,
  rider,
  backpack,
  bicycle,
  car,
  fire_extinguisher,
  hand_drill,
};
inline constexpr int fine_class_count = 26;

std::string_view fine_class_name(FineClass fine);

struct LabelTable {
  std::string_view name;                          // "mf9", "heatnet13", "cityscapes19", "pst5".
  std::array<std::uint8_t, fine_class_count> id;  // Indexed by FineClass.
  std::vector<ClassInfo> classes;                 // Index = class id.
  std::optional<int> ignored;                     // The id of what the table has no class for, if that is not a class.
};

// mf9: MFNet, 0 = unlabelled. heatnet13: Freiburg Thermal as HeatNet groups it, 12 = background. cityscapes19:
// trainIds, 255 = void. pst5: PST900, 0 = background. Throws UsageError, naming the tables, when there is none of that
// name.
const LabelTable& label_table(std::string_view name);

// A map of fine classes translated by a table. Throws DataError when a value is no fine class.
LabelMap translate(const LabelMap& fine, const LabelTable& table);

}  // namespace datasets::synthetic
