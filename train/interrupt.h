// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM ask a long run to save and end; a second one ends it at once.
#pragma once

#include "kernels/error.h"

namespace train {

class Interrupted : public kernels::Error {
 public:
  using Error::Error;
  kernels::ExitCode exit_code() const noexcept override { return kernels::ExitCode::interrupted; }
};

void listen_for_interrupts();
bool interrupt_requested();

}  // namespace train
