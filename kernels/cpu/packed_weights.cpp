// SPDX-License-Identifier: Apache-2.0
#include "kernels/packed_weights.h"

#include "kernels/cpu/onednn.h"

namespace kernels {

void set_packed_weights([[maybe_unused]] Queue& queue, [[maybe_unused]] PackedWeights packed) {
#ifdef ISOTHERM_HAVE_ONEDNN
  if (queue.device().kind == DeviceKind::cpu) cpu::OneDnn::of(queue).keep_packed(packed == PackedWeights::kept);
#endif
}

}  // namespace kernels
