// SPDX-License-Identifier: Apache-2.0
// The shape of a street scene: flat surfaces in space, each part of an object. Nothing here depends on the time of day
// or on colours, so that one scene can be seen by day and by night, by several cameras. Camera space: x right, y down,
// z forward, metres; the camera is the origin.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/synthetic/arithmetic.h"
#include "datasets/synthetic/label_tables.h"
#include "kernels/random.h"

namespace datasets::synthetic {

enum class Shape : std::uint8_t { polygon, ellipse, ring, leaves };

// How a surface varies over its local coordinates (s, t), metres; see texture.h.
enum class Texture : std::uint8_t {
  flat,
  round,  // A cylinder or ball seen from the side: the normal turns with s.
  asphalt,
  paving,
  grass,
  facade,
  foliage,
  car_body,
  glass,
  stripes,  // Two colours alternate along s.
  stone,    // Joints along s.
  rail,     // Ridges along t.
  grille,   // Slits along t.
  none,     // Only labels are painted (see Surface::label_only).
};

enum class ObjectKind : std::uint8_t {
  ground,
  building,
  tree,
  hedge,
  fence,
  lamp,
  pole,
  sign,
  orange_sign,
  traffic_light,
  bin,
  vent,
  warm_box,
  kerb,
  car_stop,
  bump,
  guardrail,
  cone,
  person,
  rider,
  bicycle,
  car,
  fire_extinguisher,
  hand_drill,
  crate,
};

// What an object is made of; colour and temperature are chosen per object and part (appearance.h).
enum class Part : std::uint8_t {
  main,    // Body, facade, asphalt, crown, upper clothing, stone ...
  second,  // Lower clothing, trunk, white bands, shop front, paving ...
  third,   // Shoes, lane paint, base, grass ...
  dark,    // Tyres, grilles, underbody, slits, saddle.
  glass,
  metal,  // Hubs, tubes, posts.
  skin,
  hair,
  engine,  // Bonnet and grille side of a car: warm when it was driven.
  headlight,
  taillight,
  plate,
  lamp,  // Light emitting head.
  bag,
  patch,
};
inline constexpr int part_count = 15;

struct Surface {
  Shape shape = Shape::polygon;
  Texture texture = Texture::flat;
  FineClass label = FineClass::sky;
  Part part = Part::main;
  bool label_only = false;    // Writes the label map, not the picture: a bicycle is labelled as a filled outline.
  bool takes_shadow = false;  // Horizontal ground: cast shadows fall on it.
  std::uint8_t corner_count = 0;
  std::uint16_t object = 0;     // Index into World::objects.
  std::uint32_t pattern = 0;    // Key of the surface's own irregularities.
  std::array<Vec3, 6> corners;  // Of a convex polygon.
  Vec3 origin, u, v;            // Point (s, t) lies at origin + s u + t v; u and v are orthogonal unit vectors.
  float radius_s = 0, radius_t = 0, inner = 0;  // Of an ellipse about the origin; inner: share of a ring's hole.
  std::array<float, 4> parameters{};            // Meaning: texture.h.
};

struct Object {
  ObjectKind kind = ObjectKind::ground;
  std::uint16_t instance = 0;  // 0: no countable thing.
  Vec3 position;               // On the ground.
  bool active = false;         // A car was driven, a lamp works.
  bool casts_shadow = true;
};

// A small place that shines at night: lamp heads, head and tail lights.
struct Emitter {
  Vec3 position;
  std::uint16_t object = 0;
  Part part = Part::lamp;
  float size = 0;  // Metres.
};

struct World {
  float camera_height = 1.5f;
  float horizon = 0.4f;  // Share of the image height.
  std::vector<Object> objects;
  std::vector<Surface> surfaces;  // Painted in this order: far objects first, details after what they lie on.
  std::vector<Emitter> emitters;
  std::vector<Surface> contact;  // Soft dark ellipses on the ground under objects.
};

// Numbers of things and distances of a scene; the defaults follow the class balance of MFNet.
struct GeometryOptions {
  double objects = 1;                 // Scales the number of cars, persons, bicycles, cones.
  double look_alikes = 1;             // Scales poles, bins, signs, warm boxes, vents.
  double nearest = 4, farthest = 30;  // Metres, of labelled things.
  int crates = 0;                     // Boxes with printed and warm patches 3 to 15 m ahead, for calibration.
};

World make_world(std::uint64_t seed, std::uint64_t index, const GeometryOptions& options);

}  // namespace datasets::synthetic
