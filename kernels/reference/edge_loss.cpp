// SPDX-License-Identifier: Apache-2.0
// Class-balanced edge loss by its formula, image by image.
#include "kernels/edge_loss.h"

#include <algorithm>
#include <cmath>

namespace kernels::reference {

namespace {

// - ln of the probability that the prediction gives to its label, and d of it / d prediction.
struct Surprise {
  double value, slope;
};
Surprise surprise(double prediction, bool edge, EdgeLossForm form) {
  if (form == EdgeLossForm::paper) {
    const double q = std::clamp(prediction, least_edge_probability, 1 - least_edge_probability);
    return edge ? Surprise{-std::log(q), -1 / q} : Surprise{-std::log(1 - q), 1 / (1 - q)};
  }
  // ln(1 + e^x) of the prediction turned to the other label, without overflow.
  const double x = edge ? -prediction : prediction, other = 1 / (1 + std::exp(-x));
  return {std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))), edge ? -other : other};
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
      const bool edge = edges[i] == 1;
      sum += (edge ? 1 - share : share) * surprise(prediction[i], edge, options.form).value;
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
    const double share = shares[i / pixels];
    const bool edge = edges[i] == 1;
    to[i] = factor * (edge ? 1 - share : share) * surprise(prediction[i], edge, options.form).slope;
  }
}

}  // namespace kernels::reference
