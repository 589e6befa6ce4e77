// SPDX-License-Identifier: Apache-2.0
// Two launches for all parameters: the first counts the step and works out, in double, what it needs of the step count
// and the learning rate; the second updates. Where the CPU multiplies and adds in one rounding, so does this.
#include <type_traits>
#include <utility>

#include "kernels/cuda/many_tensors.cuh"
#include "kernels/optimizer_update.h"

namespace kernels::cuda {

namespace {

struct Entry {
  float* parameter;
  const float* gradient;
  std::int64_t* step;
  float* state[3];
  std::int64_t elements;
};

// One element on its way through a rule.
struct Element {
  float parameter, gradient;
  float state[3];
};

// What a rule needs to know of one parameter's step.
struct StepNumbers {
  float step_size;
  float root;  // adam: sqrt(1 - beta2^t).
  float kept;  // adamw: of the parameter.
  int is_first;
};

// a + weight * (b - a), rounded as PyTorch's lerp rounds: from the nearer end.
__device__ __forceinline__ float interpolate(float a, float b, float weight) {
  return weight < 0.5f ? __fmaf_rn(weight, b - a, a) : __fmaf_rn(weight - 1.0f, b - a, b);
}

struct SgdRule {
  float decay, momentum, share;
  bool looks_ahead;

  explicit SgdRule(const SgdOptions& options)
      : decay(static_cast<float>(options.weight_decay)),
        momentum(static_cast<float>(options.momentum)),
        share(static_cast<float>(1 - options.dampening)),
        looks_ahead(options.nesterov == Nesterov::yes) {}
  unsigned states() const { return momentum != 0 ? 1 : 0; }  // Bit k: it makes use of state k.
  using Choices = std::integer_sequence<unsigned, 0, 1>;     // Of states().

  __device__ StepNumbers numbers(double rate, std::int64_t t) const {
    return {static_cast<float>(-rate), 1, 1, t == 1 ? 1 : 0};
  }
  __device__ void update(const StepNumbers& step, Element& element) const {
    float g = element.gradient;
    if (decay != 0) g = __fmaf_rn(element.parameter, decay, g);
    if (momentum != 0) {
      const float m = step.is_first ? g : __fmaf_rn(g, share, element.state[0] * momentum);
      element.state[0] = m;
      g = looks_ahead ? __fmaf_rn(m, momentum, g) : m;
    }
    element.parameter = __fmaf_rn(g, step.step_size, element.parameter);
  }
};

enum class WeightDecay { of_the_gradient, of_the_parameter };

struct AdamRule {
  AdamOptions options;
  WeightDecay kind;
  float decay, share1, share2, beta2, epsilon;

  AdamRule(const AdamOptions& given, WeightDecay decays)
      : options(given),
        kind(decays),
        decay(decays == WeightDecay::of_the_gradient ? static_cast<float>(given.weight_decay) : 0.0f),
        share1(static_cast<float>(1 - given.beta1)),
        share2(static_cast<float>(1 - given.beta2)),
        beta2(static_cast<float>(given.beta2)),
        epsilon(static_cast<float>(given.epsilon)) {}
  unsigned states() const { return 3; }
  using Choices = std::integer_sequence<unsigned, 3>;

  __device__ StepNumbers numbers(double rate, std::int64_t t) const {
    const auto steps = static_cast<double>(t);
    const double kept = kind == WeightDecay::of_the_parameter ? 1 - rate * options.weight_decay : 1;
    return {static_cast<float>(-rate / (1 - pow(options.beta1, steps))),
            static_cast<float>(sqrt(1 - pow(options.beta2, steps))), static_cast<float>(kept), t == 1 ? 1 : 0};
  }
  __device__ void update(const StepNumbers& step, Element& element) const {
    float g = element.gradient;
    if (decay != 0) g = __fmaf_rn(element.parameter, decay, g);
    const float m = interpolate(element.state[0], g, share1);
    const float v = __fmaf_rn(share2 * g, g, element.state[1] * beta2);
    element.state[0] = m;
    element.state[1] = v;
    element.parameter = element.parameter * step.kept + step.step_size * m / (sqrtf(v) / step.root + epsilon);
  }
};

struct RmspropRule {
  float decay, alpha, share, momentum, epsilon;
  bool is_centered;

  explicit RmspropRule(const RmspropOptions& options)
      : decay(static_cast<float>(options.weight_decay)),
        alpha(static_cast<float>(options.alpha)),
        share(static_cast<float>(1 - options.alpha)),
        momentum(static_cast<float>(options.momentum)),
        epsilon(static_cast<float>(options.epsilon)),
        is_centered(options.centered == Centered::yes) {}
  unsigned states() const { return 1u | (momentum > 0 ? 2u : 0u) | (is_centered ? 4u : 0u); }
  using Choices = std::integer_sequence<unsigned, 1, 3, 5, 7>;

  __device__ StepNumbers numbers(double rate, std::int64_t t) const {
    return {static_cast<float>(-rate), 1, 1, t == 1 ? 1 : 0};
  }
  __device__ void update(const StepNumbers& step, Element& element) const {
    float g = element.gradient;
    if (decay != 0) g = __fmaf_rn(element.parameter, decay, g);
    float variance = __fmaf_rn(share * g, g, element.state[0] * alpha);
    element.state[0] = variance;
    if (is_centered) {
      const float a = interpolate(element.state[2], g, share);
      element.state[2] = a;
      variance = __fmaf_rn(-a, a, variance);
    }
    const float deviation = sqrtf(variance) + epsilon;
    if (momentum > 0) {
      const float m = element.state[1] * momentum + g / deviation;
      element.state[1] = m;
      element.parameter = __fmaf_rn(m, step.step_size, element.parameter);
    } else {
      element.parameter = element.parameter + step.step_size * g / deviation;
    }
  }
};

// A thread per parameter.
template <class Rule>
__global__ void count_step(const TensorTable<Entry> __grid_constant__ table, Rule rule, const double* rate,
                           StepNumbers* numbers) {
  const int index = static_cast<int>(blockIdx.x * many_tensors_threads + threadIdx.x);
  if (index >= table.count) return;
  const std::int64_t t = *table.entries[index].step + 1;
  *table.entries[index].step = t;
  numbers[index] = rule.numbers(*rate, t);
}

// states: a bit for each state in use, known to the compiler so that these are plain accesses.
template <unsigned states, class Rule>
__global__ void update(const TensorTable<Entry> __grid_constant__ table, Rule rule, const StepNumbers* numbers) {
  const int index = entry_of_block(table);
  const Entry& entry = table.entries[index];
  const StepNumbers step = numbers[index];
  const Stretch stretch = stretch_of_block(table, index, one_access_each);
  const bool vectors = on_vectors(entry.parameter, entry.gradient, entry.state[0], entry.state[1], entry.state[2]);
  for_each_access(vectors, stretch.begin, stretch.end, [&](auto width, std::int64_t at) {
    float parameter[width()], gradient[width()], first[width()] = {}, second[width()] = {}, third[width()] = {};
    load_access(entry.parameter + at, parameter);
    load_access(entry.gradient + at, gradient);
    if constexpr ((states & 1) != 0) load_access(entry.state[0] + at, first);
    if constexpr ((states & 2) != 0) load_access(entry.state[1] + at, second);
    if constexpr ((states & 4) != 0) load_access(entry.state[2] + at, third);
#pragma unroll
    for (int i = 0; i < width(); ++i) {
      Element element{parameter[i], gradient[i], {first[i], second[i], third[i]}};
      rule.update(step, element);
      parameter[i] = element.parameter;
      first[i] = element.state[0];
      second[i] = element.state[1];
      third[i] = element.state[2];
    }
    store_access(entry.parameter + at, parameter);
    if constexpr ((states & 1) != 0) store_access(entry.state[0] + at, first);
    if constexpr ((states & 2) != 0) store_access(entry.state[1] + at, second);
    if constexpr ((states & 4) != 0) store_access(entry.state[2] + at, third);
  });
}

// The kernel for the states that the rule makes use of.
template <class Rule, unsigned... choices>
auto update_kernel(const Rule& rule, std::integer_sequence<unsigned, choices...>) {
  std::common_type_t<decltype(&update<choices, Rule>)...> kernel = nullptr;
  ((rule.states() == choices ? void(kernel = update<choices, Rule>) : void()), ...);
  return kernel;
}

template <class Rule>
void update_all(Queue& queue, const char* name, const Rule& rule, ConstView rate, ParameterUpdates updates) {
  const auto entry = [&](std::size_t i) {
    const ParameterUpdate& from = updates[i];
    Entry to{from.parameter.as<float>(), from.gradient.as<float>(), from.step.as<std::int64_t>(), {}, 0};
    to.elements = from.parameter.elements();
    for (int k = 0; k < 3; ++k)
      to.state[k] =
          (rule.states() >> k & 1) != 0 ? from.state[static_cast<std::size_t>(k)].template as<float>() : nullptr;
    return to;
  };
  for_each_table(updates.size(), one_access_each, entry, [&](const TensorTable<Entry>& table) {
    const Workspace numbers(queue, static_cast<std::size_t>(table.count) * sizeof(StepNumbers));
    launch(queue, {name, blocks_for(table.count, many_tensors_threads), many_tensors_threads}, count_step<Rule>, table,
           rule, rate.as<double>(), numbers.as<StepNumbers>());
    launch(queue, many_tensors_grid(name, table), update_kernel(rule, typename Rule::Choices{}), table, rule,
           numbers.as<StepNumbers>());
  });
}

}  // namespace

void sgd_update(Queue& queue, const SgdOptions& options, ConstView rate, ParameterUpdates updates) {
  update_all(queue, "sgd_update", SgdRule(options), rate, updates);
}

void adam_update(Queue& queue, const AdamOptions& options, ConstView rate, ParameterUpdates updates) {
  update_all(queue, "adam_update", AdamRule(options, WeightDecay::of_the_gradient), rate, updates);
}

void adamw_update(Queue& queue, const AdamOptions& options, ConstView rate, ParameterUpdates updates) {
  update_all(queue, "adamw_update", AdamRule(options, WeightDecay::of_the_parameter), rate, updates);
}

void rmsprop_update(Queue& queue, const RmspropOptions& options, ConstView rate, ParameterUpdates updates) {
  update_all(queue, "rmsprop_update", RmspropRule(options), rate, updates);
}

}  // namespace kernels::cuda
