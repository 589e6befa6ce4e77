// SPDX-License-Identifier: Apache-2.0
// One pass over the logits in each direction. Pixels are taken in blocks that are transposed into one plane per class,
// so that maximum, exponential and logarithm run over vectors of pixels whatever the number of classes is.
#include "kernels/cross_entropy.h"

#include <algorithm>
#include <vector>

#include "kernels/cpu/lanes.h"
#include "kernels/cpu/vector_math.h"

namespace kernels::cpu {

namespace {

constexpr std::int64_t block = 64;          // Pixels; 9 planes of them are 2 KiB.
constexpr std::int64_t chunk = 32 * block;  // Pixels per partial sum.

// One block of pixels, transposed: planes[c * block + pixel].
class Planes {
 public:
  explicit Planes(std::int64_t classes)
      : classes_(classes), planes_(static_cast<std::size_t>(classes * block)), largest_(block), sum_(block) {}

  // The lanes beyond `pixels` hold old numbers, which nobody reads.
  template <class T>
  void gather(const T* from, std::int64_t pixels) {
    float* plane = planes_.data();
    for (std::int64_t p = 0; p < pixels; ++p)
      for (std::int64_t c = 0; c < classes_; ++c) plane[c * block + p] = load(from, p * classes_ + c);
  }

  template <class T>
  void scatter(T* to, std::int64_t pixels) const {
    const float* plane = planes_.data();
    for (std::int64_t p = 0; p < pixels; ++p)
      for (std::int64_t c = 0; c < classes_; ++c) store(to, p * classes_ + c, plane[c * block + p]);
  }

  // Largest logit and the sum of exp(logit - largest) of each pixel; `keep` receives each exponential.
  template <class Keep>
  void normalise(Keep&& keep) {
    float *largest = largest_.data(), *sum = sum_.data();
    std::copy_n(planes_.data(), block, largest);
    for (std::int64_t c = 1; c < classes_; ++c) {
      const float* plane = planes_.data() + c * block;
      for (std::int64_t p = 0; p < block; ++p) largest[p] = plane[p] > largest[p] ? plane[p] : largest[p];
    }
    std::fill_n(sum, block, 0.0f);
    for (std::int64_t c = 0; c < classes_; ++c) {
      float* plane = planes_.data() + c * block;
      for (std::int64_t p = 0; p < block; ++p) {
        const float e = exponential(plane[p] - largest[p]);
        sum[p] += e;
        keep(plane[p], e);
      }
    }
  }

  float* plane(std::int64_t c) { return planes_.data() + c * block; }
  float* largest() { return largest_.data(); }
  float* sum() { return sum_.data(); }

 private:
  std::int64_t classes_;
  std::vector<float> planes_, largest_, sum_;
};

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
    std::vector<float> normalisers(block);
    for (std::int64_t at = first * chunk; at < std::min(pixels, last * chunk); at += block) {
      const std::int64_t n = std::min(block, pixels - at);
      planes.gather(logits + at * classes, n);
      planes.normalise([](float&, float) {});
      for (std::int64_t p = 0; p < block; ++p) normalisers[static_cast<std::size_t>(p)] = logarithm(planes.sum()[p]);
      Partial& sum = partial[static_cast<std::size_t>(at / chunk)];
      for (std::int64_t p = 0; p < n; ++p) {
        const std::int64_t label = labels[at + p];
        float value = 0;
        if (counts(label, at + p, in.labels.shape, classes, options)) {
          const float scale = weight ? weight[label] : 1.0f;
          value = scale * (normalisers[static_cast<std::size_t>(p)] + (planes.largest()[p] - planes.plane(label)[p]));
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
    std::vector<float> factors(block), scales(block);
    float *factor = factors.data(), *scale = scales.data();
    for (std::int64_t at = first * block; at < std::min(pixels, last * block); at += block) {
      const std::int64_t n = std::min(block, pixels - at);
      planes.gather(logits + at * classes, n);
      planes.normalise([](float& logit, float e) { logit = e; });
      std::fill_n(scale, block, 0.0f);
      bool any_ignored = false;
      for (std::int64_t p = 0; p < n; ++p) {
        const std::int64_t label = labels[at + p];
        if (counts(label, at + p, in.labels.shape, classes, options))
          scale[p] = from[per_pixel ? at + p : 0] * (weight ? weight[label] : 1.0f) / divisor;
        else
          any_ignored = true;
      }
      for (std::int64_t p = 0; p < block; ++p) factor[p] = scale[p] / planes.sum()[p];
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
      planes.scatter(to + at * classes, n);
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
