// SPDX-License-Identifier: Apache-2.0
// A block of positions with all numbers of one axis, transposed into one plane per number, so that work along the axis
// (softmax, argmax) runs over vectors of positions whatever the axis' extent and place in memory are.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/cpu/lanes.h"
#include "kernels/cpu/vector_math.h"
#include "kernels/shape.h"

namespace kernels::cpu {

// A stretch of memory that one block reads or writes: `count` positions, at most Planes::block.
struct BlockPlace {
  std::int64_t offset, count;
  std::int64_t position_stride, axis_stride;
};

class Planes {
 public:
  static constexpr std::int64_t block = 64;  // Positions; 9 planes of them are 2 KiB.

  explicit Planes(std::int64_t extent) : extent_(extent), values_(static_cast<std::size_t>(extent * block)) {}

  // Lanes beyond place.count keep old numbers, which nobody reads.
  template <class T>
  void gather(const T* from, const BlockPlace& place) {
    if (place.position_stride == 1) {
      for (std::int64_t k = 0; k < extent_; ++k)
        for (std::int64_t p = 0; p < place.count; ++p)
          plane(k)[p] = load(from, place.offset + k * place.axis_stride + p);
      return;
    }
    const T* row = from + place.offset;
    float* to = values_.data();
    for (std::int64_t p = 0; p < place.count; ++p, row += place.position_stride)
      for (std::int64_t k = 0; k < extent_; ++k) to[k * block + p] = load(row, k);
  }

  template <class T>
  void scatter(T* to, const BlockPlace& place) const {
    const float* from = values_.data();
    if (place.position_stride == 1) {
      for (std::int64_t k = 0; k < extent_; ++k)
        for (std::int64_t p = 0; p < place.count; ++p)
          store(to, place.offset + k * place.axis_stride + p, from[k * block + p]);
      return;
    }
    T* row = to + place.offset;
    for (std::int64_t p = 0; p < place.count; ++p, row += place.position_stride)
      for (std::int64_t k = 0; k < extent_; ++k) store(row, k, from[k * block + p]);
  }

  float* plane(std::int64_t k) { return values_.data() + k * block; }
  std::int64_t extent() const { return extent_; }

 private:
  std::int64_t extent_;
  std::vector<float> values_;
};

// Largest number of each position and the sum of exp(number - largest).
struct Normaliser {
  float largest[Planes::block], sum[Planes::block];
};

// keep(number, exponential) may overwrite the number.
template <class Keep>
inline void normalise(Planes& planes, Normaliser& n, Keep&& keep) {
  constexpr std::int64_t block = Planes::block;
  std::copy_n(planes.plane(0), block, n.largest);
  for (std::int64_t k = 1; k < planes.extent(); ++k) {
    const float* plane = planes.plane(k);
    for (std::int64_t p = 0; p < block; ++p) n.largest[p] = plane[p] > n.largest[p] ? plane[p] : n.largest[p];
  }
  std::fill_n(n.sum, block, 0.0f);
  for (std::int64_t k = 0; k < planes.extent(); ++k) {
    float* plane = planes.plane(k);
    for (std::int64_t p = 0; p < block; ++p) {
      const float e = exponential(plane[p] - n.largest[p]);
      n.sum[p] += e;
      keep(plane[p], e);
    }
  }
}

// Calls body(place, first position) for the blocks of all positions beside `axis`, in order, on several threads; `make`
// gives each thread what body is handed as its third argument.
template <class Make, class Body>
void for_each_axis_block(Queue& queue, const AxisView& axis, Make&& make, Body&& body) {
  constexpr std::int64_t block = Planes::block;
  const bool innermost = axis.inner == 1;
  const std::int64_t per_row = innermost ? axis.outer : axis.inner;  // Positions without a gap between them.
  const std::int64_t rows = innermost ? 1 : axis.outer, blocks = (per_row + block - 1) / block;
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 14) / (block * axis.extent));
  parallel_for(queue, rows * blocks, grain, [&](std::int64_t begin, std::int64_t end) {
    auto state = make();
    for (std::int64_t at = begin; at < end; ++at) {
      const std::int64_t row = at / blocks, position = at % blocks * block;
      BlockPlace place;
      place.count = std::min(block, per_row - position);
      place.position_stride = innermost ? axis.extent : 1;
      place.axis_stride = axis.inner;
      place.offset = row * axis.extent * axis.inner + position * place.position_stride;
      body(place, row * per_row + position, state);
    }
  });
}

}  // namespace kernels::cpu
