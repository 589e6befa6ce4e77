// SPDX-License-Identifier: Apache-2.0
// Convolutions and their adjoints as one gathering sum, an axis at a time:
//   result[first + every * i] = sum over t of source[origin + stride * i + move * t] weight[first_tap + tap_every * t]
// A convolution is one such sum. Its adjoint is one sum per phase, the results that have the same remainder modulo the
// stride: exactly the taps that meet an element of the source are visited, and no zeros are multiplied.
#pragma once

#include "kernels/conv2d.h"

namespace kernels::cuda {

enum class Gathering { convolution, adjoint };

// One axis of the problem. `result` and `source` are extents; stride, padding, dilation those of the convolution.
struct GatherAxis {
  Gathering gathering;
  int result, source, taps, stride, padding, dilation;
  constexpr int phases() const { return gathering == Gathering::adjoint ? stride : 1; }
};

struct GatherPhase {
  int positions;             // How many i there are.
  int first, every;          // Result.
  int origin, stride, move;  // Source.
  int taps, first_tap, tap_every;
};

// Neighbouring taps of one phase, in taps of the weight: move of an adjoint must be a whole number.
constexpr int taps_between(const GatherAxis& axis) {
  int between = 1;
  while (axis.gathering == Gathering::adjoint && between * axis.dilation % axis.stride != 0) ++between;
  return between;
}

constexpr GatherPhase phase_of(const GatherAxis& axis, int phase) {
  if (axis.gathering == Gathering::convolution)
    return {axis.result, 0, 1, -axis.padding, axis.stride, axis.dilation, axis.taps, 0, 1};
  // From result h = phase + stride i by tap r to source (h + padding - r dilation) / stride, where that is whole.
  const int between = taps_between(axis);
  int tap = 0;
  while (tap < between && (phase + axis.padding - tap * axis.dilation) % axis.stride != 0) ++tap;
  const bool any = tap < between && tap < axis.taps;
  return {.positions = phase < axis.result ? (axis.result - phase - 1) / axis.stride + 1 : 0,
          .first = phase,
          .every = axis.stride,
          .origin = any ? (phase + axis.padding - tap * axis.dilation) / axis.stride : 0,
          .stride = 1,
          .move = -(between * axis.dilation / axis.stride),
          .taps = any ? (axis.taps - tap - 1) / between + 1 : 0,
          .first_tap = tap,
          .tap_every = between};
}

// The most taps that any phase has.
constexpr int most_taps(const GatherAxis& axis) {
  return (axis.taps - 1) / taps_between(axis) + 1;
}

// A whole problem; `source` and `result` are shapes of activations.
struct Gather {
  GatherAxis h, w;
  int images, groups;
  int source_channels, result_channels;  // Per group.
  constexpr int phases() const { return h.phases() * w.phases(); }
};

inline Gather gather_of(Gathering gathering, const Conv2dOptions& o, const Shape& source, const Shape& weight,
                        const Shape& result) {
  const auto axis = [&](int at, int stride, int padding, int dilation) {
    return GatherAxis{gathering,
                      static_cast<int>(result[at]),
                      static_cast<int>(source[at]),
                      static_cast<int>(weight[at]),
                      stride,
                      padding,
                      dilation};
  };
  return {.h = axis(2, o.stride.h, o.padding.h, o.dilation.h),
          .w = axis(3, o.stride.w, o.padding.w, o.dilation.w),
          .images = static_cast<int>(source.n()),
          .groups = o.groups,
          .source_channels = static_cast<int>(source.c() / o.groups),
          .result_channels = static_cast<int>(result.c() / o.groups)};
}

}  // namespace kernels::cuda
