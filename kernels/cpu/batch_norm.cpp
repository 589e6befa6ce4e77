// SPDX-License-Identifier: Apache-2.0
// Batch normalisation fused with addition and activation: training reads x twice and writes y once; the gradient reads
// dy and x (and y, where something was added) twice and writes dx once.
#include "kernels/batch_norm.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "kernels/cpu/lanes.h"

namespace kernels::cpu {

namespace {

struct Moments {
  std::vector<double> mean, squares;  // Per channel: mean, and sum of squared deviations from it.
};

// The rows below take distinct memory for what they write (`__restrict`), so that they vectorise without asking.

// A centre with digits that x cannot have would give every difference the same tail, and its rounding a bias.
template <class T>
float rounded_to(float value) {
  return static_cast<float>(T(value));
}

template <class T>
void add_moments(const T* __restrict x, const float* __restrict centre, std::int64_t n, float* __restrict sum,
                 float* __restrict square) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float difference = load(x, i) - centre[i];
    sum[i] += difference;
    square[i] += difference * difference;
  }
}

// Mean and squared deviations of every channel in one pass. Each chunk takes them about a centre of its own, the mean
// of its first row, which is near enough to its mean that nothing cancels however large the mean is; chunks are joined
// in order (Chan, Golub and LeVeque 1983).
template <class T>
Moments moments_of(Queue& queue, const T* x, const Lanes& lanes) {
  const std::int64_t channels = lanes.channels, chunks = lanes.chunks();
  std::vector<double> partial(static_cast<std::size_t>(chunks * 2 * channels));
  const auto width = static_cast<std::size_t>(lanes.width);
  parallel_for(queue, chunks, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<float> centres(width), sums(width), squares(width), row_mean(static_cast<std::size_t>(channels));
    for (std::int64_t index = first; index < last; ++index) {
      const std::int64_t begin = index * lanes.chunk, end = std::min(lanes.count, begin + lanes.chunk);
      const std::int64_t row = std::min(lanes.width, end - begin);
      std::fill(row_mean.begin(), row_mean.end(), 0.0f);
      for (std::int64_t i = 0; i < row; ++i) row_mean[static_cast<std::size_t>(i % channels)] += load(x, begin + i);
      for (std::int64_t i = 0; i < lanes.width; ++i)
        centres[static_cast<std::size_t>(i)] =
            rounded_to<T>(row_mean[static_cast<std::size_t>(i % channels)] / static_cast<float>(row / channels));
      std::fill(sums.begin(), sums.end(), 0.0f);
      std::fill(squares.begin(), squares.end(), 0.0f);
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        add_moments(x + at, centres.data(), n, sums.data(), squares.data());
      });
      double* mean = &partial[static_cast<std::size_t>(index * 2 * channels)];
      double* square = mean + channels;
      for (std::size_t i = 0; i < width; ++i) {
        mean[i % static_cast<std::size_t>(channels)] += static_cast<double>(sums[i]);
        square[i % static_cast<std::size_t>(channels)] += static_cast<double>(squares[i]);
      }
      const double pixels = static_cast<double>((end - begin) / channels);
      for (std::int64_t c = 0; c < channels; ++c) {
        const double beside = mean[c] / pixels;  // Of the chunk's mean, from the centre.
        square[c] -= mean[c] * beside;
        mean[c] = static_cast<double>(centres[static_cast<std::size_t>(c)]) + beside;
      }
    }
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
      result.squares[static_cast<std::size_t>(c)] = std::max(squares, 0.0);
    }
  });
  return result;
}

// y = act((x - centre) * scale + shift + residual), per lane. The difference comes first: x * scale + (shift - centre *
// scale) would cancel where the mean is large beside the deviation.
struct ForwardRule {
  std::vector<float> centre, scale, shift;
};

template <class Residual, class T>
void apply_row(const T* __restrict x, const T* __restrict residual, const ForwardRule& rule, float slope,
               std::int64_t n, T* __restrict y) {
  const float *__restrict centre = rule.centre.data(), *__restrict scale = rule.scale.data(),
                         *__restrict shift = rule.shift.data();
  for (std::int64_t i = 0; i < n; ++i) {
    float z = (load(x, i) - centre[i]) * scale[i] + shift[i];
    if constexpr (Residual::value) z += load(residual, i);
    store(y, i, z * activation_slope(z, slope));
  }
}

template <class T>
void apply(Queue& queue, const BatchNormOptions& options, ConstView x, ConstView residual, View y, const Lanes& lanes,
           const ForwardRule& rule) {
  const T *from = x.as<T>(), *added = residual.as<T>();
  T* to = y.as<T>();
  const auto slope = static_cast<float>(options.activation.slope);
  fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
    for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
      if (added)
        apply_row<std::true_type>(from + at, added + at, rule, slope, n, to + at);
      else
        apply_row<std::false_type>(from + at, added, rule, slope, n, to + at);
    });
  });
}

// Where the activation cut: nowhere, where y is not positive, or where the forward pass's argument, computed again from
// x, is not.
enum class Cut { none, by_y, by_x };

Cut cut_of(const BatchNormOptions& options, const BatchNormSaved& saved) {
  if (options.activation.is_none()) return Cut::none;
  return saved.y ? Cut::by_y : Cut::by_x;
}

// Calls body with the cut as a constant.
template <class Body>
void visit(Cut cut, Body&& body) {
  if (cut == Cut::none) return body(std::integral_constant<Cut, Cut::none>{});
  if (cut == Cut::by_y) return body(std::integral_constant<Cut, Cut::by_y>{});
  body(std::integral_constant<Cut, Cut::by_x>{});
}

ForwardRule rule_of(const Lanes& lanes, const BatchNormSaved& saved, const BatchNormParameters& parameters, Cut cut) {
  const auto *mean = saved.mean.as<float>(), *inverse = saved.inverse_deviation.as<float>();
  ForwardRule rule;
  rule.centre = lanes.spread([&](std::int64_t c) { return mean[c]; });
  if (cut != Cut::by_x) return rule;
  rule.scale = lanes.spread([&](std::int64_t c) { return inverse[c] * parameters.weight.as<float>()[c]; });
  rule.shift = lanes.spread([&](std::int64_t c) { return saved.shift.as<float>()[c]; });
  return rule;
}

// dy behind the activation. y may be null unless it decides.
template <Cut cut, class T>
float before_activation(const T* __restrict dy, const T* __restrict x, const T* __restrict y,
                        const float* __restrict centre, const float* __restrict scale, const float* __restrict shift,
                        float slope, std::int64_t i) {
  const float gradient = load(dy, i);
  if constexpr (cut == Cut::by_y) return gradient * activation_slope(load(y, i), slope);
  if constexpr (cut == Cut::by_x)
    return gradient * activation_slope((load(x, i) - centre[i]) * scale[i] + shift[i], slope);
  return gradient;
}

template <Cut cut, class T>
void add_gradient_row(const T* __restrict dy, const T* __restrict x, const T* __restrict y, const ForwardRule& rule,
                      float slope, std::int64_t n, float* __restrict plain, float* __restrict centred) {
  const float *__restrict centre = rule.centre.data(), *__restrict scale = rule.scale.data(),
                         *__restrict shift = rule.shift.data();
  for (std::int64_t i = 0; i < n; ++i) {
    const float dz = before_activation<cut>(dy, x, y, centre, scale, shift, slope, i);
    plain[i] += dz;
    centred[i] += dz * (load(x, i) - centre[i]);
  }
}

// Sums over the pixels of dz and of dz * (x - mean), where dz is dy behind the activation; [2, channels].
template <class T>
std::vector<double> gradient_sums(Queue& queue, const BatchNormOptions& options, ConstView dy,
                                  const BatchNormSaved& saved, const Lanes& lanes, const ForwardRule& rule, Cut cut) {
  const T *from = dy.as<T>(), *x = saved.x.as<T>(), *y = saved.y.as<T>();
  const std::int64_t channels = lanes.channels, chunks = lanes.chunks();
  const auto slope = static_cast<float>(options.activation.slope);
  std::vector<double> partial(static_cast<std::size_t>(chunks * 2 * channels));
  parallel_for(queue, chunks, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<float> plain(rule.centre.size()), centred(rule.centre.size());
    for (std::int64_t index = first; index < last; ++index) {
      std::fill(plain.begin(), plain.end(), 0.0f);
      std::fill(centred.begin(), centred.end(), 0.0f);
      const std::int64_t begin = index * lanes.chunk, end = std::min(lanes.count, begin + lanes.chunk);
      visit(cut, [&](auto constant) {
        for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
          add_gradient_row<constant()>(from + at, x + at, y ? y + at : y, rule, slope, n, plain.data(), centred.data());
        });
      });
      double* row = &partial[static_cast<std::size_t>(index * 2 * channels)];
      for (std::int64_t i = 0; i < lanes.width; ++i) {
        row[i % channels] += static_cast<double>(plain[static_cast<std::size_t>(i)]);
        row[channels + i % channels] += static_cast<double>(centred[static_cast<std::size_t>(i)]);
      }
    }
  });
  std::vector<double> sums(static_cast<std::size_t>(2 * channels));
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
    for (std::int64_t i = 0; i < 2 * channels; ++i)
      sums[static_cast<std::size_t>(i)] += partial[static_cast<std::size_t>(chunk * 2 * channels + i)];
  return sums;
}

// dx = dz * of_dz + (x - centre) * of_x + constant, per lane; dresidual = dz. The last two are empty where the
// statistics are constants.
struct InputGradient {
  std::vector<float> of_dz, of_x, constant;
};

template <Cut cut, class HasResidual, class HasStatistics, class T>
void write_gradient_row(const T* __restrict dy, const T* __restrict x, const T* __restrict y,
                        const ForwardRule& forward, const InputGradient& rule, float slope, std::int64_t n,
                        T* __restrict dresidual, T* __restrict dx) {
  const float *__restrict of_dz = rule.of_dz.data(), *__restrict of_x = rule.of_x.data(),
                         *__restrict constant = rule.constant.data(), *__restrict centre = forward.centre.data(),
                         *__restrict scale = forward.scale.data(), *__restrict shift = forward.shift.data();
  for (std::int64_t i = 0; i < n; ++i) {
    const float dz = before_activation<cut>(dy, x, y, centre, scale, shift, slope, i);
    if constexpr (HasResidual::value) store(dresidual, i, dz);
    float value = dz * of_dz[i];
    if constexpr (HasStatistics::value) value += (load(x, i) - centre[i]) * of_x[i] + constant[i];
    store(dx, i, value);
  }
}

template <class T>
void write_gradients(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                     const Lanes& lanes, const ForwardRule& forward, Cut cut, const InputGradient& rule,
                     const BatchNormGradients& out) {
  const T *from = dy.as<T>(), *x = saved.x.as<T>(), *y = saved.y.as<T>();
  T *dx = out.dx.as<T>(), *dresidual = out.dresidual.as<T>();
  const auto slope = static_cast<float>(options.activation.slope);
  const auto loop = [&](auto cut_here, auto residual, auto statistics) {
    using R = decltype(residual);
    using S = decltype(statistics);
    fixed_chunks(queue, lanes.count, lanes.chunk, [&](std::int64_t, std::int64_t begin, std::int64_t end) {
      for_each_row(lanes, begin, end, [&](std::int64_t at, std::int64_t n) {
        write_gradient_row<cut_here(), R, S>(from + at, x + at, y ? y + at : y, forward, rule, slope, n,
                                             R::value ? dresidual + at : dresidual, dx + at);
      });
    });
  };
  const auto choose = [&](bool flag, auto&& next) {
    flag ? next(std::true_type{}) : next(std::false_type{});
  };
  visit(cut, [&](auto cut_here) {
    choose(dresidual != nullptr, [&](auto residual) {
      choose(!rule.of_x.empty(), [&](auto statistics) { loop(cut_here, residual, statistics); });
    });
  });
}

enum class Statistics { of_batch, constant };

template <class T>
void gradients(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
               const BatchNormParameters& parameters, const BatchNormGradients& out, Statistics statistics) {
  const Lanes lanes(dy.shape.c(), dy.elements());
  const auto *inverse = saved.inverse_deviation.as<float>(), *weight = parameters.weight.as<float>();
  const double pixels = static_cast<double>(dy.shape.pixels());
  const Cut cut = cut_of(options, saved);
  const ForwardRule forward = rule_of(lanes, saved, parameters, cut);
  std::vector<double> sums;
  if (statistics == Statistics::of_batch || out.dweight || out.dbias) {
    sums = gradient_sums<T>(queue, options, dy, saved, lanes, forward, cut);
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
      return -scale * sums[static_cast<std::size_t>(c)] / pixels;
    });
  }
  write_gradients<T>(queue, options, dy, saved, lanes, forward, cut, rule, out);
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
    ForwardRule rule;
    rule.centre = lanes.spread([&](std::int64_t c) { return mean[c]; });
    rule.scale = lanes.spread([&](std::int64_t c) { return inverse[c] * weight[c]; });
    // `mean` is rounded to f32; what that leaves out joins the shift.
    rule.shift = lanes.spread([&](std::int64_t c) {
      const double rest = moments.mean[static_cast<std::size_t>(c)] - static_cast<double>(mean[c]);
      const double shift = static_cast<double>(bias[c]) - rest * static_cast<double>(inverse[c] * weight[c]);
      return statistics.shift.as<float>()[c] = static_cast<float>(shift);
    });
    apply<T>(queue, options, x, residual, y, lanes, rule);
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
  ForwardRule rule;
  rule.centre = lanes.spread([&](std::int64_t c) { return mean[c]; });
  rule.scale = lanes.spread([&](std::int64_t c) { return inverse[c] * weight[c]; });
  rule.shift = lanes.spread([&](std::int64_t c) { return bias[c]; });
  visit_dtype<float, bf16>(x.dtype, "batch_norm_frozen_forward",
                           [&]<class T>() { apply<T>(queue, options, x, residual, y, lanes, rule); });
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
