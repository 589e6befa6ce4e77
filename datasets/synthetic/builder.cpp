// SPDX-License-Identifier: Apache-2.0
// Objects put together from flat surfaces.
#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {

Builder::Builder(World& world, ObjectKind kind, FineClass label, Vec3 position, bool counted)
    : world_(world), object_(static_cast<std::uint16_t>(world.objects.size())), label_(label) {
  Object made;
  made.kind = kind;
  made.position = position;
  if (counted) {
    for (const Object& other : world.objects) made.instance = std::max(made.instance, other.instance);
    ++made.instance;
  }
  world.objects.push_back(made);
}

Surface& Builder::add(Part part, Texture texture) {
  Surface surface;
  surface.texture = texture;
  surface.label = label_;
  surface.part = part;
  surface.object = object_;
  surface.pattern = lattice_hash(object_, static_cast<std::int32_t>(world_.surfaces.size()), 0x51ED270Bu);
  world_.surfaces.push_back(surface);
  return world_.surfaces.back();
}

Surface& Builder::polygon(std::initializer_list<Vec3> corners, Part part, Texture texture) {
  Surface& surface = add(part, texture);
  for (const Vec3 corner : corners) surface.corners[surface.corner_count++] = corner;
  const Vec3 first = surface.corners[0];
  surface.origin = first;
  surface.u = normalized(surface.corners[1] - first);
  const Vec3 side = surface.corners[surface.corner_count - 1] - first;
  surface.v = normalized(side - surface.u * dot(side, surface.u));
  surface.parameters[0] = length(surface.corners[1] - first);
  surface.parameters[1] = dot(side, surface.v);
  return surface;
}

void Builder::face(std::initializer_list<Vec3> corners, Part part, Texture texture) {
  const Vec3* corner = corners.begin();
  const Vec3 normal = cross(corner[1] - corner[0], corner[corners.size() - 1] - corner[0]);
  if (dot(normal, corner[0]) < 0) polygon(corners, part, texture);
}

Surface& Builder::ellipse(Vec3 centre, Vec3 u, Vec3 v, float radius_s, float radius_t, Part part, Texture texture,
                          Shape shape) {
  Surface& surface = add(part, texture);
  surface.shape = shape;
  surface.origin = centre;
  surface.u = u;
  surface.v = v;
  surface.radius_s = radius_s;
  surface.radius_t = radius_t;
  return surface;
}

void Builder::limb(const Frame& frame, Vec3 from, Vec3 to, float radius_from, float radius_to, Part part,
                   bool round_ends) {
  const Vec3 along = to - from;
  const Vec3 across = normalized(frame.right * dot(along, frame.up) - frame.up * dot(along, frame.right));
  polygon({from - across * radius_from, from + across * radius_from, to + across * radius_to, to - across * radius_to},
          part, Texture::round);
  if (!round_ends) return;
  const Vec3 direction = normalized(along);
  ellipse(from, across, direction, radius_from, radius_from, part, Texture::round);
  ellipse(to, across, direction, radius_to, radius_to, part, Texture::round);
}

void Builder::box(const Frame& frame, float half_width, float half_length, float bottom, float top, Part part,
                  Texture texture) {
  const float w = half_width, l = half_length;
  face({frame.at(-w, bottom, -l), frame.at(w, bottom, -l), frame.at(w, top, -l), frame.at(-w, top, -l)}, part, texture);
  face({frame.at(w, bottom, l), frame.at(-w, bottom, l), frame.at(-w, top, l), frame.at(w, top, l)}, part, texture);
  face({frame.at(-w, bottom, l), frame.at(-w, bottom, -l), frame.at(-w, top, -l), frame.at(-w, top, l)}, part, texture);
  face({frame.at(w, bottom, -l), frame.at(w, bottom, l), frame.at(w, top, l), frame.at(w, top, -l)}, part, texture);
  face({frame.at(-w, top, -l), frame.at(w, top, -l), frame.at(w, top, l), frame.at(-w, top, l)}, part, texture);
}

void Builder::emitter(Vec3 position, Part part, float size) {
  world_.emitters.push_back({position, object_, part, size});
}

void Builder::contact(const Frame& frame, float half_width, float half_length) {
  Surface surface;
  surface.shape = Shape::ellipse;
  surface.origin = frame.at(0, 0.01f);
  surface.u = frame.right;
  surface.v = frame.forward;
  surface.radius_s = half_width;
  surface.radius_t = half_length;
  surface.object = object_;
  world_.contact.push_back(surface);
}

}  // namespace datasets::synthetic
