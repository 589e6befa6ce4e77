// SPDX-License-Identifier: Apache-2.0
// Rows of labels are shared out; each thread counts for itself, and the threads' counts are added.
#include "kernels/confusion_matrix.h"

#include <mutex>
#include <vector>

#include "kernels/cpu/largest_of_block.h"

namespace kernels::cpu {

void confusion_matrix(Queue& queue, const ConfusionMatrixOptions& options, const ConfusionMatrixInputs& in,
                      const ConfusionMatrixTotals& totals, View prediction) {
  const Shape &shape = in.logits.shape, &labels = in.labels.shape;
  const std::int64_t classes = shape.c(), matrices = totals.counts.shape[0], rows = labels[1], columns = labels[2];
  const auto* label_of = in.labels.as<std::uint8_t>();
  auto* predicted = prediction.as<std::uint8_t>();
  const int ignored = options.ignored_label.value_or(-1);
  std::mutex adding;
  visit_dtype<float, bf16>(in.logits.dtype, "confusion_matrix", [&]<class T>() {
    const T* logits = in.logits.as<T>();
    parallel_for(queue, labels[0] * rows, 16, [&](std::int64_t begin, std::int64_t end) {
      Planes planes(classes);
      std::vector<std::int64_t> counts(static_cast<std::size_t>(totals.counts.elements()));
      std::int64_t refused = no_refusal;
      const auto count_row = [&](std::int64_t row, std::int64_t first, std::int64_t pixels) {
        const std::int64_t n = row / rows, matrix = in.matrix_of_image.as<std::int32_t>()[n];
        const std::int64_t at = row * columns + first;
        const LargestOfBlock largest(planes);
        for (std::int64_t p = 0; p < pixels; ++p) {
          if (predicted) predicted[at + p] = static_cast<std::uint8_t>(largest.place[p]);
          const int label = label_of[at + p];
          if (matrix < 0 || matrix >= matrices || label == ignored) continue;
          if (label < classes)
            ++counts[static_cast<std::size_t>((matrix * classes + label) * classes + largest.place[p])];
          else
            refused = std::min(refused, to_refusal(options.first_image + n, at + p - n * rows * columns, label));
        }
      };
      for (std::int64_t row = begin; row < end; ++row)
        for (std::int64_t first = 0; first < columns; first += Planes::block) {
          const std::int64_t pixels = std::min(Planes::block, columns - first);
          planes.gather(logits, {shape.offset(row / rows, 0, row % rows, first), pixels, classes, 1});
          count_row(row, first, pixels);
        }
      const std::lock_guard lock(adding);
      for (std::size_t i = 0; i < counts.size(); ++i) totals.counts.as<std::int64_t>()[i] += counts[i];
      std::int64_t& all = *totals.refused.as<std::int64_t>();
      all = std::min(all, refused);
    });
  });
}

}  // namespace kernels::cpu
