// SPDX-License-Identifier: Apache-2.0
// Messages of the programs: spdlog on stderr, so that stdout stays free for results.
#pragma once

#include <spdlog/spdlog.h>

namespace train {

enum class Verbosity { quiet, normal, verbose };  // Warnings and errors; and information; and details.

// Colours on a terminal only, and never with NO_COLOR set (https://no-color.org). May be called again.
void setup_log(Verbosity verbosity = Verbosity::normal);

}  // namespace train
