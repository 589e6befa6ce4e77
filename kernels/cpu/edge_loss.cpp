// SPDX-License-Identifier: Apache-2.0
// The labels of an image are counted first; then one pass over predictions and labels in each direction.
#include "kernels/edge_loss.h"

#include "kernels/cpu/blocks.h"
#include "kernels/cpu/term_sum.h"
#include "kernels/cpu/vector_math.h"

namespace kernels::cpu {

namespace {

// ln(1 + e^x) without overflow.
float softplus(float x) {
  const float magnitude = std::fabs(x);
  return 0.5f * (x + magnitude) + logarithm(1.0f + exponential(-magnitude));
}

// The prediction within the paper's bounds.
float bounded(float prediction) {
  constexpr auto least = static_cast<float>(least_edge_probability), most = 1.0f - least;
  const float above = select(prediction < least, least, prediction);
  return select(above > most, most, above);
}

// - ln of the probability that the prediction gives to its label.
float surprise(EdgeLossForm form, float prediction, bool edge) {
  if (form == EdgeLossForm::code) return softplus(select(edge, -prediction, prediction));
  const float q = bounded(prediction);
  return -logarithm(select(edge, q, 1.0f - q));
}

// d surprise / d prediction.
float slope_of_surprise(EdgeLossForm form, float prediction, bool edge) {
  if (form == EdgeLossForm::paper) {
    const float q = bounded(prediction);
    return select(edge, -1.0f / q, 1.0f / (1.0f - q));
  }
  const float of_label = select(edge, -prediction, prediction);  // Sigmoid of it: the other label's probability.
  const float other = 1.0f / (1.0f + exponential(-of_label));
  return select(edge, -other, other);
}

double count_edges(Queue& queue, const EdgeLossInputs& in, std::int64_t first, std::int64_t pixels) {
  const auto* edges = in.edges.as<std::uint8_t>() + first;
  return sum_of_chunks(queue, pixels, term_chunk, [=, &in](std::int64_t begin, std::int64_t end) {
    std::int64_t count = 0, most = 0;
    for (std::int64_t i = begin; i < end; ++i) {
      count += edges[i];
      most = std::max<std::int64_t>(most, edges[i]);
    }
    if (most > 1)
      for (std::int64_t i = begin; i < end; ++i) require_edge_label(edges[i], first + i, in.edges.shape);
    return static_cast<double>(count);
  });
}

}  // namespace

void edge_loss_forward(Queue& queue, const EdgeLossOptions& options, const EdgeLossInputs& in, View edge_share,
                       View loss) {
  const std::int64_t images = in.edges.shape[0], pixels = in.edges.elements() / images;
  const EdgeLossForm form = options.form;
  visit_dtype<float, bf16>(in.prediction.dtype, "edge_loss", [&]<class T>() {
    double sum = 0;
    for (std::int64_t image = 0; image < images; ++image) {
      const T* prediction = in.prediction.as<T>() + image * pixels;
      const auto* edges = in.edges.as<std::uint8_t>() + image * pixels;
      const auto share =
          static_cast<float>(count_edges(queue, in, image * pixels, pixels) / static_cast<double>(pixels));
      edge_share.as<float>()[image] = share;
      sum += sum_of_chunks(queue, pixels, term_chunk, [=](std::int64_t begin, std::int64_t end) {
        return sum_of_terms(begin, end, [=](std::int64_t i) {
          const bool edge = edges[i] != 0;
          return select(edge, 1.0f - share, share) * surprise(form, load(prediction, i), edge);
        });
      });
    }
    loss.as<float>()[0] = static_cast<float>(sum / static_cast<double>(images * pixels));
  });
}

void edge_loss_grad(Queue& queue, const EdgeLossOptions& options, const EdgeLossInputs& in, ConstView edge_share,
                    ConstView dloss, View dprediction) {
  const std::int64_t count = in.edges.elements(), pixels = count / in.edges.shape[0];
  const EdgeLossForm form = options.form;
  const auto* edges = in.edges.as<std::uint8_t>();
  const auto* shares = edge_share.as<float>();
  const float factor = dloss.as<float>()[0] / static_cast<float>(count);
  visit_dtype<float, bf16>(in.prediction.dtype, "edge_loss", [&]<class T>() {
    const T* prediction = in.prediction.as<T>();
    T* to = dprediction.as<T>();
    parallel_for(queue, count, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const float share = shares[i / pixels];
        const bool edge = edges[i] != 0;
        store(to, i, factor * select(edge, 1.0f - share, share) * slope_of_surprise(form, load(prediction, i), edge));
      }
    });
  });
}

}  // namespace kernels::cpu
