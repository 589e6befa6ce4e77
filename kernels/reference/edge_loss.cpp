// SPDX-License-Identifier: Apache-2.0
// Class-balanced edge loss by its formula, image by image.
#include "kernels/edge_loss.h"

#include <algorithm>
#include <cmath>

namespace kernels::reference {

namespace {

double edge_probability(double prediction, EdgeLossForm form) {
  if (form == EdgeLossForm::code) return 1 / (1 + std::exp(-prediction));
  return std::clamp(prediction, least_edge_probability, 1 - least_edge_probability);
}

}  // namespace

void edge_loss_forward(Queue&, const EdgeLossOptions& options, const EdgeLossInputs& in, View edge_share, View loss) {
  const auto* prediction = in.prediction.as<double>();
  const auto* edges = in.edges.as<std::uint8_t>();
  const std::int64_t images = in.edges.shape[0], pixels = in.edges.elements() / images;
  double sum = 0;
  for (std::int64_t image = 0; image < images; ++image) {
    double share = 0;
    for (std::int64_t i = image * pixels; i < (image + 1) * pixels; ++i) {
      require_edge_label(edges[i], i, in.edges.shape);
      share += edges[i];
    }
    share /= static_cast<double>(pixels);
    edge_share.as<double>()[image] = share;
    for (std::int64_t i = image * pixels; i < (image + 1) * pixels; ++i) {
      const double q = edge_probability(prediction[i], options.form);
      sum -= edges[i] == 1 ? (1 - share) * std::log(q) : share * std::log(1 - q);
    }
  }
  loss.as<double>()[0] = sum / static_cast<double>(images * pixels);
}

void edge_loss_grad(Queue&, const EdgeLossOptions& options, const EdgeLossInputs& in, ConstView edge_share,
                    ConstView dloss, View dprediction) {
  const auto *prediction = in.prediction.as<double>(), *shares = edge_share.as<double>();
  const auto* edges = in.edges.as<std::uint8_t>();
  auto* to = dprediction.as<double>();
  const std::int64_t count = in.edges.elements(), pixels = count / in.edges.shape[0];
  const double factor = dloss.as<double>()[0] / static_cast<double>(count);
  for (std::int64_t i = 0; i < count; ++i) {
    const double share = shares[i / pixels], q = edge_probability(prediction[i], options.form);
    const double slope = options.form == EdgeLossForm::code ? q * (1 - q) : 1;
    to[i] = factor * slope * (edges[i] == 1 ? -(1 - share) / q : share / (1 - q));
  }
}

}  // namespace kernels::reference
