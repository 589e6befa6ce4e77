// SPDX-License-Identifier: Apache-2.0
// Edges of label maps, by the rule of DFF (Hu et al., "Dynamic feature fusion for semantic edge detection", IJCAI
// 2019): a pixel is an edge where a pixel within a radius has another label. CEKD trains on radius 1 at a quarter of
// the size.
#pragma once

#include <string>
#include <vector>

#include "datasets/image.h"

namespace datasets::labels {

enum class EdgeKind {
  regular,  // Both sides of a border: edges are two pixels thick at radius 1.
  inner,    // Pixels of a class other than 0 beside class 0.
  outer,    // Pixels of class 0 beside another class.
};

enum class Thinning {
  none,
  guo_hall,  // Down to lines one pixel thick: Guo and Hall 1989, two sub-iterations, until nothing changes.
};

struct EdgeOptions {
  int reduction = 1;  // The label map is first made so many times smaller, nearest at pixel centres.
  EdgeKind kind = EdgeKind::regular;
  double radius = 1;              // Of the neighbourhood, in pixels: offsets with dx^2 + dy^2 <= radius^2.
  std::vector<int> ignored = {};  // Pairs of pixels with one of these labels do not count.
  Thinning thinning = Thinning::none;
};

// "regular", "inner" or "outer". Throws UsageError.
EdgeKind edge_kind(const std::string& name);

// The reduced map: pixel (y, x) is that of the source at factor * y + factor / 2 in whole numbers where the factor
// divides the size. Throws UsageError where nothing would be left.
LabelMap reduced_labels(const LabelMap& labels, int factor);

// 1 on edges, 0 elsewhere, at the reduced size. Throws UsageError for a radius below 1 or a map smaller than the
// reduction.
LabelMap edges_of(const LabelMap& labels, const EdgeOptions& options);

// Guo and Hall's thinning of a map of zeros and others; the result has ones.
LabelMap thinned(const LabelMap& map);

}  // namespace datasets::labels
