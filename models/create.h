// SPDX-License-Identifier: Apache-2.0
// Networks by name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/segmentation_model.h"

namespace models {

struct ModelOptions {
  int classes = 9;
  double width = 1;  // Scales inner channels; image and class channels stay.
  // Of the images. CEKD's networks have position embeddings for one size; the others take any.
  kernels::Size2 size = {480, 640};
  std::string edge_position = "D3D3";  // Of cenet's edge module (models/cenet.h).
  double lambda = 2;                   // Of eknet's thermal enhancement: added to its learned exponent.
};

// Names: mfnet, rtfnet18, rtfnet34, rtfnet50, rtfnet101, rtfnet152, cenet, each also with _rgb, _thermal or _4channel
// behind it; eknet and kdnet, which see the thermal image alone; pidinet_tiny, which finds edges in RGB. Throws
// UsageError for another name (the message lists them all) or unusable options.
std::unique_ptr<SegmentationModel> create(const std::string& name, const Scope& at, const ModelOptions& options);

// Of the networks that give each pixel a class, and of those whose result is one probability of an edge, [n, 1, h, w].
std::vector<std::string> model_names();
std::vector<std::string> edge_model_names();

// Which spectra a network of this name looks at.
Spectra spectra_of(const std::string& name);
// Whether it takes images of ModelOptions::size alone.
bool made_for_one_size(const std::string& name);

}  // namespace models
