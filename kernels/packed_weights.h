// SPDX-License-Identifier: Apache-2.0
// Whether the cpu device keeps weights that do not change in the layout of its library's convolutions too. Kept copies
// spare a few per cent of the time, and take the memory of the weights once more.
#pragma once

#include "kernels/queue.h"

namespace kernels {

enum class PackedWeights { kept, temporary };  // Kept, unless somebody says otherwise.

// From the next call of a kernel on. Without effect on other devices, and in a build without oneDNN.
void set_packed_weights(Queue& queue, PackedWeights packed);

}  // namespace kernels
