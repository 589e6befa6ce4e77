// SPDX-License-Identifier: Apache-2.0
// Samples of a data set, as they were stored, become what a network takes: mirrored, cropped, resized to one size and
// normalised, all images of a batch in one pass. What each image needs was decided before; nothing is drawn here.
// Whole numbers until the end: results are the same bits on every device that computes in f32.
//   colour = (value / 255 - mean) / deviation;   thermal = (scaled count - mean) / deviation
// The published training programs of MFNet and RTFNet (Ha et al. 2017; Sun et al. 2019), resizing as Pillow does.
#pragma once

#include "kernels/kernel.h"
#include "kernels/thermal_scale.h"

namespace kernels {

// How colour and thermal are resized.
enum class PairResampling {
  nearest,
  separate,       // Colour and thermal each on its own, with the image's tables.
  premultiplied,  // Thermal taken for the alpha channel of four: colours are multiplied by it before, divided after.
};
enum class LabelResampling { nearest, interpolated };

// One image and what happens to it: mirrored, then cropped, then resized. Plain data, read on the device.
struct AugmentImage {
  // Byte offsets in the buffer of samples, multiples of 4. Colour u8 [h, w, 3]; thermal u8 or u16 [h, w]; label u8
  // [h, w], -1: none. Tables of resampling.h, -1: this side keeps its length (or the filter is nearest).
  std::int64_t rgb = 0, thermal = 0, label = -1;
  std::int64_t rows = -1, columns = -1, label_rows = -1, label_columns = -1;
  std::int32_t height = 0, width = 0;                               // As stored; at most most_side.
  std::int32_t mirrored = 0;                                        // 1: left and right exchanged.
  std::int32_t top = 0, left = 0, crop_height = 0, crop_width = 0;  // Of the mirrored image.
  std::int32_t bytes_of_count = 1;                                  // 1 or 2.
  std::int32_t most_count = 65535, most_label = 255;                // Larger ones are held to them.
  float full_range = 255;  // The count that ThermalScale::full_range maps to 1.

  static constexpr std::int32_t most_side = 32767;

  // The same image where everything lies `bytes` further on.
  AugmentImage moved_by(std::int64_t bytes) const {
    AugmentImage moved = *this;
    for (std::int64_t* offset : {&moved.rgb, &moved.thermal, &moved.label, &moved.rows, &moved.columns,
                                 &moved.label_rows, &moved.label_columns})
      if (*offset >= 0) *offset += bytes;
    return moved;
  }
};

struct AugmentOptions {
  PairResampling pair = PairResampling::nearest;
  LabelResampling label = LabelResampling::nearest;
  Size2 size;  // Of the resized images.
  float mean[3] = {0, 0, 0}, deviation[3] = {1, 1, 1};
  ThermalScale scale = ThermalScale::full_range;
  double low = 0, high = 0;  // Counts of window, per cent of percentile.
  float thermal_mean = 0, thermal_deviation = 1;
  std::uint8_t absent_label = 255;  // Of images without a label.
};

// images u8: n records AugmentImage; samples u8.
struct AugmentInputs {
  ConstView images, samples;
};
// rgb [n, 3, h, w], thermal [n, 1, h, w] f32 or bf16 (f64 on reference), h and w at least those of `size`: the last row
// and column are repeated. labels u8 [n, size.h, size.w].
struct AugmentOutputs {
  View rgb, thermal, labels;
};

inline double bytes_of_argument(const AugmentInputs& inputs) {
  return bytes_of_argument(inputs.samples);
}
inline double bytes_of_argument(const AugmentOutputs& outputs) {
  return bytes_of_argument(outputs.rgb) + bytes_of_argument(outputs.thermal) + bytes_of_argument(outputs.labels);
}

using Augment = void(Queue&, const AugmentOptions&, const AugmentInputs&, const AugmentOutputs&);

namespace reference {
Augment augment;
}
namespace cpu {
Augment augment;
}
namespace cuda {
Augment augment;
}

inline constexpr Kernel augment{"augment", &reference::augment, &cpu::augment, CUDA_SLOT(cuda::augment)};

}  // namespace kernels
