// SPDX-License-Identifier: Apache-2.0
// Every way in which the emulator can run the threads of a block. A kernel's results must not depend on it.
#pragma once

#include <string>

#include "kernels/cuda/emulation/options.h"

namespace test {

// Calls body(name) in every thread order with late and with eager asynchronous copies: "reverse, eager".
template <class Body>
void in_every_order(Body&& body) {
  using kernels::cuda::emulation::AsyncCopy;
  using kernels::cuda::emulation::Order;
  const std::pair<Order, const char*> orders[] = {{Order::forward, "forward"},
                                                  {Order::reverse, "reverse"},
                                                  {Order::shuffled, "shuffled"},
                                                  {Order::run_ahead, "run_ahead"}};
  for (const auto& [order, name] : orders)
    for (const AsyncCopy copy : {AsyncCopy::late, AsyncCopy::eager}) {
      kernels::cuda::emulation::Options options = kernels::cuda::emulation::options();
      options.order = order;
      options.async_copy = copy;
      const kernels::cuda::emulation::ScopedOptions scoped(options);
      body(std::string(name) + (copy == AsyncCopy::late ? ", late" : ", eager"));
    }
}

}  // namespace test
