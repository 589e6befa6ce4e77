// SPDX-License-Identifier: Apache-2.0
// PReLU: one pass in each direction; the sums for the weight's gradient go the way of channel_rows.cuh.
#include "kernels/activation.h"
#include "kernels/cuda/channel_rows.cuh"
#include "kernels/prelu.h"

namespace kernels::cuda {

namespace {

constexpr int most_rows_of_values = 16, most_rows_of_sums = 64;

// `period`: of the weight along the channels, 1 or all of them.
template <class T>
__global__ void __launch_bounds__(channel_threads) prelu_rows(const T* __restrict__ x, const float* weight, int period,
                                                              T* __restrict__ y, ChannelRows rows, bool aligned) {
  constexpr int width = vector_width<T>;
  const ChannelShare share = channel_share<width>(rows, blockIdx.x);
  float slope[width];
  load_channels(weight, share.channel % period, period, slope);
  for_batches<width, 4>(rows, share, aligned, [&](auto batch, std::int64_t first) {
    using Rows = decltype(batch);
    Vector<T> loaded[Rows::count];
    load_rows<Rows>(loaded, x, first, share.step, rows.count);
#pragma unroll
    for (int row = 0; row < Rows::count; ++row) {
      float values[width];
#pragma unroll
      for (int i = 0; i < width; ++i) {
        const float value = to_float(loaded[row].values[i]);
        values[i] = value * activation_slope(value, slope[i]);
      }
      store_row<Rows::reach>(y, first + row * share.step, rows.count, values);
    }
  });
}

// dx or partial may be null, not both.
template <class T>
__global__ void __launch_bounds__(channel_threads)
    prelu_gradient_rows(const T* __restrict__ dy, const T* __restrict__ x, const float* weight, int period,
                        T* __restrict__ dx, ChannelRows rows, bool aligned, double* __restrict__ partial) {
  constexpr int width = vector_width<T>;
  const ChannelShare share = channel_share<width>(rows, blockIdx.x);
  float slope[width], sum[width] = {};
  load_channels(weight, share.channel % period, period, slope);
  for_batches<width, 2>(rows, share, aligned, [&](auto batch, std::int64_t first) {
    using Rows = decltype(batch);
    Vector<T> gradients[Rows::count], arguments[Rows::count];
    load_rows<Rows>(gradients, dy, first, share.step, rows.count);
    load_rows<Rows>(arguments, x, first, share.step, rows.count);
#pragma unroll
    for (int row = 0; row < Rows::count; ++row) {
      float values[width];
#pragma unroll
      for (int i = 0; i < width; ++i) {
        const float gradient = to_float(gradients[row].values[i]), argument = to_float(arguments[row].values[i]);
        sum[i] = __fmaf_rn(gradient, argument > 0.0f ? 0.0f : argument, sum[i]);
        values[i] = gradient * activation_slope(argument, slope[i]);
      }
      if (dx) store_row<Rows::reach>(dx, first + row * share.step, rows.count, values);
    }
  });
  if (!partial) return;
  double sums[1][width];
#pragma unroll
  for (int i = 0; i < width; ++i) sums[0][i] = static_cast<double>(sum[i]);
  add_columns(sums, rows, share, blockIdx.x, partial);
}

struct StoreSlopeGradient {
  float* dweight;
  __device__ void operator()(int c, const double (&sums)[1]) const { dweight[c] = static_cast<float>(sums[0]); }
};

}  // namespace

void prelu_forward(Queue& queue, ConstView x, ConstView weight, View y) {
  visit_dtype<float, bf16>(x.dtype, "prelu_forward", [&]<class T>() {
    const ChannelRows rows = channel_rows<T>(x.shape.c(), x.elements(), most_rows_of_values);
    launch(queue, {"prelu_forward", rows.blocks(), channel_threads}, prelu_rows<T>, x.as<T>(), weight.as<float>(),
           static_cast<int>(weight.elements()), y.as<T>(), rows, all_aligned(x.as<T>(), y.as<T>()));
  });
}

void prelu_grad(Queue& queue, ConstView dy, ConstView x, ConstView weight, View dx, View dweight) {
  const auto period = static_cast<int>(weight.elements());
  visit_dtype<float, bf16>(x.dtype, "prelu_grad", [&]<class T>() {
    const ChannelRows rows =
        channel_rows<T>(x.shape.c(), x.elements(), dweight ? most_rows_of_sums : most_rows_of_values);
    const Workspace partial(queue, dweight ? partial_bytes(rows, 1) : 0);
    launch(queue, {"prelu_grad", rows.blocks(), channel_threads}, prelu_gradient_rows<T>, dy.as<T>(), x.as<T>(),
           weight.as<float>(), period, dx.as<T>(), rows, all_aligned(dy.as<T>(), x.as<T>(), dx.as<T>()),
           dweight ? partial.as<double>() : nullptr);
    if (dweight)
      launch_join<1>(queue, "prelu_grad, dweight", partial.as<double>(), rows, period,
                     StoreSlopeGradient{dweight.as<float>()});
  });
}

}  // namespace kernels::cuda
