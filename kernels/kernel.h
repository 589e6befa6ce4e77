// SPDX-License-Identifier: Apache-2.0
// The whole dispatch mechanism: a row names one kernel and holds its implementation on every device.
#pragma once

#include <cstddef>

#include "kernels/error.h"
#include "kernels/queue.h"
#include "kernels/range.h"
#include "kernels/view.h"

// The implementation on CUDA, or nullptr in a build without it.
#ifdef ISOTHERM_HAVE_CUDA
#define CUDA_SLOT(function) &function
#else
#define CUDA_SLOT(function) nullptr
#endif

namespace kernels {

// Fn is the function type that every backend provides, so that the backends cannot drift apart. A row whose slot is
// nullptr says so when it is called: there is no silent fallback to another device.
template <class Fn>
struct Kernel {
  const char* name;
  Fn* reference;
  Fn* cpu;
  Fn* cuda;

  constexpr Kernel(const char* row, Fn* on_reference, Fn* on_cpu, Fn* on_cuda)
      : name(row), reference(on_reference), cpu(on_cpu), cuda(on_cuda) {}
  constexpr Kernel(const char* row, Fn* on_reference, Fn* on_cpu, std::nullptr_t)
      : name(row), reference(on_reference), cpu(on_cpu), cuda(nullptr) {}

  template <class... Args>
  void operator()(Queue& queue, const Args&... args) const {
    Fn* function = slot(queue.device().kind);
    if (function == nullptr) throw NotImplemented("{}: no kernel for device {}", name, to_string(queue.device()));
    if (!queue.is_watched()) return function(queue, args...);
    const double bytes = queue.profile() == nullptr ? 0.0 : (0.0 + ... + bytes_of_argument(args));
    const Range range(queue, {Profile::Kind::row, name, bytes});
    function(queue, args...);
  }

 private:
  constexpr Fn* slot(DeviceKind kind) const {
    switch (kind) {
      case DeviceKind::reference:
        return reference;
      case DeviceKind::cpu:
        return cpu;
      case DeviceKind::cuda:
        return cuda;
    }
    return nullptr;
  }
};

}  // namespace kernels
