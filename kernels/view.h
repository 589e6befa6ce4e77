// SPDX-License-Identifier: Apache-2.0
// What a kernel is handed: a pointer, a type and a shape. Views own nothing.
#pragma once

#include "kernels/dtype.h"
#include "kernels/shape.h"

namespace kernels {

// Read-only. An empty view (no data) stands for an optional argument that is absent.
struct ConstView {
  const void* data = nullptr;
  DType dtype = DType::f32;
  Shape shape;
  // Which storage, and how often it has been written: a backend may keep a packed or converted copy of a weight and
  // knows by these when it is stale. 0: unknown, never keep a copy.
  std::uint64_t storage = 0, version = 0;

  explicit operator bool() const { return data != nullptr; }
  std::int64_t elements() const { return shape.elements(); }
  template <class T>
  const T* as() const {
    if (data != nullptr && dtype != dtype_of<T>())
      throw DTypeError("a view of {} was read as {}", name_of(dtype), name_of(dtype_of<T>()));
    return static_cast<const T*>(data);
  }
};

struct View {
  void* data = nullptr;
  DType dtype = DType::f32;
  Shape shape;

  explicit operator bool() const { return data != nullptr; }
  operator ConstView() const { return {data, dtype, shape, 0, 0}; }
  std::int64_t elements() const { return shape.elements(); }
  template <class T>
  T* as() const {
    if (data != nullptr && dtype != dtype_of<T>())
      throw DTypeError("a view of {} was written as {}", name_of(dtype), name_of(dtype_of<T>()));
    return static_cast<T*>(data);
  }
};

}  // namespace kernels
