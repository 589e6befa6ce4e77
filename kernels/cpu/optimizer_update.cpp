// SPDX-License-Identifier: Apache-2.0
// All parameters are one list of numbers that is cut into equal parts, one per thread, so that hundreds of small
// tensors start the threads once. Where PyTorch multiplies and adds in one rounding, so does this (std::fma).
#include "kernels/optimizer_update.h"

#include <cmath>
#include <type_traits>
#include <vector>

#include "kernels/cpu/stretches.h"

namespace kernels::cpu {

namespace {

// Calls body(index, begin, end) for stretches of elements of updates[index] that cover all parameters.
template <class Body>
void for_each_stretch_of(Queue& queue, ParameterUpdates updates, Body&& body) {
  for_each_stretch(
      queue, updates.size(), [&](std::size_t i) { return updates[i].parameter.elements(); }, body);
}

// Calls body with std::true_type or std::false_type per flag: the loops below are compiled once per combination.
template <class Body>
void choose(Body&& body) {
  body();
}
template <class Body, class... Flags>
void choose(Body&& body, bool flag, Flags... others) {
  const auto with = [&](auto choice) {
    choose([&](auto... rest) { body(choice, rest...); }, others...);
  };
  if (flag)
    with(std::true_type{});
  else
    with(std::false_type{});
}

float* from(const View& view, std::int64_t begin) {
  return view ? view.as<float>() + begin : nullptr;
}

// a + weight * (b - a), rounded as PyTorch's lerp rounds: from the nearer end.
template <class NearA>
inline float interpolate(float a, float b, float weight) {
  return NearA::value ? std::fma(weight, b - a, a) : std::fma(weight - 1.0f, b - a, b);
}

enum class WeightDecay { of_the_gradient, of_the_parameter };

// The numbers of one update in f32, as values: a loop that reads them through a reference is not vectorised.
struct AdamNumbers {
  float decay, kept, share1, share2, beta2, epsilon, step_size, root;
};

template <class DecaysGradient, class DecaysParameter, class NearA>
void adam_stretch(std::int64_t count, const AdamNumbers with, const float* __restrict gradient, float* __restrict first,
                  float* __restrict second, float* __restrict parameter) {
  for (std::int64_t i = 0; i < count; ++i) {
    float p = parameter[i], g = gradient[i];
    if constexpr (DecaysGradient::value) g = std::fma(p, with.decay, g);
    if constexpr (DecaysParameter::value) p *= with.kept;
    const float m = interpolate<NearA>(first[i], g, with.share1);
    const float v = std::fma(with.share2 * g, g, second[i] * with.beta2);
    first[i] = m;
    second[i] = v;
    parameter[i] = p + with.step_size * m / (std::sqrt(v) / with.root + with.epsilon);
  }
}

void adam(Queue& queue, const AdamOptions& options, WeightDecay kind, double rate, ParameterUpdates updates) {
  const AdamNumbers common{.decay = static_cast<float>(options.weight_decay),
                           .kept = static_cast<float>(1 - rate * options.weight_decay),
                           .share1 = static_cast<float>(1 - options.beta1),
                           .share2 = static_cast<float>(1 - options.beta2),
                           .beta2 = static_cast<float>(options.beta2),
                           .epsilon = static_cast<float>(options.epsilon),
                           .step_size = 0,
                           .root = 1};
  std::vector<AdamNumbers> numbers(updates.size(), common);
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const auto t = static_cast<double>(++updates[i].step.as<std::int64_t>()[0]);
    numbers[i].step_size = static_cast<float>(-rate / (1 - std::pow(options.beta1, t)));
    numbers[i].root = static_cast<float>(std::sqrt(1 - std::pow(options.beta2, t)));
  }
  const auto loop = [&](auto decays_gradient, auto decays_parameter, auto near) {
    for_each_stretch_of(queue, updates, [&](std::size_t index, std::int64_t begin, std::int64_t end) {
      const ParameterUpdate& update = updates[index];
      adam_stretch<decltype(decays_gradient), decltype(decays_parameter), decltype(near)>(
          end - begin, numbers[index], update.gradient.as<float>() + begin, from(update.state[0], begin),
          from(update.state[1], begin), from(update.parameter, begin));
    });
  };
  const bool decays = options.weight_decay != 0;
  choose(loop, decays && kind == WeightDecay::of_the_gradient, decays && kind == WeightDecay::of_the_parameter,
         common.share1 < 0.5f);
}

struct SgdNumbers {
  float step_size, decay, momentum, share;
};

template <class Decays, class HasMomentum, class LooksAhead, class First>
void sgd_stretch(std::int64_t count, const SgdNumbers with, const float* __restrict gradient,
                 float* __restrict velocity, float* __restrict parameter) {
  for (std::int64_t i = 0; i < count; ++i) {
    float g = gradient[i];
    if constexpr (Decays::value) g = std::fma(parameter[i], with.decay, g);
    if constexpr (HasMomentum::value) {
      const float m = First::value ? g : std::fma(g, with.share, velocity[i] * with.momentum);
      velocity[i] = m;
      g = LooksAhead::value ? std::fma(m, with.momentum, g) : m;
    }
    parameter[i] = std::fma(g, with.step_size, parameter[i]);
  }
}

struct RmspropNumbers {
  float step_size, decay, alpha, share, momentum, epsilon;
};

template <class Decays, class HasMomentum, class IsCentered, class NearA>
void rmsprop_stretch(std::int64_t count, const RmspropNumbers with, const float* __restrict gradient,
                     float* __restrict square, float* __restrict velocity, float* __restrict average,
                     float* __restrict parameter) {
  for (std::int64_t i = 0; i < count; ++i) {
    float g = gradient[i];
    if constexpr (Decays::value) g = std::fma(parameter[i], with.decay, g);
    float variance = std::fma(with.share * g, g, square[i] * with.alpha);
    square[i] = variance;
    if constexpr (IsCentered::value) {
      const float a = interpolate<NearA>(average[i], g, with.share);
      average[i] = a;
      variance = std::fma(-a, a, variance);
    }
    const float deviation = std::sqrt(variance) + with.epsilon;
    if constexpr (HasMomentum::value) {
      const float m = velocity[i] * with.momentum + g / deviation;
      velocity[i] = m;
      parameter[i] = std::fma(m, with.step_size, parameter[i]);
    } else {
      parameter[i] = parameter[i] + with.step_size * g / deviation;
    }
  }
}

}  // namespace

void sgd_update(Queue& queue, const SgdOptions& options, ConstView rate, ParameterUpdates updates) {
  std::vector<bool> is_first;
  for (const ParameterUpdate& update : updates) is_first.push_back(++update.step.as<std::int64_t>()[0] == 1);
  const SgdNumbers numbers{.step_size = static_cast<float>(-rate.as<double>()[0]),
                           .decay = static_cast<float>(options.weight_decay),
                           .momentum = static_cast<float>(options.momentum),
                           .share = static_cast<float>(1 - options.dampening)};
  const auto loop = [&](auto decays, auto has_momentum, auto looks_ahead) {
    for_each_stretch_of(queue, updates, [&](std::size_t index, std::int64_t begin, std::int64_t end) {
      const ParameterUpdate& update = updates[index];
      const auto stretch = [&](auto first) {
        sgd_stretch<decltype(decays), decltype(has_momentum), decltype(looks_ahead), decltype(first)>(
            end - begin, numbers, update.gradient.as<float>() + begin, from(update.state[0], begin),
            from(update.parameter, begin));
      };
      choose(stretch, is_first[index]);
    });
  };
  choose(loop, options.weight_decay != 0, options.momentum != 0, options.nesterov == Nesterov::yes);
}

void adam_update(Queue& queue, const AdamOptions& options, ConstView rate, ParameterUpdates updates) {
  adam(queue, options, WeightDecay::of_the_gradient, rate.as<double>()[0], updates);
}

void adamw_update(Queue& queue, const AdamOptions& options, ConstView rate, ParameterUpdates updates) {
  adam(queue, options, WeightDecay::of_the_parameter, rate.as<double>()[0], updates);
}

void rmsprop_update(Queue& queue, const RmspropOptions& options, ConstView rate, ParameterUpdates updates) {
  for (const ParameterUpdate& update : updates) ++update.step.as<std::int64_t>()[0];
  const RmspropNumbers numbers{.step_size = static_cast<float>(-rate.as<double>()[0]),
                               .decay = static_cast<float>(options.weight_decay),
                               .alpha = static_cast<float>(options.alpha),
                               .share = static_cast<float>(1 - options.alpha),
                               .momentum = static_cast<float>(options.momentum),
                               .epsilon = static_cast<float>(options.epsilon)};
  const auto loop = [&](auto decays, auto has_momentum, auto is_centered, auto near) {
    for_each_stretch_of(queue, updates, [&](std::size_t index, std::int64_t begin, std::int64_t end) {
      const ParameterUpdate& update = updates[index];
      rmsprop_stretch<decltype(decays), decltype(has_momentum), decltype(is_centered), decltype(near)>(
          end - begin, numbers, update.gradient.as<float>() + begin, from(update.state[0], begin),
          from(update.state[1], begin), from(update.state[2], begin), from(update.parameter, begin));
    });
  };
  choose(loop, options.weight_decay != 0, options.momentum > 0, options.centered == Centered::yes,
         numbers.share < 0.5f);
}

}  // namespace kernels::cpu
