// SPDX-License-Identifier: Apache-2.0
#include "train/inference_flags.h"

#include "train/settings.h"

namespace train {

void InferenceFlags::add_to(CLI::App& app) {
  app.add_option("--window", window,
                 "Height x width of windows that large images are seen in, blended where they overlap; default: the "
                 "whole image at once")
      ->type_name("HxW");
  app.add_option("--overlap", options.overlap,
                 "Pixels that neighbouring windows share at least; default: a quarter of each side");
  app.add_flag("--flip", options.flip, "Also see every window mirrored, and average the probabilities");
  app.add_option("--scales", options.scales,
                 "Factors, with commas between, on the size that a window is seen at; the probabilities are averaged: "
                 "0.75,1,1.25")
      ->delimiter(',')
      ->capture_default_str();
}

InferenceOptions InferenceFlags::resolve() const {
  InferenceOptions resolved = options;
  if (!window.empty()) resolved.window = parse_size(window, "--window");
  require_sense(resolved);
  return resolved;
}

}  // namespace train
