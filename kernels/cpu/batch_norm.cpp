// SPDX-License-Identifier: Apache-2.0
// Batch normalisation fused with addition and activation: training reads x twice (once from cache) and writes y once;
// the gradient reads dy, x and y twice and writes dx once.
#include "kernels/batch_norm.h"

#include <cmath>
#include <type_traits>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

struct Moments {
  std::vector<double> mean, squares;  // Per channel: mean, and sum of squared deviations from it.
};

// Mean and squared deviations of every channel. Each chunk finds its own mean and the deviations from it; chunks are
// joined in order (Chan, Golub and LeVeque 1983), so nothing cancels however large the mean is.
template <class T>
Moments moments_of(Queue& queue, const T* x, const Lanes& lanes) {
  const std::int64_t channels = lanes.channels, chunks = lanes.chunks();
  std::vector<double> partial(static_cast<std::size_t>(chunks * 2 * channels));
  fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t index, std::int64_t begin, std::int64_t end) {
    std::vector<float> sums(static_cast<std::size_t>(lanes.width)), means(sums.size()), squares(sums.size());
    float* sum = sums.data();
    for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) sum[i] += load(x, at + i);
    });
    double* mean = &partial[static_cast<std::size_t>(index * 2 * channels)];
    double* deviation = mean + channels;
    for (std::int64_t i = 0; i < lanes.width; ++i) mean[i % channels] += static_cast<double>(sum[i]);
    const double pixels = static_cast<double>((end - begin) / channels);
    for (std::int64_t c = 0; c < channels; ++c) mean[c] /= pixels;
    for (std::int64_t i = 0; i < lanes.width; ++i)
      means[static_cast<std::size_t>(i)] = static_cast<float>(mean[i % channels]);
    const float* centre = means.data();
    float* square = squares.data();
    for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) {
        const float difference = load(x, at + i) - centre[i];
        square[i] += difference * difference;
      }
    });
    for (std::int64_t i = 0; i < lanes.width; ++i) deviation[i % channels] += static_cast<double>(square[i]);
  });
  Moments result{std::vector<double>(static_cast<std::size_t>(channels)),
                 std::vector<double>(static_cast<std::size_t>(channels))};
  parallel_for(queue, channels, 64, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t c = first; c < last; ++c) {
      double mean = 0, squares = 0, seen = 0;
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        const double* part = &partial[static_cast<std::size_t>(chunk * 2 * channels)];
        const double pixels =
            static_cast<double>((std::min(lanes.count, (chunk + 1) * lanes.chunk) - chunk * lanes.chunk) / channels);
        const double difference = part[c] - mean, together = seen + pixels;
        squares += part[channels + c] + difference * difference * seen * pixels / together;
        mean += difference * pixels / together;
        seen = together;
      }
      result.mean[static_cast<std::size_t>(c)] = mean;
      result.squares[static_cast<std::size_t>(c)] = squares;
    }
  });
  return result;
}

// y = act(x * scale + shift + residual), scale and shift given per lane.
template <class T>
void apply(Queue& queue, const BatchNormOptions& options, ConstView x, ConstView residual, View y, const Lanes& lanes,
           const std::vector<float>& scales, const std::vector<float>& shifts) {
  const T *from = x.as<T>(), *added = residual.as<T>();
  T* to = y.as<T>();
  const float *scale = scales.data(), *shift = shifts.data();
  const auto slope = static_cast<float>(options.activation.slope);
  const auto loop = [&](auto with_residual) {
    fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) {
          float z = load(from, at + i) * scale[i] + shift[i];
          if constexpr (decltype(with_residual)::value) z += load(added, at + i);
          store(to, at + i, activate(z, slope));
        }
      });
    });
  };
  if (added)
    loop(std::true_type{});
  else
    loop(std::false_type{});
}

// Sums over the pixels of dz and of dz * (x - mean), where dz is dy behind the activation; [2, channels].
template <class T>
std::vector<double> gradient_sums(Queue& queue, const BatchNormOptions& options, ConstView dy,
                                  const BatchNormSaved& saved, const Lanes& lanes) {
  const T *from = dy.as<T>(), *x = saved.x.as<T>(), *y = saved.y.as<T>();
  const std::int64_t channels = lanes.channels, chunks = lanes.chunks();
  const auto slope = static_cast<float>(options.activation.slope);
  const float* channel_mean = saved.mean.as<float>();
  const std::vector<float> means = lanes.spread([&](std::int64_t c) { return channel_mean[c]; });
  const float* mean = means.data();
  std::vector<double> partial(static_cast<std::size_t>(chunks * 2 * channels));
  const auto loop = [&](auto with_activation) {
    fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t index, std::int64_t begin, std::int64_t end) {
      std::vector<float> sums(static_cast<std::size_t>(2 * lanes.width));
      float *plain = sums.data(), *centred = plain + lanes.width;
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) {
          float dz = load(from, at + i);
          if constexpr (decltype(with_activation)::value) dz *= activation_slope(load(y, at + i), slope);
          plain[i] += dz;
          centred[i] += dz * (load(x, at + i) - mean[i]);
        }
      });
      double* row = &partial[static_cast<std::size_t>(index * 2 * channels)];
      for (std::int64_t i = 0; i < lanes.width; ++i) {
        row[i % channels] += static_cast<double>(plain[i]);
        row[channels + i % channels] += static_cast<double>(centred[i]);
      }
    });
  };
  if (options.activation.is_none())
    loop(std::false_type{});
  else
    loop(std::true_type{});
  std::vector<double> sums(static_cast<std::size_t>(2 * channels));
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
    for (std::int64_t i = 0; i < 2 * channels; ++i)
      sums[static_cast<std::size_t>(i)] += partial[static_cast<std::size_t>(chunk * 2 * channels + i)];
  return sums;
}

// dx = dz * slope_of_dz + x * slope_of_x + constant, per channel; dresidual = dz.
struct InputGradient {
  std::vector<float> of_dz, of_x, constant;
};

template <class T>
void write_gradients(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                     const Lanes& lanes, const InputGradient& rule, const BatchNormGradients& out) {
  const T *from = dy.as<T>(), *x = saved.x.as<T>(), *y = saved.y.as<T>();
  T *dx = out.dx.as<T>(), *dresidual = out.dresidual.as<T>();
  const float *a = rule.of_dz.data(), *b = rule.of_x.data(), *constant = rule.constant.data();
  const auto slope = static_cast<float>(options.activation.slope);
  const auto loop = [&](auto with_activation, auto with_residual, auto with_statistics) {
    fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) {
          float dz = load(from, at + i);
          if constexpr (decltype(with_activation)::value) dz *= activation_slope(load(y, at + i), slope);
          if constexpr (decltype(with_residual)::value) store(dresidual, at + i, dz);
          float value = dz * a[i];
          if constexpr (decltype(with_statistics)::value) value += load(x, at + i) * b[i] + constant[i];
          store(dx, at + i, value);
        }
      });
    });
  };
  const auto choose = [&](bool flag, auto&& next) {
    flag ? next(std::true_type{}) : next(std::false_type{});
  };
  choose(!options.activation.is_none(), [&](auto activation) {
    choose(dresidual != nullptr, [&](auto residual) {
      choose(!rule.of_x.empty(), [&](auto statistics) { loop(activation, residual, statistics); });
    });
  });
}

enum class Statistics { of_batch, constant };

template <class T>
void gradients(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
               const BatchNormParameters& parameters, const BatchNormGradients& out, Statistics statistics) {
  const Lanes lanes(dy.shape.c(), dy.elements());
  const auto *mean = saved.mean.as<float>(), *inverse = saved.inverse_deviation.as<float>();
  const auto* weight = parameters.weight.as<float>();
  const double pixels = static_cast<double>(dy.shape.pixels());
  std::vector<double> sums;
  if (statistics == Statistics::of_batch || out.dweight || out.dbias) {
    sums = gradient_sums<T>(queue, options, dy, saved, lanes);
    for (std::int64_t c = 0; c < lanes.channels; ++c) {
      const auto at = static_cast<std::size_t>(c), centred = static_cast<std::size_t>(lanes.channels + c);
      if (out.dweight) out.dweight.as<float>()[c] = static_cast<float>(sums[centred] * static_cast<double>(inverse[c]));
      if (out.dbias) out.dbias.as<float>()[c] = static_cast<float>(sums[at]);
    }
  }
  if (!out.dx) return;
  InputGradient rule;
  rule.of_dz = lanes.spread([&](std::int64_t c) { return inverse[c] * weight[c]; });
  if (statistics == Statistics::of_batch) {
    const auto of_x = [&](std::int64_t c) {
      const auto i = static_cast<double>(inverse[c]);
      return -i * static_cast<double>(weight[c]) * i * i * sums[static_cast<std::size_t>(lanes.channels + c)] / pixels;
    };
    rule.of_x = lanes.spread(of_x);
    rule.constant = lanes.spread([&](std::int64_t c) {
      const double scale = static_cast<double>(inverse[c]) * static_cast<double>(weight[c]);
      return -scale * sums[static_cast<std::size_t>(c)] / pixels - of_x(c) * static_cast<double>(mean[c]);
    });
  }
  write_gradients<T>(queue, options, dy, saved, lanes, rule, out);
}

}  // namespace

void batch_norm_train_forward(Queue& queue, const BatchNormOptions& options, ConstView x,
                              const BatchNormParameters& parameters, ConstView residual,
                              const BatchNormStatistics& statistics, View y) {
  const Lanes lanes(x.shape.c(), x.elements());
  const auto *weight = parameters.weight.as<float>(), *bias = parameters.bias.as<float>();
  auto *mean = statistics.mean.as<float>(), *inverse = statistics.inverse_deviation.as<float>();
  auto *running_mean = statistics.running_mean.as<float>(), *running = statistics.running_variance.as<float>();
  const auto* omitted = statistics.omitted_bias.as<float>();
  visit_dtype<float, bf16>(x.dtype, "batch_norm_train_forward", [&]<class T>() {
    const Moments moments = moments_of(queue, x.as<T>(), lanes);
    const double pixels = static_cast<double>(x.shape.pixels()), momentum = options.momentum;
    for (std::int64_t c = 0; c < lanes.channels; ++c) {
      const double batch_mean = moments.mean[static_cast<std::size_t>(c)],
                   squares = moments.squares[static_cast<std::size_t>(c)];
      mean[c] = static_cast<float>(batch_mean);
      inverse[c] = static_cast<float>(1.0 / std::sqrt(squares / pixels + options.epsilon));
      const double shifted = batch_mean + (omitted ? static_cast<double>(omitted[c]) : 0.0);
      running_mean[c] = static_cast<float>((1 - momentum) * static_cast<double>(running_mean[c]) + momentum * shifted);
      running[c] =
          static_cast<float>((1 - momentum) * static_cast<double>(running[c]) + momentum * squares / (pixels - 1));
    }
    const auto scale = lanes.spread([&](std::int64_t c) { return inverse[c] * weight[c]; });
    const auto shift = lanes.spread([&](std::int64_t c) { return bias[c] - mean[c] * (inverse[c] * weight[c]); });
    apply<T>(queue, options, x, residual, y, lanes, scale, shift);
  });
}

void batch_norm_frozen_forward(Queue& queue, const BatchNormOptions& options, ConstView x,
                               const BatchNormParameters& parameters, ConstView running_mean,
                               ConstView running_variance, ConstView residual, View inverse_deviation, View y) {
  const Lanes lanes(x.shape.c(), x.elements());
  const auto *weight = parameters.weight.as<float>(), *bias = parameters.bias.as<float>(),
             *mean = running_mean.as<float>();
  auto* inverse = inverse_deviation.as<float>();
  for (std::int64_t c = 0; c < lanes.channels; ++c)
    inverse[c] =
        static_cast<float>(1.0 / std::sqrt(static_cast<double>(running_variance.as<float>()[c]) + options.epsilon));
  const auto scale = lanes.spread([&](std::int64_t c) { return inverse[c] * weight[c]; });
  const auto shift = lanes.spread([&](std::int64_t c) { return bias[c] - mean[c] * (inverse[c] * weight[c]); });
  visit_dtype<float, bf16>(x.dtype, "batch_norm_frozen_forward",
                           [&]<class T>() { apply<T>(queue, options, x, residual, y, lanes, scale, shift); });
}

void batch_norm_train_grad(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                           const BatchNormParameters& parameters, const BatchNormGradients& out) {
  visit_dtype<float, bf16>(dy.dtype, "batch_norm_train_grad", [&]<class T>() {
    gradients<T>(queue, options, dy, saved, parameters, out, Statistics::of_batch);
  });
}

void batch_norm_frozen_grad(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                            const BatchNormParameters& parameters, const BatchNormGradients& out) {
  visit_dtype<float, bf16>(dy.dtype, "batch_norm_frozen_grad", [&]<class T>() {
    gradients<T>(queue, options, dy, saved, parameters, out, Statistics::constant);
  });
}

}  // namespace kernels::cpu
