// SPDX-License-Identifier: Apache-2.0
#include "kernels/confusion_matrix.h"

#include <algorithm>
#include <cmath>

namespace kernels::reference {

void confusion_matrix(Queue&, const ConfusionMatrixOptions& options, const ConfusionMatrixInputs& in,
                      const ConfusionMatrixTotals& totals, View prediction) {
  const Shape &logits = in.logits.shape, &labels = in.labels.shape;
  const std::int64_t classes = logits.c(), matrices = totals.counts.shape[0];
  for (std::int64_t n = 0; n < logits.n(); ++n)
    for (std::int64_t row = 0; row < labels[1]; ++row)
      for (std::int64_t column = 0; column < labels[2]; ++column) {
        const double* of_class = in.logits.as<double>() + logits.offset(n, 0, row, column);
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < classes && !std::isnan(of_class[best]); ++k)
          if (of_class[k] > of_class[best] || std::isnan(of_class[k])) best = k;
        const std::int64_t pixel = row * labels[2] + column, at = n * labels[1] * labels[2] + pixel;
        if (prediction) prediction.as<std::uint8_t>()[at] = static_cast<std::uint8_t>(best);
        const std::int64_t matrix = in.matrix_of_image.as<std::int32_t>()[n];
        const int label = in.labels.as<std::uint8_t>()[at];
        if (matrix < 0 || matrix >= matrices || label == options.ignored_label) continue;
        std::int64_t& refused = *totals.refused.as<std::int64_t>();
        if (label >= classes)
          refused = std::min(refused, to_refusal(options.first_image + n, pixel, label));
        else
          ++totals.counts.as<std::int64_t>()[(matrix * classes + label) * classes + best];
      }
}

}  // namespace kernels::reference
