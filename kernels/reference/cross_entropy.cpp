// SPDX-License-Identifier: Apache-2.0
// Cross entropy by its formula, pixel by pixel.
#include "kernels/cross_entropy.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kernels::reference {

namespace {

std::vector<std::int64_t> read_labels(ConstView labels) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(labels.elements()));
  visit_dtype<std::uint8_t, std::int32_t, std::int64_t>(labels.dtype, "cross_entropy", [&]<class L>() {
    const L* from = labels.as<L>();
    std::copy(from, from + values.size(), values.begin());
  });
  return values;
}

double log_sum_exp(const double* logits, std::int64_t classes) {
  const double largest = *std::max_element(logits, logits + classes);
  double sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) sum += std::exp(logits[c] - largest);
  return largest + std::log(sum);
}

}  // namespace

void cross_entropy_forward(Queue&, const CrossEntropyOptions& options, const CrossEntropyInputs& in, View loss,
                           View total_weight) {
  const auto *logits = in.logits.as<double>(), *weight = in.weight.as<double>();
  auto* to = loss.as<double>();
  const std::int64_t classes = in.logits.shape.c();
  const std::vector<std::int64_t> labels = read_labels(in.labels);
  double sum = 0, total = 0;
  for (std::int64_t pixel = 0; pixel < in.logits.shape.pixels(); ++pixel) {
    const std::int64_t label = labels[static_cast<std::size_t>(pixel)];
    double value = 0;
    if (counts(label, pixel, in.labels.shape, classes, options)) {
      const double* row = logits + pixel * classes;
      const double scale = weight ? weight[label] : 1.0;
      value = scale * (log_sum_exp(row, classes) - row[label]);
      total += scale;
    }
    sum += value;
    if (options.reduction == LossReduction::none) to[pixel] = value;
  }
  if (options.reduction == LossReduction::sum) to[0] = sum;
  if (options.reduction == LossReduction::mean) {
    to[0] = sum / total;
    total_weight.as<double>()[0] = total;
  }
}

void cross_entropy_grad(Queue&, const CrossEntropyOptions& options, const CrossEntropyInputs& in, ConstView dloss,
                        ConstView total_weight, View dlogits) {
  const auto *logits = in.logits.as<double>(), *weight = in.weight.as<double>(), *from = dloss.as<double>();
  auto* to = dlogits.as<double>();
  const std::int64_t classes = in.logits.shape.c();
  const std::vector<std::int64_t> labels = read_labels(in.labels);
  for (std::int64_t pixel = 0; pixel < in.logits.shape.pixels(); ++pixel) {
    const std::int64_t label = labels[static_cast<std::size_t>(pixel)];
    const double* row = logits + pixel * classes;
    double* out = to + pixel * classes;
    if (!counts(label, pixel, in.labels.shape, classes, options)) {
      std::fill(out, out + classes, 0.0);
      continue;
    }
    double scale = from[options.reduction == LossReduction::none ? pixel : 0] * (weight ? weight[label] : 1.0);
    if (options.reduction == LossReduction::mean) scale /= total_weight.as<double>()[0];
    const double normaliser = log_sum_exp(row, classes);
    for (std::int64_t c = 0; c < classes; ++c)
      out[c] = scale * (std::exp(row[c] - normaliser) - (c == label ? 1.0 : 0.0));
  }
}

}  // namespace kernels::reference
