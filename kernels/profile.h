// SPDX-License-Identifier: Apache-2.0
// Where the time of a queue goes: per kernel row, and per phase of a step (forward, backward, update, upload). Timed by
// events of the device, so that the host does not wait for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/device_runtime.h"
#include "kernels/view.h"

namespace kernels {

class Profile {
 public:
  enum class Kind { row, phase };  // Rows do not overlap; a phase is made of them.
  struct Span {
    Kind kind = Kind::phase;
    const char* name = "";  // Must outlive the profile.
    double bytes = 0;       // Read and written, as far as known.
  };
  struct Entry {
    std::string name;
    std::int64_t calls = 0;
    double milliseconds = 0, bytes = 0;
  };

  explicit Profile(DeviceRuntime& runtime) : runtime_(runtime) {}  // The runtime must outlive it.

  void add(const Span& span, std::shared_ptr<Event> begin, std::shared_ptr<Event> end);
  // What took longest comes first. Waits for the device.
  std::vector<Entry> entries(Kind kind);
  double wall_milliseconds() const;  // Since the profile was begun.
  const DeviceRuntime& runtime() const { return runtime_; }

 private:
  struct Timed {
    Span span;
    std::shared_ptr<Event> begin, end;
  };
  void settle();

  DeviceRuntime& runtime_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::vector<Timed> pending_;  // Not yet asked for their time, which would be a wait.
  std::map<std::pair<Kind, std::string>, Entry> entries_;
};

// The bytes of a row's argument: of a view, or of all views in a list. A struct of views that rows take has a function
// of this name beside it.
inline double bytes_of_argument(const ConstView& view) {
  return view ? static_cast<double>(view.elements()) * static_cast<double>(size_of(view.dtype)) : 0.0;
}
template <class Argument>
double bytes_of_argument(const Argument& argument) {
  if constexpr (std::is_convertible_v<const Argument&, ConstView>) {
    return bytes_of_argument(ConstView(argument));
  } else if constexpr (std::ranges::range<const Argument>) {
    double bytes = 0;
    for (const auto& each : argument) bytes += bytes_of_argument(each);
    return bytes;
  } else {
    return 0;
  }
}

}  // namespace kernels
