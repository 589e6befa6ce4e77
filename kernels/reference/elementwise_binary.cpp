// SPDX-License-Identifier: Apache-2.0
#include "kernels/elementwise_binary.h"

#include "kernels/broadcast.h"

namespace kernels::reference {

void elementwise_binary(Queue&, BinaryOp op, ConstView a, ConstView b, View y) {
  const auto *left = a.as<double>(), *right = b.as<double>();
  auto* to = y.as<double>();
  const BroadcastLoop loop = broadcast_loop("elementwise_binary", y.shape, a.shape, b.shape);
  for_each_broadcast(loop, 0, y.elements(), [&](auto i, auto ia, auto ib) {
    switch (op) {
      case BinaryOp::add:
        to[i] = left[ia] + right[ib];
        break;
      case BinaryOp::subtract:
        to[i] = left[ia] - right[ib];
        break;
      case BinaryOp::multiply:
        to[i] = left[ia] * right[ib];
        break;
      case BinaryOp::divide:
        to[i] = left[ia] / right[ib];
        break;
    }
  });
}

}  // namespace kernels::reference
