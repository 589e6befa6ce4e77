// SPDX-License-Identifier: Apache-2.0
// Copies between a tensor and sections of it along one axis, whatever the element type: a whole is `lines` lines of
// `pitch` bytes, and each section is some of every line. concat, slice and their gradients are such copies.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/cuda/launch.cuh"
#include "kernels/view.h"

namespace kernels::cuda {

// Bytes [begin, begin + run) of every line; on their own they lie close together at `part`.
struct Section {
  void* part;  // nullptr: zeros where it is read, nothing to do where it would be written.
  std::int64_t begin, run;
};

enum class SectionCopy { join, split };  // To the whole from its sections, or the other way.

namespace sections {

constexpr int threads = 256;

struct Table {
  static constexpr int most = 32;
  Section of[most];  // One behind the other; in units of the accesses.
  int count;
  void* whole;
  std::int64_t lines, pitch, begin, span;  // [begin, begin + span) of every line is what the sections cover.
};

// 16 bytes are a Vector, what is shorter a whole number.
template <class Unit>
__device__ __forceinline__ void copy_unit(Unit* to, const Unit* from) {
  *to = *from;
}
template <class T>
__device__ __forceinline__ void copy_unit(Vector<T>* to, const Vector<T>* from) {
  store_vector(to->values, load_vector(from->values));
}

// A thread per unit of the whole.
template <SectionCopy direction, class Unit>
__global__ void copy(const Table __grid_constant__ table) {
  const std::int64_t item = std::int64_t{blockIdx.x} * threads + threadIdx.x;
  const std::int64_t line = item / table.span, place = table.begin + item % table.span;
  if (line >= table.lines) return;
  int index = 0;
  while (index + 1 < table.count && place >= table.of[index + 1].begin) ++index;
  const Section& section = table.of[index];
  Unit* whole = static_cast<Unit*>(table.whole) + line * table.pitch + place;
  Unit* part = static_cast<Unit*>(section.part) + line * section.run + place - section.begin;
  if constexpr (direction == SectionCopy::join) {
    if (section.part != nullptr)
      copy_unit(whole, part);
    else
      *whole = Unit{};
  } else if (section.part != nullptr) {
    copy_unit(part, whole);
  }
}

// The widest access that every address and length is a multiple of.
inline std::int64_t unit_of(const Table& table) {
  std::uintptr_t all = reinterpret_cast<std::uintptr_t>(table.whole) | static_cast<std::uintptr_t>(table.pitch) | 16;
  for (int i = 0; i < table.count; ++i)
    all |= reinterpret_cast<std::uintptr_t>(table.of[i].part) | static_cast<std::uintptr_t>(table.of[i].begin) |
           static_cast<std::uintptr_t>(table.of[i].run);
  return static_cast<std::int64_t>(all & (~all + 1));
}

template <SectionCopy direction, class Unit>
void launch_copy(Queue& queue, const char* kernel, Table table) {
  constexpr auto size = static_cast<std::int64_t>(sizeof(Unit));
  for (int i = 0; i < table.count; ++i) {
    table.of[i].begin /= size;
    table.of[i].run /= size;
  }
  table.pitch /= size;
  table.begin /= size;
  table.span /= size;
  launch(queue, {kernel, blocks_for(table.lines * table.span, threads), threads}, copy<direction, Unit>, table);
}

}  // namespace sections

// The sections must follow each other without gaps.
template <SectionCopy direction>
void copy_sections(Queue& queue, const char* kernel, void* whole, std::int64_t lines, std::int64_t pitch,
                   const std::vector<Section>& all) {
  using sections::Table;
  for (std::size_t first = 0; first < all.size(); first += Table::most) {
    Table table{};
    table.count = static_cast<int>(std::min<std::size_t>(Table::most, all.size() - first));
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(first), table.count, table.of);
    const Section& last = table.of[table.count - 1];
    table.whole = whole;
    table.lines = lines;
    table.pitch = pitch;
    table.begin = table.of[0].begin;
    table.span = last.begin + last.run - table.begin;
    if (table.span == 0) continue;
    switch (sections::unit_of(table)) {
      case 16:
        sections::launch_copy<direction, Vector<std::uint8_t>>(queue, kernel, table);
        break;
      case 8:
        sections::launch_copy<direction, std::uint64_t>(queue, kernel, table);
        break;
      case 4:
        sections::launch_copy<direction, std::uint32_t>(queue, kernel, table);
        break;
      case 2:
        sections::launch_copy<direction, std::uint16_t>(queue, kernel, table);
        break;
      default:
        sections::launch_copy<direction, std::uint8_t>(queue, kernel, table);
    }
  }
}

// A whole seen along an axis: how many bytes an extent of 1 takes, and how many lines there are.
struct SectionedAxis {
  std::int64_t lines, bytes_of_one, pitch;
  SectionedAxis(const Shape& whole, int axis, DType dtype) {
    const AxisView view = along(whole, axis);
    lines = view.outer;
    bytes_of_one = view.inner * static_cast<std::int64_t>(size_of(dtype));
    pitch = view.extent * bytes_of_one;
  }
};

}  // namespace kernels::cuda
