// SPDX-License-Identifier: Apache-2.0
// Joining by runs of bytes. The parts are copied for a few thousand bytes of y at a time, so that y's lines are written
// while they are in the cache.
#include "kernels/concat.h"

#include <algorithm>

#include "kernels/cpu/section.h"

namespace kernels::cpu {

namespace {

// Walks the lines of `whole` in blocks and calls copy(part, section, first line, lines).
template <class Part, class Copy>
void for_each_block(Queue& queue, int axis, const Shape& whole, DType dtype, const std::vector<Part>& parts,
                    Copy&& copy) {
  std::vector<Section> sections;
  std::int64_t begin = 0;
  for (const Part& part : parts) {
    sections.emplace_back(whole, axis, begin, part.shape[axis], dtype);
    begin += part.shape[axis];
  }
  const std::int64_t lines = sections.front().rows, pitch = sections.front().pitch;
  const std::int64_t block = std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, pitch));
  parallel_for(queue, lines, block, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t line = first; line < last; line += block)
      for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i]) copy(parts[i], sections[i], line, std::min(block, last - line));
  });
}

}  // namespace

void concat_forward(Queue& queue, int axis, const std::vector<ConstView>& parts, View y) {
  auto* to = static_cast<std::byte*>(y.data);
  for_each_block(queue, axis, y.shape, y.dtype, parts,
                 [&](const ConstView& part, const Section& at, std::int64_t line, std::int64_t lines) {
                   copy_runs(to + line * at.pitch + at.offset, at.pitch,
                             static_cast<const std::byte*>(part.data) + line * at.run, at.run, lines, at.run);
                 });
}

void concat_grad(Queue& queue, int axis, ConstView dy, const std::vector<View>& parts) {
  const auto* from = static_cast<const std::byte*>(dy.data);
  for_each_block(queue, axis, dy.shape, dy.dtype, parts,
                 [&](const View& part, const Section& at, std::int64_t line, std::int64_t lines) {
                   copy_runs(static_cast<std::byte*>(part.data) + line * at.run, at.run,
                             from + line * at.pitch + at.offset, at.pitch, lines, at.run);
                 });
}

}  // namespace kernels::cpu
