// SPDX-License-Identifier: Apache-2.0
// The label tables of the street scenes. Palettes: RTFNet's for mf9, HeatNet's for heatnet13 (with road and building
// put back in Cityscapes' order), Cityscapes' for cityscapes19, PST900's for pst5.
#include "datasets/synthetic/label_tables.h"

#include <initializer_list>
#include <utility>

#include "datasets/mfnet_classes.h"
#include "kernels/error.h"

namespace datasets::synthetic {
namespace {

using Pair = std::pair<FineClass, std::uint8_t>;

std::array<std::uint8_t, fine_class_count> ids(std::uint8_t others, std::initializer_list<Pair> pairs) {
  std::array<std::uint8_t, fine_class_count> id;
  id.fill(others);
  for (const auto& [fine, value] : pairs) id[static_cast<std::size_t>(fine)] = value;
  return id;
}

const std::vector<LabelTable>& tables() {
  using enum FineClass;
  static const std::vector<LabelTable> all = {
      {"mf9",
       ids(0, {{car, 1},
               {person, 2},
               {rider, 2},
               {backpack, 2},
               {bicycle, 3},
               {kerb, 4},
               {car_stop, 5},
               {guardrail, 6},
               {cone, 7},
               {bump, 8}}),
       mfnet_classes(),
       {}},
      {"heatnet13",
       ids(12,
           {{road, 0},  {lane_mark, 0}, {bump, 0},  {pavement, 1}, {building, 2},      {wall, 2},       {kerb, 3},
            {fence, 4}, {guardrail, 4}, {pole, 5},  {sign, 5},     {traffic_light, 5}, {vegetation, 6}, {terrain, 7},
            {sky, 8},   {person, 9},    {rider, 9}, {backpack, 9}, {car, 10},          {bicycle, 11}}),
       {{"road", {128, 64, 128}},
        {"sidewalk", {244, 35, 232}},
        {"building", {70, 70, 70}},
        {"curb", {168, 168, 168}},
        {"fence", {0, 255, 255}},
        {"pole", {255, 165, 0}},
        {"vegetation", {107, 142, 35}},
        {"terrain", {255, 255, 0}},
        {"sky", {70, 130, 180}},
        {"person", {220, 20, 60}},
        {"car", {0, 255, 0}},
        {"bicycle", {190, 153, 153}},
        {"background", {0, 0, 0}}},
       {}},
      {"cityscapes19",
       ids(255, {{road, 0},
                 {lane_mark, 0},
                 {bump, 0},
                 {pavement, 1},
                 {kerb, 1},
                 {building, 2},
                 {wall, 3},
                 {fence, 4},
                 {pole, 5},
                 {traffic_light, 6},
                 {sign, 7},
                 {vegetation, 8},
                 {terrain, 9},
                 {sky, 10},
                 {person, 11},
                 {backpack, 11},
                 {rider, 12},
                 {car, 13},
                 {bicycle, 18}}),
       {{"road", {128, 64, 128}},
        {"sidewalk", {244, 35, 232}},
        {"building", {70, 70, 70}},
        {"wall", {102, 102, 156}},
        {"fence", {190, 153, 153}},
        {"pole", {153, 153, 153}},
        {"traffic light", {250, 170, 30}},
        {"traffic sign", {220, 220, 0}},
        {"vegetation", {107, 142, 35}},
        {"terrain", {152, 251, 152}},
        {"sky", {70, 130, 180}},
        {"person", {220, 20, 60}},
        {"rider", {255, 0, 0}},
        {"car", {0, 0, 142}},
        {"truck", {0, 0, 70}},
        {"bus", {0, 60, 100}},
        {"train", {0, 80, 100}},
        {"motorcycle", {0, 0, 230}},
        {"bicycle", {119, 11, 32}}},
       255},
      {"pst5",
       ids(0, {{fire_extinguisher, 1}, {backpack, 2}, {hand_drill, 3}, {person, 4}, {rider, 4}}),
       {{"background", {0, 0, 0}},
        {"fire extinguisher", {0, 0, 255}},
        {"backpack", {0, 255, 0}},
        {"hand drill", {255, 0, 0}},
        {"survivor", {255, 255, 255}}},
       {}},
  };
  return all;
}

constexpr std::array<std::string_view, fine_class_count> fine_names = {
    "sky",        "road",     "lane mark", "pavement", "terrain", "kerb", "car stop",          "bump",      "guardrail",
    "cone",       "building", "wall",      "fence",    "pole",    "sign", "traffic light",     "bin",       "warm box",
    "vegetation", "person",   "rider",     "backpack", "bicycle", "car",  "fire extinguisher", "hand drill"};

}  // namespace

std::string_view fine_class_name(FineClass fine) {
  return fine_names.at(static_cast<std::size_t>(fine));
}

const LabelTable& label_table(std::string_view name) {
  for (const LabelTable& table : tables())
    if (table.name == name) return table;
  throw kernels::UsageError("label table: expected mf9, heatnet13, cityscapes19 or pst5, got {}", name);
}

LabelMap translate(const LabelMap& fine, const LabelTable& table) {
  LabelMap label(fine.height, fine.width, 1);
  for (std::size_t i = 0; i < fine.pixels.size(); ++i) {
    if (fine.pixels[i] >= fine_class_count)
      throw kernels::DataError("fine label map: expected values below {}, got {} at pixel {}", fine_class_count,
                               fine.pixels[i], i);
    label.pixels[i] = table.id[fine.pixels[i]];
  }
  return label;
}

}  // namespace datasets::synthetic
