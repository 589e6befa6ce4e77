// SPDX-License-Identifier: Apache-2.0
#include "datasets/labels/edges.h"

#include <array>
#include <cmath>

#include "datasets/resize.h"
#include "kernels/error.h"

namespace datasets::labels {

namespace {

struct Offset {
  int dy, dx;
};

// All but the pixel itself, which never differs from itself.
std::vector<Offset> neighbourhood(double radius) {
  const int reach = static_cast<int>(std::floor(radius));
  std::vector<Offset> offsets;
  for (int dy = -reach; dy <= reach; ++dy)
    for (int dx = -reach; dx <= reach; ++dx)
      if ((dy != 0 || dx != 0) && dy * dy + dx * dx <= radius * radius) offsets.push_back({dy, dx});
  return offsets;
}

bool makes_edge(EdgeKind kind, int label, int neighbour) {
  if (label == neighbour) return false;
  return kind == EdgeKind::regular || (kind == EdgeKind::inner ? neighbour : label) == 0;
}

// The eight neighbours, counter-clockwise from the east; outside of the map: 0.
std::array<bool, 8> neighbours_of(const LabelMap& map, int y, int x) {
  constexpr std::array<Offset, 8> around{{{0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}}};
  std::array<bool, 8> set{};
  for (std::size_t k = 0; k < around.size(); ++k) {
    const int row = y + around[k].dy, column = x + around[k].dx;
    set[k] = row >= 0 && row < map.height && column >= 0 && column < map.width && map.at(row, column) != 0;
  }
  return set;
}

// Whether Guo and Hall's sub-iteration (0 or 1) takes a pixel away; x1 to x8 of the paper are n[0] to n[7].
bool is_removed(const std::array<bool, 8>& n, int sub_iteration) {
  int crossings = 0, first_pairs = 0, second_pairs = 0;
  for (std::size_t k = 0; k < 8; k += 2) {
    const std::size_t diagonal = k + 1, next = (k + 2) % 8;
    crossings += !n[k] && (n[diagonal] || n[next]);
    first_pairs += n[k] || n[diagonal];
    second_pairs += n[diagonal] || n[next];
  }
  const int neighbours = std::min(first_pairs, second_pairs);
  if (crossings != 1 || neighbours < 2 || neighbours > 3) return false;
  return sub_iteration == 0 ? !((n[1] || n[2] || !n[7]) && n[0]) : !((n[5] || n[6] || !n[3]) && n[4]);
}

}  // namespace

EdgeKind edge_kind(const std::string& name) {
  if (name == "regular") return EdgeKind::regular;
  if (name == "inner") return EdgeKind::inner;
  if (name == "outer") return EdgeKind::outer;
  throw kernels::UsageError("edges of kind {}: expected regular, inner or outer", name);
}

LabelMap reduced_labels(const LabelMap& labels, int factor) {
  if (factor < 1) throw kernels::UsageError("reduction of a label map: expected at least 1, got {}", factor);
  const kernels::Size2 size{labels.height / factor, labels.width / factor};
  if (size.h == 0 || size.w == 0)
    throw kernels::UsageError("a label map of {}x{} cannot be made {} times smaller", labels.height, labels.width,
                              factor);
  return resize(labels, size, Filter::nearest);
}

LabelMap edges_of(const LabelMap& labels, const EdgeOptions& options) {
  if (!(options.radius >= 1)) throw kernels::UsageError("radius of edges: expected at least 1, got {}", options.radius);
  const LabelMap map = reduced_labels(labels, options.reduction);
  std::array<bool, 256> counts;
  counts.fill(true);
  for (const int label : options.ignored)
    if (label >= 0 && label < 256) counts[static_cast<std::size_t>(label)] = false;
  const std::vector<Offset> offsets = neighbourhood(options.radius);
  LabelMap edges(map.height, map.width, 1);
  for (int y = 0; y < map.height; ++y)
    for (int x = 0; x < map.width; ++x) {
      const std::uint8_t label = map.at(y, x);
      if (!counts[label]) continue;
      for (const Offset& offset : offsets) {
        const int row = y + offset.dy, column = x + offset.dx;
        if (row < 0 || row >= map.height || column < 0 || column >= map.width) continue;
        const std::uint8_t neighbour = map.at(row, column);
        if (!counts[neighbour] || !makes_edge(options.kind, label, neighbour)) continue;
        edges.at(y, x) = 1;
        break;
      }
    }
  return options.thinning == Thinning::none ? edges : thinned(edges);
}

LabelMap thinned(const LabelMap& map) {
  LabelMap result = map;
  for (std::uint8_t& pixel : result.pixels) pixel = pixel != 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (int sub_iteration = 0; sub_iteration < 2; ++sub_iteration) {
      const LabelMap before = result;  // All pixels of a sub-iteration are judged together.
      for (int y = 0; y < map.height; ++y)
        for (int x = 0; x < map.width; ++x)
          if (before.at(y, x) != 0 && is_removed(neighbours_of(before, y, x), sub_iteration)) {
            result.at(y, x) = 0;
            changed = true;
          }
    }
  }
  return result;
}

}  // namespace datasets::labels
