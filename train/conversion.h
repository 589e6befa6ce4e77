// SPDX-License-Identifier: Apache-2.0
// Weight files from one format to the other, what they hold, and whether they fit a network.
#pragma once

#include <filesystem>
#include <string>

#include "models/create.h"

namespace train {

struct ConversionOptions {
  std::filesystem::path in, out;  // Without `out` nothing is written.
  std::string part = {};          // Of a checkpoint with several; empty: the state dict.
  bool every_part = false;        // Write all of them, under their whole paths.
  std::string model = {};         // Compare with this network.
  models::ModelOptions network = {};
  std::string stem = {};   // "resnet50": IN is an ImageNet ResNet.
  int channels = 0;        // Of the stem in OUT; 0: as the network needs.
  std::uint64_t seed = 0;  // Of what a ResNet does not fill.
};

// By the extension of `out`: .safetensors, .pth or .pt. Throws UsageError, FileError, CheckpointError (also where the
// state does not fit the network: then nothing is written).
void convert(const ConversionOptions& options);

// One line per tensor: part, name, type, shape, bytes; then the numbers and texts beside them.
std::string list_contents(const std::filesystem::path& path);

// Every name that is missing, unexpected or of another shape, or one line that says that it fits.
struct FitReport {
  bool fits = false;
  std::string text;
};
FitReport report_fit(const ConversionOptions& options);

}  // namespace train
