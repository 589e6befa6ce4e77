// SPDX-License-Identifier: Apache-2.0
// Colours for classes that nobody has given one.
#pragma once

#include "datasets/dataset.h"

namespace datasets {

// Black for 0, then bright hues that differ from one another.
Colour distinct_colour(int number);

}  // namespace datasets
