// SPDX-License-Identifier: Apache-2.0
// The flags by which predict and evaluate choose windows and averaging.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "train/inference.h"

namespace train {

struct InferenceFlags {
  InferenceOptions options = {};
  std::string window = {};  // "480x640"; empty: the whole image.

  void add_to(CLI::App& app);
  // Throws UsageError as require_sense does, and for a window that is no size.
  InferenceOptions resolve() const;
};

}  // namespace train
