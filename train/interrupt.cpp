// SPDX-License-Identifier: Apache-2.0
#include "train/interrupt.h"

#include <csignal>

namespace train {

namespace {

volatile std::sig_atomic_t requested = 0;

void handle(int signal) {
  if (requested != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  requested = 1;
}

}  // namespace

void listen_for_interrupts() {
  std::signal(SIGINT, handle);
  std::signal(SIGTERM, handle);
}

bool interrupt_requested() {
  return requested != 0;
}

}  // namespace train
