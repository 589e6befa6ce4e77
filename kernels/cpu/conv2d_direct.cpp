// SPDX-License-Identifier: Apache-2.0
// Convolution in plain parallel loops, for builds without oneDNN: correct, and slow beside it. Sums run over vectors of
// channels, which are contiguous, and accumulate in f32.
#ifndef ISOTHERM_HAVE_ONEDNN

#include <algorithm>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

namespace {

// The input row or column that output `at` meets at tap `tap`, or -1 outside the image.
std::int64_t input_at(std::int64_t at, std::int64_t tap, int stride, int padding, int dilation, std::int64_t extent) {
  const std::int64_t in = at * stride - padding + tap * dilation;
  return in >= 0 && in < extent ? in : -1;
}

// The output that meets input `at` at tap `tap`, or -1.
std::int64_t output_at(std::int64_t at, std::int64_t tap, int stride, int padding, int dilation, std::int64_t extent) {
  const std::int64_t shifted = at + padding - tap * dilation;
  if (shifted < 0 || shifted % stride != 0) return -1;
  return shifted / stride < extent ? shifted / stride : -1;
}

template <class T>
void forward(Queue& queue, const Conv2dOptions& o, ConstView x, ConstView weight, const Conv2dEpilogue& epilogue,
             View y) {
  const Shape &in = x.shape, &k = weight.shape, &out = y.shape;
  const std::int64_t per_group_in = k[1], per_group_out = k[0] / o.groups;
  const auto* from = x.as<T>();
  const auto *w = weight.as<float>(), *scale = epilogue.scale.as<float>(), *bias = epilogue.bias.as<float>();
  const auto* residual = epilogue.residual.as<T>();
  auto* to = y.as<T>();
  // Transposed so that the outputs of one tap and input channel are contiguous: [kh, kw, i, o].
  std::vector<float> by_tap(static_cast<std::size_t>(k.elements()));
  for (std::int64_t row = 0; row < k[0]; ++row)
    for (std::int64_t i = 0; i < k.elements() / k[0]; ++i)
      by_tap[static_cast<std::size_t>(i * k[0] + row)] = w[row * (k.elements() / k[0]) + i];
  const auto slope = static_cast<float>(o.activation.slope);
  parallel_for(queue, out.n() * out.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sum(static_cast<std::size_t>(out.c()));
    for (std::int64_t line = begin; line < end; ++line)
      for (std::int64_t q = 0; q < out.w(); ++q) {
        const std::int64_t n = line / out.h(), p = line % out.h(), at = out.offset(n, 0, p, q);
        std::fill(sum.begin(), sum.end(), 0.0f);
        for (std::int64_t kr = 0; kr < k[2]; ++kr)
          for (std::int64_t ks = 0; ks < k[3]; ++ks) {
            const std::int64_t row = input_at(p, kr, o.stride.h, o.padding.h, o.dilation.h, in.h());
            const std::int64_t column = input_at(q, ks, o.stride.w, o.padding.w, o.dilation.w, in.w());
            if (row < 0 || column < 0) continue;
            for (int g = 0; g < o.groups; ++g)
              for (std::int64_t i = 0; i < per_group_in; ++i) {
                const auto value = static_cast<float>(from[in.offset(n, g * per_group_in + i, row, column)]);
                const float* taps = &by_tap[static_cast<std::size_t>(((kr * k[3] + ks) * per_group_in + i) * k[0])];
                for (std::int64_t c = g * per_group_out; c < (g + 1) * per_group_out; ++c)
                  sum[static_cast<std::size_t>(c)] += value * taps[c];
              }
          }
        for (std::int64_t c = 0; c < out.c(); ++c) {
          float value = sum[static_cast<std::size_t>(c)];
          if (scale) value *= scale[c];
          if (bias) value += bias[c];
          if (residual) value += static_cast<float>(residual[at + c]);
          to[at + c] = T(activate(value, slope));
        }
      }
  });
}

template <class T>
void grad_input(Queue& queue, const Conv2dOptions& o, ConstView dy, ConstView weight, View dx) {
  const Shape &in = dx.shape, &k = weight.shape, &out = dy.shape;
  const std::int64_t per_group_in = k[1], per_group_out = k[0] / o.groups;
  const auto* from = dy.as<T>();
  const auto* w = weight.as<float>();
  auto* to = dx.as<T>();
  parallel_for(queue, in.n() * in.h(), 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sum(static_cast<std::size_t>(in.c()));
    for (std::int64_t line = begin; line < end; ++line)
      for (std::int64_t column = 0; column < in.w(); ++column) {
        const std::int64_t n = line / in.h(), row = line % in.h();
        std::fill(sum.begin(), sum.end(), 0.0f);
        for (std::int64_t kr = 0; kr < k[2]; ++kr)
          for (std::int64_t ks = 0; ks < k[3]; ++ks) {
            const std::int64_t p = output_at(row, kr, o.stride.h, o.padding.h, o.dilation.h, out.h());
            const std::int64_t q = output_at(column, ks, o.stride.w, o.padding.w, o.dilation.w, out.w());
            if (p < 0 || q < 0) continue;
            for (std::int64_t c = 0; c < out.c(); ++c) {
              const auto value = static_cast<float>(from[out.offset(n, c, p, q)]);
              const float* taps = w + k.offset(c, 0, kr, ks);
              float* group = &sum[static_cast<std::size_t>(c / per_group_out * per_group_in)];
              for (std::int64_t i = 0; i < per_group_in; ++i) group[i] += value * taps[i];
            }
          }
        for (std::int64_t c = 0; c < in.c(); ++c)
          to[in.offset(n, c, row, column)] = T(sum[static_cast<std::size_t>(c)]);
      }
  });
}

template <class T>
void grad_weight(Queue& queue, const Conv2dOptions& o, ConstView dy, ConstView x, View dweight) {
  const Shape &in = x.shape, &k = dweight.shape, &out = dy.shape;
  const std::int64_t per_group_in = k[1], per_group_out = k[0] / o.groups;
  const auto *from = dy.as<T>(), *source = x.as<T>();
  auto* to = dweight.as<float>();
  parallel_for(queue, k[0], 1, [&](std::int64_t begin, std::int64_t end) {
    std::fill(to + begin * k.elements() / k[0], to + end * k.elements() / k[0], 0.0f);
    for (std::int64_t c = begin; c < end; ++c)
      for (std::int64_t n = 0; n < out.n(); ++n)
        for (std::int64_t p = 0; p < out.h(); ++p)
          for (std::int64_t q = 0; q < out.w(); ++q) {
            const auto value = static_cast<float>(from[out.offset(n, c, p, q)]);
            for (std::int64_t kr = 0; kr < k[2]; ++kr)
              for (std::int64_t ks = 0; ks < k[3]; ++ks) {
                const std::int64_t row = input_at(p, kr, o.stride.h, o.padding.h, o.dilation.h, in.h());
                const std::int64_t column = input_at(q, ks, o.stride.w, o.padding.w, o.dilation.w, in.w());
                if (row < 0 || column < 0) continue;
                const T* pixel = source + in.offset(n, c / per_group_out * per_group_in, row, column);
                float* taps = to + k.offset(c, 0, kr, ks);
                for (std::int64_t i = 0; i < per_group_in; ++i) taps[i] += value * static_cast<float>(pixel[i]);
              }
          }
  });
}

}  // namespace

void conv2d_forward(Queue& queue, const Conv2dOptions& options, ConstView x, ConstView weight,
                    const Conv2dEpilogue& epilogue, View y) {
  visit_dtype<float, bf16>(x.dtype, "conv2d_forward",
                           [&]<class T>() { forward<T>(queue, options, x, weight, epilogue, y); });
}

void conv2d_grad_input(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView weight, View dx) {
  visit_dtype<float, bf16>(dy.dtype, "conv2d_grad_input",
                           [&]<class T>() { grad_input<T>(queue, options, dy, weight, dx); });
}

void conv2d_grad_weight(Queue& queue, const Conv2dOptions& options, ConstView dy, ConstView x, View dweight) {
  visit_dtype<float, bf16>(dy.dtype, "conv2d_grad_weight",
                           [&]<class T>() { grad_weight<T>(queue, options, dy, x, dweight); });
}

}  // namespace kernels::cpu

#endif
