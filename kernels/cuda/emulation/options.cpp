// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/options.h"

#include <cstdlib>
#include <string_view>

#include "kernels/error.h"

namespace kernels::cuda::emulation {

namespace {

Order order_from_environment() {
  const char* text = std::getenv("ISOTHERM_THREAD_ORDER");
  const std::string_view word = text == nullptr ? "forward" : text;
  if (word == "forward") return Order::forward;
  if (word == "reverse") return Order::reverse;
  if (word == "shuffled") return Order::shuffled;
  if (word == "run_ahead") return Order::run_ahead;
  throw UsageError("ISOTHERM_THREAD_ORDER={}: expected forward, reverse, shuffled or run_ahead", word);
}

AsyncCopy async_copy_from_environment() {
  const char* text = std::getenv("ISOTHERM_ASYNC_COPY");
  const std::string_view word = text == nullptr ? "late" : text;
  if (word == "late") return AsyncCopy::late;
  if (word == "eager") return AsyncCopy::eager;
  throw UsageError("ISOTHERM_ASYNC_COPY={}: expected late or eager", word);
}

}  // namespace

Options& options() {
  static Options of_process{.order = order_from_environment(), .async_copy = async_copy_from_environment()};
  return of_process;
}

}  // namespace kernels::cuda::emulation
