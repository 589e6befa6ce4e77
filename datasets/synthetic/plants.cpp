// SPDX-License-Identifier: Apache-2.0
// Trees and hedges: crowns of overlapping discs with ragged outlines.
#include "datasets/synthetic/builder.h"

namespace datasets::synthetic {

void add_tree(World& world, const Frame& frame, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::tree, FineClass::vegetation, frame.origin, true);
  const auto uniform = [&](double low, double high) {
    return static_cast<float>(random.uniform(low, high));
  };
  const float trunk = uniform(1.9, 2.8), size = uniform(0.8, 1.3), thick = uniform(0.11, 0.18);
  const float lean = uniform(-0.12, 0.12);
  builder.contact(frame, 0.5f, 0.4f);
  builder.limb(frame, frame.at(0, 0), frame.at(lean, trunk + 0.8f), thick, thick * 0.7f, Part::second, false);
  for (const float side : {-1.0f, 1.0f})
    builder.limb(frame, frame.at(lean * 0.8f, trunk), frame.at(lean + side * 0.7f * size, trunk + 1.1f * size),
                 thick * 0.5f, thick * 0.3f, Part::second, false);
  const int blobs = 11 + static_cast<int>(random.below(5));
  for (int i = 0; i < blobs; ++i) {
    const float up = trunk + 0.5f * size + uniform(0, 2.4) * size;
    const float spread = 1.5f * size * (1.0f - 0.28f * (up - trunk) / (2.9f * size));
    const float across = uniform(-1, 1) * spread, radius = uniform(0.55, 0.95) * size;
    Surface& blob = builder.ellipse(frame.at(lean + across, up, uniform(-0.3, 0.3)), frame.right, frame.up, radius,
                                    radius * 0.85f, Part::main, Texture::foliage, Shape::leaves);
    blob.parameters[0] = 0.72f + 0.5f * (up - trunk) / (2.9f * size);  // Brighter towards the top.
  }
}

void add_hedge(World& world, const Frame& frame, float half_length, kernels::RandomStream& random) {
  Builder builder(world, ObjectKind::hedge, FineClass::vegetation, frame.origin, false);
  builder.object().casts_shadow = false;
  const float height = static_cast<float>(random.uniform(0.8, 1.5));
  builder
      .polygon({frame.at(0, 0, -half_length), frame.at(0, 0, half_length), frame.at(0, height, half_length),
                frame.at(0, height, -half_length)},
               Part::main, Texture::foliage)
      .parameters[0] = 0.9f;
  for (float ahead = -half_length; ahead <= half_length; ahead += 0.55f)
    builder
        .ellipse(frame.at(0, height, ahead), frame.forward, frame.up, 0.42f, 0.16f, Part::main, Texture::foliage,
                 Shape::leaves)
        .parameters[0] = 1.05f;
}

}  // namespace datasets::synthetic
