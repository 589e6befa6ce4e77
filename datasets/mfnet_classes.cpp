// SPDX-License-Identifier: Apache-2.0
// The table of MFNet's classes.
#include "datasets/mfnet_classes.h"

namespace datasets {

const std::vector<ClassInfo>& mfnet_classes() {
  static const std::vector<ClassInfo> classes = {
      {"unlabelled", {0, 0, 0}},    {"car", {64, 0, 128}},
      {"person", {64, 64, 0}},      {"bike", {0, 128, 192}},
      {"curve", {0, 0, 192}},       {"car stop", {128, 128, 0}},
      {"guardrail", {64, 64, 128}}, {"colour cone", {192, 128, 128}},
      {"bump", {192, 64, 0}},
  };
  return classes;
}

}  // namespace datasets
