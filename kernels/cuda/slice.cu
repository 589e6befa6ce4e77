// SPDX-License-Identifier: Apache-2.0
// Slicing; the gradient joins the section with zeros before and behind it, so that every byte of dx is written once.
#include "kernels/cuda/sections.cuh"
#include "kernels/slice.h"

namespace kernels::cuda {

void slice_forward(Queue& queue, const SliceOptions& options, ConstView x, View y) {
  const SectionedAxis at(x.shape, options.axis, x.dtype);
  const std::int64_t begin = options.begin * at.bytes_of_one, end = options.end * at.bytes_of_one;
  copy_sections<SectionCopy::split>(queue, "slice_forward", const_cast<void*>(x.data), at.lines, at.pitch,
                                    {{y.data, begin, end - begin}});
}

void slice_grad(Queue& queue, const SliceOptions& options, ConstView dy, View dx) {
  const SectionedAxis at(dx.shape, options.axis, dx.dtype);
  const std::int64_t begin = options.begin * at.bytes_of_one, end = options.end * at.bytes_of_one;
  copy_sections<SectionCopy::join>(
      queue, "slice_grad", dx.data, at.lines, at.pitch,
      {{nullptr, 0, begin}, {const_cast<void*>(dy.data), begin, end - begin}, {nullptr, end, at.pitch - end}});
}

}  // namespace kernels::cuda
