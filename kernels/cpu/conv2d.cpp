// SPDX-License-Identifier: Apache-2.0
// Convolution by oneDNN: activations stay channels-last, weights are packed into whatever layout the primitive prefers.
#include "kernels/conv2d.h"

#include "kernels/cpu/onednn.h"
#include "kernels/reduce.h"

namespace kernels::cpu {

void conv2d_grad_bias(Queue& queue, ConstView dy, View dbias) {
  const View sums{dbias.data, dbias.dtype, {1, dbias.elements(), 1, 1}};
  reduce_sum(queue, 1.0, dy, sums);
}

}  // namespace kernels::cpu

#ifdef ISOTHERM_HAVE_ONEDNN

namespace kernels::cpu {

namespace {

using dnnl::memory;

enum class Direction { forward, grad_input, grad_weight };

struct Problem {
  Conv2dOptions options;
  Shape x, weight, y;
  DType activations;
  bool scale = false, bias = false, residual = false;

  ProblemKey key(Direction direction) const {
    ProblemKey key{static_cast<std::int64_t>(direction),
                   static_cast<std::int64_t>(activations),
                   scale,
                   bias,
                   residual,
                   static_cast<std::int64_t>(options.activation.kind),
                   static_cast<std::int64_t>(options.activation.slope * 1e9),
                   options.groups,
                   options.stride.h,
                   options.stride.w,
                   options.padding.h,
                   options.padding.w,
                   options.dilation.h,
                   options.dilation.w};
    for (const Shape* shape : {&x, &weight, &y})
      for (int axis = 0; axis < 4; ++axis) key.push_back((*shape)[axis]);
    return key;
  }

  memory::dims weight_dims() const {
    if (options.groups == 1) return {weight[0], weight[1], weight[2], weight[3]};
    return {options.groups, weight[0] / options.groups, weight[1], weight[2], weight[3]};
  }
  // O, KH, KW, I in memory.
  memory::desc plain_weight(memory::data_type type) const {
    const std::int64_t i = weight[1], kw = weight[3] * i, kh = weight[2] * kw;
    if (options.groups == 1) return {weight_dims(), type, memory::dims{kh, 1, kw, i}};
    return {weight_dims(), type, memory::dims{weight[0] / options.groups * kh, kh, 1, kw, i}};
  }
  memory::desc any_weight(memory::data_type type) const { return {weight_dims(), type, memory::format_tag::any}; }
  memory::desc per_channel() const {
    return {memory::dims{1, y.c(), 1, 1}, memory::data_type::f32, memory::format_tag::nchw};
  }
  bool plain_bias() const { return bias && !scale; }
  memory::dims strides() const { return {options.stride.h, options.stride.w}; }
  memory::dims dilation() const { return {options.dilation.h - 1, options.dilation.w - 1}; }
  memory::dims padding_before() const { return {options.padding.h, options.padding.w}; }
  // What oneDNN must add behind so that its output size is ours; negative where the stride leaves a remainder.
  memory::dims padding_behind() const {
    const auto behind = [](std::int64_t in, std::int64_t out, std::int64_t kernel, int stride, int padding,
                           int dilate) {
      return (out - 1) * stride + dilate * (kernel - 1) + 1 - in - padding;
    };
    return {behind(x.h(), y.h(), weight[2], options.stride.h, options.padding.h, options.dilation.h),
            behind(x.w(), y.w(), weight[3], options.stride.w, options.padding.w, options.dilation.w)};
  }
};

dnnl::convolution_forward::primitive_desc forward_desc(const OneDnn& onednn, const Problem& p,
                                                       const dnnl::primitive_attr& attributes) {
  const auto type = data_type(p.activations);
  const memory::desc bias =
      p.plain_bias() ? memory::desc({p.y.c()}, memory::data_type::f32, memory::format_tag::a) : memory::desc();
  const auto x = activation_desc(p.x, p.activations), y = activation_desc(p.y, p.activations);
#if DNNL_VERSION_MAJOR >= 3
  return {onednn.engine(),
          dnnl::prop_kind::forward_training,
          dnnl::algorithm::convolution_direct,
          x,
          p.any_weight(type),
          bias,
          y,
          p.strides(),
          p.dilation(),
          p.padding_before(),
          p.padding_behind(),
          attributes};
#else
  const dnnl::convolution_forward::desc description(dnnl::prop_kind::forward_training,
                                                    dnnl::algorithm::convolution_direct, x, p.any_weight(type), bias, y,
                                                    p.strides(), p.dilation(), p.padding_before(), p.padding_behind());
  return dnnl::convolution_forward::primitive_desc(description, attributes, onednn.engine());
#endif
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

Primitive build_forward(const OneDnn& onednn, const Problem& p) {
  dnnl::post_ops after;
  // oneDNN adds a bias of its own before it runs what comes after; with a scale the bias has to wait.
  if (p.scale) after.append_binary(dnnl::algorithm::binary_mul, p.per_channel());
  if (p.scale && p.bias) after.append_binary(dnnl::algorithm::binary_add, p.per_channel());
  if (p.residual) after.append_binary(dnnl::algorithm::binary_add, activation_desc(p.y, p.activations));
#if DNNL_VERSION_MAJOR >= 3
  if (!p.options.activation.is_none())
    after.append_eltwise(dnnl::algorithm::eltwise_relu, static_cast<float>(p.options.activation.slope), 0.0f);
#else
  if (!p.options.activation.is_none())
    after.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, static_cast<float>(p.options.activation.slope), 0.0f);
#endif
  dnnl::primitive_attr attributes = user_scratchpad();
  attributes.set_post_ops(after);
  const auto description = forward_desc(onednn, p, attributes);
  return {dnnl::convolution_forward(description), description.src_desc(), description.weights_desc(),
          description.dst_desc(), description.scratchpad_desc()};
}

Primitive build_grad_input(const OneDnn& onednn, const Problem& p) {
  const auto hint = forward_desc(onednn, p, user_scratchpad());
  const auto type = data_type(p.activations);
  const auto dx = activation_desc(p.x, p.activations), dy = activation_desc(p.y, p.activations);
  using Backward = dnnl::convolution_backward_data;
#if DNNL_VERSION_MAJOR >= 3
  const Backward::primitive_desc description(onednn.engine(), dnnl::algorithm::convolution_direct, dx,
                                             p.any_weight(type), dy, p.strides(), p.dilation(), p.padding_before(),
                                             p.padding_behind(), hint, user_scratchpad());
#else
  const Backward::primitive_desc description(
      Backward::desc(dnnl::algorithm::convolution_direct, dx, p.any_weight(type), dy, p.strides(), p.dilation(),
                     p.padding_before(), p.padding_behind()),
      user_scratchpad(), onednn.engine(), hint);
#endif
  return {Backward(description), description.diff_src_desc(), description.weights_desc(), description.diff_dst_desc(),
          description.scratchpad_desc()};
}

Primitive build_grad_weight(const OneDnn& onednn, const Problem& p) {
  const auto hint = forward_desc(onednn, p, user_scratchpad());
  const auto x = activation_desc(p.x, p.activations), dy = activation_desc(p.y, p.activations);
  using Backward = dnnl::convolution_backward_weights;
#if DNNL_VERSION_MAJOR >= 3
  const Backward::primitive_desc description(onednn.engine(), dnnl::algorithm::convolution_direct, x,
                                             p.any_weight(memory::data_type::f32), dy, p.strides(), p.dilation(),
                                             p.padding_before(), p.padding_behind(), hint, user_scratchpad());
#else
  const Backward::primitive_desc description(
      Backward::desc(dnnl::algorithm::convolution_direct, x, p.any_weight(memory::data_type::f32), dy, p.strides(),
                     p.dilation(), p.padding_before(), p.padding_behind()),
      user_scratchpad(), onednn.engine(), hint);
#endif
  return {Backward(description), description.src_desc(), description.diff_weights_desc(), description.diff_dst_desc(),
          description.scratchpad_desc()};
}

}  // namespace

void conv2d_forward(Queue& queue, const Conv2dOptions& options, ConstView x, ConstView weight,
                    const Conv2dEpilogue& epilogue, View y) {
  OneDnn& onednn = OneDnn::of(queue);
  const auto& [scale, bias, residual] = epilogue;
  const Problem p{.options = options,
                  .x = x.shape,
                  .weight = weight.shape,
                  .y = y.shape,
                  .activations = x.dtype,
                  .scale = static_cast<bool>(scale),
                  .bias = static_cast<bool>(bias),
                  .residual = static_cast<bool>(residual)};
  const Primitive& primitive = onednn.primitive(p.key(Direction::forward), [&] { return build_forward(onednn, p); });
  std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, onednn.wrap(primitive.source, x.data)},
      {DNNL_ARG_WEIGHTS, onednn.packed(queue, weight, p.plain_weight(memory::data_type::f32), primitive.weights)},
      {DNNL_ARG_DST, onednn.wrap(primitive.destination, y.data)}};
  if (p.plain_bias())
    arguments[DNNL_ARG_BIAS] = onednn.wrap({{p.y.c()}, memory::data_type::f32, memory::format_tag::a}, bias.data);
  int after = 0;  // In the order of build_forward.
  const auto pass = [&](const memory::desc& description, const ConstView& view) {
    arguments[DNNL_ARG_ATTR_MULTIPLE_POST_OP(after++) | DNNL_ARG_SRC_1] = onednn.wrap(description, view.data);
  };
  if (scale) pass(p.per_channel(), scale);
  if (scale && bias) pass(p.per_channel(), bias);
  if (residual) pass(activation_desc(p.y, x.dtype), residual);
  onednn.run(queue, "conv2d_forward", primitive, std::move(arguments));
}

void conv2d_grad_input(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView weight, View dx) {
  OneDnn& onednn = OneDnn::of(queue);
  const Problem p{options, dx.shape, weight.shape, dy.shape, dy.dtype};
  const Primitive& primitive =
      onednn.primitive(p.key(Direction::grad_input), [&] { return build_grad_input(onednn, p); });
  onednn.run(
      queue, "conv2d_grad_input", primitive,
      {{DNNL_ARG_DIFF_SRC, onednn.wrap(primitive.source, dx.data)},
       {DNNL_ARG_WEIGHTS, onednn.packed(queue, weight, p.plain_weight(memory::data_type::f32), primitive.weights)},
       {DNNL_ARG_DIFF_DST, onednn.wrap(primitive.destination, dy.data)}});
}

void conv2d_grad_weight(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView x, View dweight) {
  OneDnn& onednn = OneDnn::of(queue);
  const Problem p{options, x.shape, dweight.shape, dy.shape, x.dtype};
  const Primitive& primitive =
      onednn.primitive(p.key(Direction::grad_weight), [&] { return build_grad_weight(onednn, p); });
  const memory::desc plain = p.plain_weight(memory::data_type::f32);
  const bool direct = plain == primitive.weights;
  const Workspace blocked(queue, direct ? 1 : primitive.weights.get_size());
  memory gradient = onednn.wrap(primitive.weights, direct ? dweight.data : blocked.data());
  onednn.run(queue, "conv2d_grad_weight", primitive,
             {{DNNL_ARG_SRC, onednn.wrap(primitive.source, x.data)},
              {DNNL_ARG_DIFF_WEIGHTS, gradient},
              {DNNL_ARG_DIFF_DST, onednn.wrap(primitive.destination, dy.data)}});
  if (direct) return;
  memory plain_gradient = onednn.wrap(plain, dweight.data);
  onednn.reorder(queue, gradient, plain_gradient);
}

}  // namespace kernels::cpu

#endif
