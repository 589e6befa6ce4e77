// SPDX-License-Identifier: Apache-2.0
// One pass over the logits in each direction. Pixels are taken in blocks that are transposed into one plane per class,
// so that maximum, exponential and logarithm run over vectors of pixels whatever the number of classes is.
#include "kernels/cross_entropy.h"

#include <algorithm>
#include <vector>

#include "kernels/cpu/planes.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t block = Planes::block;
constexpr std::int64_t chunk = 32 * block;  // Pixels per partial sum.

BlockPlace pixels_at(std::int64_t first, std::int64_t count, std::int64_t classes) {
  return {first * classes, count, classes, 1};
}

struct Partial {
  double loss = 0, weight = 0;
};

template <class T, class L>
void forward(Queue& queue, const CrossEntropyOptions& options, const CrossEntropyInputs& in, View loss,
             View total_weight) {
  const std::int64_t classes = in.logits.shape.c(), pixels = in.logits.shape.pixels();
  const T* logits = in.logits.as<T>();
  const L* labels = in.labels.as<L>();
  const auto* weight = in.weight.as<float>();
  auto* kept = options.reduction == LossReduction::none ? loss.as<float>() : nullptr;
  std::vector<Partial> partial(static_cast<std::size_t>((pixels + chunk - 1) / chunk));
  const std::int64_t count = static_cast<std::int64_t>(partial.size());
  parallel_for(queue, count, 1, [&](std::int64_t first, std::int64_t last) {
    Planes planes(classes);
    Normaliser normaliser;
    float logarithms[block];
    for (std::int64_t at = first * chunk; at < std::min(pixels, last * chunk); at += block) {
      const std::int64_t n = std::min(block, pixels - at);
      planes.gather(logits, pixels_at(at, n, classes));
      normalise(planes, normaliser, [](float&, float) {});
      for (std::int64_t p = 0; p < block; ++p) logarithms[p] = logarithm(normaliser.sum[p]);
      Partial& sum = partial[static_cast<std::size_t>(at / chunk)];
      for (std::int64_t p = 0; p < n; ++p) {
        const std::int64_t label = labels[at + p];
        float value = 0;
        if (counts(label, at + p, in.labels.shape, classes, options)) {
          const float scale = weight ? weight[label] : 1.0f;
          value = scale * (logarithms[p] + (normaliser.largest[p] - planes.plane(label)[p]));
          sum.weight += static_cast<double>(scale);
          sum.loss += static_cast<double>(value);
        }
        if (kept) kept[at + p] = value;
      }
    }
  });
  if (kept) return;
  Partial total;
  for (const Partial& part : partial) {
    total.loss += part.loss;
    total.weight += part.weight;
  }
  if (options.reduction == LossReduction::mean) {
    total_weight.as<float>()[0] = static_cast<float>(total.weight);
    total.loss /= total.weight;
  }
  loss.as<float>()[0] = static_cast<float>(total.loss);
}

template <class T, class L>
void grad(Queue& queue, const CrossEntropyOptions& options, const CrossEntropyInputs& in, ConstView dloss,
          ConstView total_weight, View dlogits) {
  const std::int64_t classes = in.logits.shape.c(), pixels = in.logits.shape.pixels();
  const T* logits = in.logits.as<T>();
  T* to = dlogits.as<T>();
  const L* labels = in.labels.as<L>();
  const auto *weight = in.weight.as<float>(), *from = dloss.as<float>();
  const bool per_pixel = options.reduction == LossReduction::none;
  const float divisor = options.reduction == LossReduction::mean ? total_weight.as<float>()[0] : 1.0f;
  parallel_for(queue, (pixels + block - 1) / block, 16, [&](std::int64_t first, std::int64_t last) {
    Planes planes(classes);
    Normaliser normaliser;
    float factor[block], scale[block];
    for (std::int64_t at = first * block; at < std::min(pixels, last * block); at += block) {
      const std::int64_t n = std::min(block, pixels - at);
      planes.gather(logits, pixels_at(at, n, classes));
      normalise(planes, normaliser, [](float& logit, float e) { logit = e; });
      std::fill_n(scale, block, 0.0f);
      bool any_ignored = false;
      for (std::int64_t p = 0; p < n; ++p) {
        const std::int64_t label = labels[at + p];
        if (counts(label, at + p, in.labels.shape, classes, options))
          scale[p] = from[per_pixel ? at + p : 0] * (weight ? weight[label] : 1.0f) / divisor;
        else
          any_ignored = true;
      }
      for (std::int64_t p = 0; p < block; ++p) factor[p] = scale[p] / normaliser.sum[p];
      for (std::int64_t c = 0; c < classes; ++c) {
        float* plane = planes.plane(c);
        for (std::int64_t p = 0; p < block; ++p) plane[p] *= factor[p];
      }
      for (std::int64_t p = 0; p < n; ++p) {
        const std::int64_t label = labels[at + p];
        if (!any_ignored || counts(label, at + p, in.labels.shape, classes, options)) {
          planes.plane(label)[p] -= scale[p];
        } else {  // Exactly 0, even where the logits hold a NaN.
          for (std::int64_t c = 0; c < classes; ++c) planes.plane(c)[p] = 0.0f;
        }
      }
      planes.scatter(to, pixels_at(at, n, classes));
    }
  });
}

template <class Body>
void with_types(const CrossEntropyInputs& in, Body&& body) {
  visit_dtype<float, bf16>(in.logits.dtype, "cross_entropy", [&]<class T>() {
    visit_dtype<std::uint8_t, std::int32_t, std::int64_t>(in.labels.dtype, "cross_entropy",
                                                          [&]<class L>() { body.template operator()<T, L>(); });
  });
}

}  // namespace

void cross_entropy_forward(Queue& queue, const CrossEntropyOptions& options, const CrossEntropyInputs& in, View loss,
                           View total_weight) {
  with_types(in, [&]<class T, class L>() { forward<T, L>(queue, options, in, loss, total_weight); });
}

void cross_entropy_grad(Queue& queue, const CrossEntropyOptions& options, const CrossEntropyInputs& in, ConstView dloss,
                        ConstView total_weight, View dlogits) {
  with_types(in, [&]<class T, class L>() { grad<T, L>(queue, options, in, dloss, total_weight, dlogits); });
}

}  // namespace kernels::cpu
