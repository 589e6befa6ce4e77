// SPDX-License-Identifier: Apache-2.0
// Counts of (true class, predicted class) that stay on the device until the end of an evaluation. not_differentiable:
// whole numbers come out.
#pragma once

#include <optional>

#include "engine/tensor.h"
#include "kernels/confusion_matrix.h"

namespace engine {

using kernels::ConfusionMatrixOptions;

// The sums of many batches.
struct ConfusionTotals {
  Tensor counts;   // i64 [matrices, classes, classes], rows are the truth.
  Tensor refused;  // i64 [1], read by refused_label.
};
ConfusionTotals confusion_totals(int matrices, int classes, const std::shared_ptr<Queue>& queue);

enum class PredictionMap { none, wanted };

// Adds the pixels of a batch to the totals. logits [n, c, h, w] with c classes, at most 256; labels u8 [n, a, b], of
// the upper left a x b pixels; matrix_of_image i32 [n]: which matrix each image adds to, none where it is not one of
// them. Returns the predicted classes, u8 [n, a, b], or nothing. Throws ShapeError and DTypeError.
Tensor confusion_matrix(const Tensor& logits, const Tensor& labels, const Tensor& matrix_of_image,
                        const ConfusionTotals& totals, const ConfusionMatrixOptions& options = {},
                        PredictionMap map = PredictionMap::none);

// The first pixel, if any, whose label was neither ignored nor a class. Waits for the device.
std::optional<kernels::RefusedLabel> refused_label(const ConfusionTotals& totals);

}  // namespace engine
