// SPDX-License-Identifier: Apache-2.0
#include "engine/ops/batch_norm.h"

#include "engine/ops/common.h"

namespace engine {

namespace {

void check(const Tensor& x, const BatchNormTensors& t, const Tensor& residual) {
  require_rank("batch_norm", "x", x, 4);
  require_same_queue("batch_norm", {x, t.weight, residual});
  require_same_dtype("batch_norm", {x, residual});
  const Shape channels{x.shape().c()};
  require_shape("batch_norm", "weight", t.weight, channels);
  require_shape("batch_norm", "bias", t.bias, channels);
  require_shape("batch_norm", "running_mean", t.running_mean, channels);
  require_shape("batch_norm", "running_variance", t.running_variance, channels);
  require_master_dtype("batch_norm", "weight", t.weight);
  if (residual) require_shape("batch_norm", "residual", residual, x.shape());
}

// Vectors that the forward pass leaves for the gradients.
struct Kept {
  Tensor mean, inverse_deviation, shift;
};

// Inputs are recorded as x, residual, weight, bias[, omitted_bias]. y is kept only where a residual went into it.
GradientRule gradient_rule(const auto& row, const Tensor& x, const Tensor& y, const BatchNormTensors& t,
                           const Kept& kept, const Tensor& residual, const Tensor& omitted_bias,
                           const BatchNormOptions& options) {
  const char* op = "batch_norm";
  const bool keeps_y = residual && !options.activation.is_none();
  return [=, &row, saved_x = Saved(op, x), saved_y = keeps_y ? Saved(op, y) : Saved(), weight = Saved(op, t.weight),
          bias = Saved(op, t.bias), mean = Saved(op, kept.mean), inverse = Saved(op, kept.inverse_deviation),
          shift = Saved(op, kept.shift), omitted = omitted_bias ? omitted_bias.shape() : Shape{},
          has_omitted = static_cast<bool>(omitted_bias)](const Tensor& dy, Needs needs) -> Gradients {
    Gradients gradients(has_omitted ? 5 : 4);
    const Tensor dx = empty(dy.shape(), dy);
    const Tensor none;
    // Without an activation the residual's gradient is dy itself.
    const bool separate = needs[1] && !options.activation.is_none();
    const Tensor dresidual = separate ? empty(dy.shape(), dy) : none;
    const Tensor dweight = needs[2] ? empty(weight.get().shape(), weight) : none;
    const Tensor dbias = needs[3] ? empty(weight.get().shape(), weight) : none;
    row(dy.queue(), options, dy.view(), kernels::BatchNormSaved{saved_x, saved_y, mean, inverse, shift},
        kernels::BatchNormParameters{weight, bias},
        kernels::BatchNormGradients{dx.mutable_view(), dresidual.mutable_view(), dweight.mutable_view(),
                                    dbias.mutable_view()});
    gradients[0] = dx;
    if (needs[1]) gradients[1] = separate ? dresidual : dy;
    gradients[2] = dweight;
    gradients[3] = dbias;
    if (has_omitted && needs[4]) gradients[4] = zeros(omitted, weight.get().dtype(), dy.shared_queue());
    return gradients;
  };
}

}  // namespace

Tensor batch_norm_train(const Tensor& x, const BatchNormTensors& t, const Tensor& residual, const Tensor& omitted_bias,
                        const BatchNormOptions& options) {
  check(x, t, residual);
  if (x.shape().pixels() < 2)
    throw kernels::ShapeError("batch_norm: training needs at least 2 values per channel, x is {}", x.shape());
  if (omitted_bias) require_shape("batch_norm", "omitted_bias", omitted_bias, t.weight.shape());
  const Tensor y = empty(x.shape(), x);
  const auto vector = [&] {
    return empty(t.weight.shape(), t.weight);
  };
  const Kept kept{vector(), vector(), vector()};
  kernels::batch_norm_train_forward(
      x.queue(), options, x.view(), kernels::BatchNormParameters{t.weight, t.bias}, residual.view(),
      kernels::BatchNormStatistics{t.running_mean.mutable_view(), t.running_variance.mutable_view(), omitted_bias,
                                   kept.mean.mutable_view(), kept.inverse_deviation.mutable_view(),
                                   kept.shift.mutable_view()},
      y.mutable_view());
  std::vector<Tensor> inputs{x, residual, t.weight, t.bias};
  if (omitted_bias) inputs.push_back(omitted_bias);
  return record("batch_norm", y, inputs,
                gradient_rule(kernels::batch_norm_train_grad, x, y, t, kept, residual, omitted_bias, options));
}

Tensor batch_norm_frozen(const Tensor& x, const BatchNormTensors& t, const Tensor& residual,
                         const BatchNormOptions& options) {
  check(x, t, residual);
  const Tensor y = empty(x.shape(), x), inverse_deviation = empty(t.weight.shape(), t.weight);
  kernels::batch_norm_frozen_forward(x.queue(), options, x.view(), kernels::BatchNormParameters{t.weight, t.bias},
                                     t.running_mean.view(), t.running_variance.view(), residual.view(),
                                     inverse_deviation.mutable_view(), y.mutable_view());
  return record("batch_norm", y, {x, residual, t.weight, t.bias},
                gradient_rule(kernels::batch_norm_frozen_grad, x, y, t, {t.running_mean, inverse_deviation, t.bias},
                              residual, {}, options));
}

}  // namespace engine
