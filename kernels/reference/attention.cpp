// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kernels::reference {

namespace {

// Finds the numbers of one image and head.
struct Head {
  AttentionGeometry g;
  const double *qkv, *height, *width;
  std::int64_t image, head;

  std::int64_t of_y(std::int64_t i, std::int64_t c) const {
    return ((image * g.positions() + i) * g.heads + head) * g.channels + c;
  }
  // Of part 0 (q), 1 (k) or 2 (v).
  std::int64_t of_qkv(int part, std::int64_t i, std::int64_t c) const {
    return (((image * g.positions() + i) * 3 + part) * g.heads + head) * g.channels + c;
  }
  double q(std::int64_t i, std::int64_t c) const { return qkv[of_qkv(0, i, c)]; }
  double key(std::int64_t j, std::int64_t c) const {
    return qkv[of_qkv(1, j, c)] + height[j / g.width * g.channels + c] + width[j % g.width * g.channels + c];
  }
  double v(std::int64_t j, std::int64_t c) const { return qkv[of_qkv(2, j, c)]; }

  // Of position i against all others.
  std::vector<double> logits(std::int64_t i) const {
    std::vector<double> logit;
    for (std::int64_t j = 0; j < g.positions(); ++j) {
      double sum = 0;
      for (std::int64_t c = 0; c < g.channels; ++c) sum += q(i, c) * key(j, c);
      logit.push_back(g.scale() * sum);
    }
    return logit;
  }
};

template <class Body>
void for_each_head(const AttentionGeometry& g, ConstView qkv, const PositionEmbeddings& positions, Body&& body) {
  for (std::int64_t image = 0; image < g.images; ++image)
    for (std::int64_t head = 0; head < g.heads; ++head)
      body(Head{g, qkv.as<double>(), positions.height.as<double>(), positions.width.as<double>(), image, head});
}

}  // namespace

void attention_forward(Queue&, const AttentionOptions& options, ConstView qkv, const PositionEmbeddings& positions,
                       View log_sums, View y) {
  const AttentionGeometry g = attention_geometry(qkv.shape, positions.height.shape, positions.width.shape, options);
  for_each_head(g, qkv, positions, [&](const Head& head) {
    for (std::int64_t i = 0; i < g.positions(); ++i) {
      const std::vector<double> logit = head.logits(i);
      const double largest = *std::max_element(logit.begin(), logit.end());
      double sum = 0;
      for (const double each : logit) sum += std::exp(each - largest);
      const double log_sum = largest + std::log(sum);
      if (log_sums) log_sums.as<double>()[(head.image * g.heads + head.head) * g.positions() + i] = log_sum;
      for (std::int64_t c = 0; c < g.channels; ++c) {
        double mean = 0;
        for (std::int64_t j = 0; j < g.positions(); ++j)
          mean += std::exp(logit[static_cast<std::size_t>(j)] - log_sum) * head.v(j, c);
        y.as<double>()[head.of_y(i, c)] = mean;
      }
    }
  });
}

void attention_grad(Queue&, const AttentionOptions& options, ConstView dy, const AttentionSaved& saved,
                    const AttentionGradients& gradients) {
  const PositionEmbeddings& positions = saved.positions;
  const AttentionGeometry g =
      attention_geometry(saved.qkv.shape, positions.height.shape, positions.width.shape, options);
  auto *dqkv = gradients.dqkv.as<double>(), *dheight = gradients.dheight.as<double>(),
       *dwidth = gradients.dwidth.as<double>();
  std::fill(dqkv, dqkv + gradients.dqkv.elements(), 0.0);
  if (dheight) std::fill(dheight, dheight + gradients.dheight.elements(), 0.0);
  if (dwidth) std::fill(dwidth, dwidth + gradients.dwidth.elements(), 0.0);
  for_each_head(g, saved.qkv, positions, [&](const Head& head) {
    for (std::int64_t i = 0; i < g.positions(); ++i) {
      const double log_sum = saved.log_sums.as<double>()[(head.image * g.heads + head.head) * g.positions() + i];
      const double* dy_i = dy.as<double>() + head.of_y(i, 0);
      std::vector<double> weight = head.logits(i), dweight(weight.size());
      double sum = 0;
      for (std::int64_t j = 0; j < g.positions(); ++j) {
        const auto at = static_cast<std::size_t>(j);
        weight[at] = std::exp(weight[at] - log_sum);
        for (std::int64_t c = 0; c < g.channels; ++c) {
          dweight[at] += dy_i[c] * head.v(j, c);
          dqkv[head.of_qkv(2, j, c)] += weight[at] * dy_i[c];
        }
        sum += weight[at] * dweight[at];
      }
      for (std::int64_t j = 0; j < g.positions(); ++j) {
        const auto at = static_cast<std::size_t>(j);
        const double dlogit = g.scale() * weight[at] * (dweight[at] - sum);
        for (std::int64_t c = 0; c < g.channels; ++c) {
          dqkv[head.of_qkv(0, i, c)] += dlogit * head.key(j, c);
          const double dkey = dlogit * head.q(i, c);
          dqkv[head.of_qkv(1, j, c)] += dkey;
          if (dheight) dheight[j / g.width * g.channels + c] += dkey;
          if (dwidth) dwidth[j % g.width * g.channels + c] += dkey;
        }
      }
    }
  });
}

}  // namespace kernels::reference
