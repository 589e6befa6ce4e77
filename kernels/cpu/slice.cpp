// SPDX-License-Identifier: Apache-2.0
// Slicing by runs of bytes; the gradient writes every byte of dx once.
#include "kernels/slice.h"

#include "kernels/cpu/section.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t worthwhile = 1 << 15;  // Bytes that are worth a thread.

}  // namespace

void slice_forward(Queue& queue, const SliceOptions& options, ConstView x, View y) {
  const Section at(x.shape, options.axis, options.begin, options.end - options.begin, x.dtype);
  const auto* from = static_cast<const std::byte*>(x.data);
  auto* to = static_cast<std::byte*>(y.data);
  parallel_for(queue, at.rows, worthwhile / at.run + 1, [&](std::int64_t first, std::int64_t last) {
    copy_runs(to + first * at.run, at.run, from + first * at.pitch + at.offset, at.pitch, last - first, at.run);
  });
}

void slice_grad(Queue& queue, const SliceOptions& options, ConstView dy, View dx) {
  const Section at(dx.shape, options.axis, options.begin, options.end - options.begin, dy.dtype);
  const auto* from = static_cast<const std::byte*>(dy.data);
  auto* to = static_cast<std::byte*>(dx.data);
  const auto before = static_cast<std::size_t>(at.offset),
             behind = static_cast<std::size_t>(at.pitch - at.offset - at.run);
  parallel_for(queue, at.rows, worthwhile / at.pitch + 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      std::byte* line = to + row * at.pitch;
      std::memset(line, 0, before);
      std::memcpy(line + at.offset, from + row * at.run, static_cast<std::size_t>(at.run));
      std::memset(line + at.offset + at.run, 0, behind);
    }
  });
}

}  // namespace kernels::cpu
