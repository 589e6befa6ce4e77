// SPDX-License-Identifier: Apache-2.0
// Joining in one launch: the lines of the result are written from end to end, whichever part they come from.
#include "kernels/concat.h"
#include "kernels/cuda/sections.cuh"

namespace kernels::cuda {

namespace {

template <class Part>
std::vector<Section> sections_of(const SectionedAxis& at, int axis, const std::vector<Part>& parts) {
  std::vector<Section> sections;
  std::int64_t begin = 0;
  for (const Part& part : parts) {
    const std::int64_t run = part.shape[axis] * at.bytes_of_one;
    sections.push_back({const_cast<void*>(static_cast<const void*>(part.data)), begin, run});
    begin += run;
  }
  return sections;
}

}  // namespace

void concat_forward(Queue& queue, int axis, const std::vector<ConstView>& parts, View y) {
  const SectionedAxis at(y.shape, axis, y.dtype);
  copy_sections<SectionCopy::join>(queue, "concat_forward", y.data, at.lines, at.pitch, sections_of(at, axis, parts));
}

void concat_grad(Queue& queue, int axis, ConstView dy, const std::vector<View>& parts) {
  const SectionedAxis at(dy.shape, axis, dy.dtype);
  copy_sections<SectionCopy::split>(queue, "concat_grad", const_cast<void*>(dy.data), at.lines, at.pitch,
                                    sections_of(at, axis, parts));
}

}  // namespace kernels::cuda
