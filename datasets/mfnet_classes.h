// SPDX-License-Identifier: Apache-2.0
// The nine classes of the MFNet data set (Ha et al., "MFNet: towards real-time semantic segmentation for autonomous
// vehicles with multi-spectral scenes", IROS 2017) and the colours that its authors and their followers show them in.
#pragma once

#include <vector>

#include "datasets/dataset.h"

namespace datasets {

// Index = class id; 0 is "unlabelled" and counts as a class in training and in the usual metrics.
const std::vector<ClassInfo>& mfnet_classes();

}  // namespace datasets
