// SPDX-License-Identifier: Apache-2.0
// Pairs whose colour and thermal image do not show the same pixels, and the flags that describe how to make them.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "datasets/dataset.h"

namespace train {

struct RegistrationFlags {
  bool unregistered = false;
  std::filesystem::path calibration = {};  // Of both cameras.
  std::filesystem::path depth = {};        // Folder of depth images, one per pair.
  std::optional<double> plane_depth = {};  // Metres: everything at one distance.

  void add_to(CLI::App& app);
  // Throws UsageError where pairs are said to be unregistered, where a part of calibration and depth is missing, and
  // where both are given, because this version does not warp.
  void require_registered() const;
  // Besides, DataError where the data set says so itself.
  void require_registered(const datasets::Dataset& dataset, const std::filesystem::path& where) const;
};

}  // namespace train
