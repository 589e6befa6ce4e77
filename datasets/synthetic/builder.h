// SPDX-License-Identifier: Apache-2.0
// Helpers that put objects together from flat surfaces.
#pragma once

#include <initializer_list>

#include "datasets/synthetic/geometry.h"

namespace datasets::synthetic {

// Where an object stands: origin on the ground, `right` and `forward` horizontal, `up` vertical; unit vectors.
struct Frame {
  Vec3 origin, right, up{0, -1, 0}, forward;
  Vec3 at(float a, float b, float c = 0) const { return origin + right * a + up * b + forward * c; }
};

// A frame at `position` whose forward direction is turned by `turn` from the camera's axis.
inline Frame frame_at(Vec3 position, Rotation turn) {
  return {position, {turn.cosine, 0, -turn.sine}, {0, -1, 0}, {turn.sine, 0, turn.cosine}};
}

class Builder {
 public:
  // Begins a new object. `instance` 0 for things that are not counted.
  Builder(World& world, ObjectKind kind, FineClass label, Vec3 position, bool counted);

  Object& object() { return world_.objects[object_]; }
  void set_label(FineClass label) { label_ = label; }

  // Corners of a convex polygon in order; s runs from the first to the second, t towards the last. The reference is
  // valid until the next call.
  Surface& polygon(std::initializer_list<Vec3> corners, Part part, Texture texture = Texture::flat);
  // As polygon, but left out when its outside (the side of u x v) is turned away from the camera.
  void face(std::initializer_list<Vec3> corners, Part part, Texture texture = Texture::flat);
  Surface& ellipse(Vec3 centre, Vec3 u, Vec3 v, float radius_s, float radius_t, Part part,
                   Texture texture = Texture::flat, Shape shape = Shape::ellipse);
  // A limb or tube between two points of the plane spanned by the frame's right and up, with round ends.
  void limb(const Frame& frame, Vec3 from, Vec3 to, float radius_from, float radius_to, Part part, bool round_ends);
  // An upright box on the frame: half widths, bottom and top heights.
  void box(const Frame& frame, float half_width, float half_length, float bottom, float top, Part part,
           Texture texture);
  void emitter(Vec3 position, Part part, float size);
  // A soft dark place on the ground under the object, half sizes along the frame's right and forward.
  void contact(const Frame& frame, float half_width, float half_length);

 private:
  Surface& add(Part part, Texture texture);

  World& world_;
  std::uint16_t object_;
  FineClass label_;
};

// One kind of object each; `random` is the scene's geometry stream.
void add_car(World& world, const Frame& frame, kernels::RandomStream& random);
void add_person(World& world, const Frame& frame, kernels::RandomStream& random);
void add_bicycle(World& world, const Frame& frame, bool ridden, kernels::RandomStream& random);
void add_tree(World& world, const Frame& frame, kernels::RandomStream& random);
void add_hedge(World& world, const Frame& frame, float half_length, kernels::RandomStream& random);
void add_lamp(World& world, const Frame& frame, float side, kernels::RandomStream& random);
void add_sign(World& world, const Frame& frame, ObjectKind kind, kernels::RandomStream& random);
void add_traffic_light(World& world, const Frame& frame, kernels::RandomStream& random);
void add_bin(World& world, const Frame& frame, kernels::RandomStream& random);
void add_warm_box(World& world, const Frame& frame, kernels::RandomStream& random);
void add_vent(World& world, const Frame& frame, kernels::RandomStream& random);
void add_cone(World& world, const Frame& frame, kernels::RandomStream& random);
void add_car_stop(World& world, const Frame& frame, kernels::RandomStream& random);
void add_guardrail(World& world, const Frame& frame, float length_metres, kernels::RandomStream& random);
void add_bump(World& world, const Frame& frame, float half_width, kernels::RandomStream& random);
void add_fire_extinguisher(World& world, const Frame& frame);
void add_hand_drill(World& world, const Frame& frame);
void add_crate(World& world, const Frame& frame, kernels::RandomStream& random);

}  // namespace datasets::synthetic
