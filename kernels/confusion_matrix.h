// SPDX-License-Identifier: Apache-2.0
// How often a pixel of each class was taken for each class, added to the counts that are there. The class that a
// network predicts is the place of the pixel's largest logit, found as argmax does (kernels/argmax.h), in the same
// pass. logits [n, c, h, w] f32 or bf16 (f64 on reference). labels u8 [n, a, b] with a <= h, b <= w: logits beyond are
// those of padding and do not count. matrix_of_image i32 [n]: the matrix that an image adds to; an image whose number
// is none of [0, m) adds to none. Whole numbers are added, so that the result is the same in any order.
#pragma once

#include <optional>

#include "kernels/kernel.h"

namespace kernels {

struct ConfusionMatrixOptions {
  std::optional<int> ignored_label = std::nullopt;  // Pixels of this label do not count.
  std::int64_t first_image = 0;                     // What the first image is called in `refused`.
};

struct ConfusionMatrixInputs {
  ConstView logits, labels, matrix_of_image;
};

inline double bytes_of_argument(const ConfusionMatrixInputs& inputs) {
  return bytes_of_argument(inputs.logits) + bytes_of_argument(inputs.labels);
}

// counts i64 [m, c, c], rows are the truth. refused i64 [1]: lowered to the first pixel, in the order of images, rows
// and columns, whose label is neither ignored nor in [0, c); no_refusal before.
struct ConfusionMatrixTotals {
  View counts, refused;
};
inline constexpr std::int64_t no_refusal = INT64_MAX;

// prediction u8 [n, a, b], where its view is not empty: the predicted classes, of all images.
using ConfusionMatrix = void(Queue&, const ConfusionMatrixOptions&, const ConfusionMatrixInputs&,
                             const ConfusionMatrixTotals&, View prediction);

namespace reference {
ConfusionMatrix confusion_matrix;
}
namespace cpu {
ConfusionMatrix confusion_matrix;
}
namespace cuda {
ConfusionMatrix confusion_matrix;
}

inline constexpr Kernel confusion_matrix{"confusion_matrix", &reference::confusion_matrix, &cpu::confusion_matrix,
                                         CUDA_SLOT(cuda::confusion_matrix)};

// What `refused` holds. Images below 2^23, pixels (row * b + column) below 2^32; lower numbers come first.
struct RefusedLabel {
  std::int64_t image, pixel;
  int label;
};
constexpr std::int64_t to_refusal(std::int64_t image, std::int64_t pixel, int label) {
  return (image << 40) | (pixel << 8) | label;
}
constexpr RefusedLabel from_refusal(std::int64_t refusal) {
  return {refusal >> 40, (refusal >> 8) & 0xFFFFFFFF, static_cast<int>(refusal & 0xFF)};
}

}  // namespace kernels
