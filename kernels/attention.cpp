// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention.h"

#include <cmath>

namespace kernels {

double AttentionGeometry::scale() const {
  return 1.0 / std::sqrt(static_cast<double>(channels));
}

AttentionGeometry attention_geometry(const Shape& qkv, const Shape& height, const Shape& width,
                                     const AttentionOptions& options) {
  if (options.heads < 1 || qkv.rank() != 4 || qkv.elements() == 0 || qkv.c() % (3 * options.heads) != 0)
    throw ShapeError("attention: qkv {} is no map of q, k and v of {} heads", qkv, options.heads);
  const AttentionGeometry g{.images = qkv.n(),
                            .heads = options.heads,
                            .channels = qkv.c() / (3 * options.heads),
                            .height = qkv.h(),
                            .width = qkv.w()};
  if (height != Shape{g.height, g.channels} || width != Shape{g.width, g.channels})
    throw ShapeError(
        "attention: a map of {}x{} positions with {} channels per head needs embeddings [{}, {}] and [{}, {}], got {} "
        "and {}",
        g.height, g.width, g.channels, g.height, g.channels, g.width, g.channels, height, width);
  return g;
}

}  // namespace kernels
