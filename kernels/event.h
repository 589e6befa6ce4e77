// SPDX-License-Identifier: Apache-2.0
// A point in the order of a device's work: behind what was queued before it was recorded. For timing, and for waiting
// without waiting for everything.
//   const auto begin = queue.record();
//   kernels::relu_forward(queue, ...);
//   const double milliseconds = queue.record()->milliseconds_since(*begin);
#pragma once

#include <chrono>

namespace kernels {

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  virtual ~Event() = default;

  // The host waits until the work before the event has ended. Throws DeviceError where that work failed.
  virtual void wait() = 0;
  // Time of the device between two events of one device; waits for both.
  virtual double milliseconds_since(Event& earlier) = 0;
};

// Of devices whose work has ended when a call returns: the time of the clock.
class ClockEvent : public Event {
 public:
  void wait() override {}
  double milliseconds_since(Event& earlier) override {
    const auto passed = time_ - static_cast<ClockEvent&>(earlier).time_;
    return std::chrono::duration<double, std::milli>(passed).count();
  }

 private:
  std::chrono::steady_clock::time_point time_ = std::chrono::steady_clock::now();
};

}  // namespace kernels
