// SPDX-License-Identifier: Apache-2.0
// Batch normalisation. Training reads x twice and writes y once: moments of the batch, joined per channel, then one
// pass that normalises, adds and activates. With constant statistics that pass is all there is.
#include "kernels/cuda/batch_norm.cuh"

namespace kernels::cuda {

namespace {

constexpr int most_rows_of_moments = 64, most_rows_of_values = 16;

// Sums of x - origin and (x - origin)^2 per column, the origin being the first pixel of the tensor. Each thread takes
// its few rows in f32 about a centre of its own, the first of them, so that nothing cancels; what it hands on is moved
// to the common origin in f64 (Chan, Golub and LeVeque 1983). The origin is one of the N numbers, so it lies at most
// sqrt(N) deviations from their mean, and f64 has digits to spare for that.
template <class T>
__global__ void __launch_bounds__(channel_threads)
    batch_moments(const T* __restrict__ x, ChannelRows rows, bool aligned, double* __restrict__ partial) {
  constexpr int width = vector_width<T>;
  const ChannelShare share = channel_share<width>(rows, blockIdx.x);
  float centre[width] = {}, sum[width] = {}, square[width] = {};
  int taken = 0, beyond = width;  // Rows; and which elements of the last one lie beyond the end.
  if (share.at < share.end) {
    const Vector<T> first = aligned && share.at + width <= rows.count ? load_row<Reach::whole>(x, share.at, rows.count)
                                                                      : load_row<Reach::edge>(x, share.at, rows.count);
#pragma unroll
    for (int i = 0; i < width; ++i) centre[i] = to_float(first.values[i]);
  }
  for_batches<width, 4>(rows, share, aligned, [&](auto batch, std::int64_t at) {
    using Rows = decltype(batch);
    Vector<T> loaded[Rows::count];
    load_rows<Rows>(loaded, x, at, share.step, rows.count);
    if (Rows::reach == Reach::edge && at + width > rows.count) beyond = static_cast<int>(rows.count - at);
#pragma unroll
    for (int row = 0; row < Rows::count; ++row)
#pragma unroll
      for (int i = 0; i < width; ++i) {
        if (Rows::reach == Reach::edge && i >= beyond) continue;
        const float difference = to_float(loaded[row].values[i]) - centre[i];
        sum[i] += difference;
        square[i] = __fmaf_rn(difference, difference, square[i]);
      }
    taken += Rows::count;
  });
  double sums[2][width];
  float origin[width];
#pragma unroll
  for (int i = 0; i < width; ++i) origin[i] = load(x, (share.channel + i) % rows.channels);
#pragma unroll
  for (int i = 0; i < width; ++i) {
    const double pixels = i < beyond ? taken : taken - 1;
    const double distance = static_cast<double>(centre[i]) - static_cast<double>(origin[i]);
    const double plain = static_cast<double>(sum[i]);
    sums[0][i] = taken == 0 ? 0.0 : plain + pixels * distance;
    sums[1][i] = taken == 0 ? 0.0 : static_cast<double>(square[i]) + distance * (2.0 * plain + pixels * distance);
  }
  add_columns(sums, rows, share, blockIdx.x, partial);
}

// From the sums of a channel to its statistics.
template <class T>
struct BatchStatistics {
  const T* x;
  const float *weight, *bias, *omitted_bias;
  float *running_mean, *running_variance, *mean, *inverse_deviation, *shift;
  double pixels, momentum, epsilon;

  __device__ void operator()(int c, const double (&sums)[2]) const {
    const double from_origin = sums[0] / pixels;
    const double batch_mean = static_cast<double>(load(x, c)) + from_origin;
    const double difference = sums[1] - sums[0] * from_origin;
    const double squares = difference < 0.0 ? 0.0 : difference;
    const auto rounded_mean = static_cast<float>(batch_mean);
    const auto inverse = static_cast<float>(1.0 / sqrt(squares / pixels + epsilon));
    mean[c] = rounded_mean;
    inverse_deviation[c] = inverse;
    // `mean` is rounded to f32; what that leaves out joins the shift.
    const double rest = batch_mean - static_cast<double>(rounded_mean);
    shift[c] =
        static_cast<float>(static_cast<double>(bias[c]) - rest * static_cast<double>(__fmul_rn(inverse, weight[c])));
    const double shifted = batch_mean + (omitted_bias ? static_cast<double>(omitted_bias[c]) : 0.0);
    running_mean[c] = static_cast<float>((1.0 - momentum) * static_cast<double>(running_mean[c]) + momentum * shifted);
    running_variance[c] = static_cast<float>((1.0 - momentum) * static_cast<double>(running_variance[c]) +
                                             momentum * squares / (pixels - 1.0));
  }
};

struct ForwardChannels {
  const float *mean, *weight, *shift;
  const float* spread;  // Of the batch: inverse deviation; constant: the variance.
  float epsilon;
  float* inverse_deviation;  // Written where the statistics are constant.
};

// y = act((x - mean) * scale + shift + residual).
template <class T, Statistics statistics>
__global__ void __launch_bounds__(channel_threads)
    normalise(const T* __restrict__ x, const T* __restrict__ residual, T* __restrict__ y, ChannelRows rows,
              bool aligned, ForwardChannels channels, float slope) {
  constexpr int width = vector_width<T>;
  // Last blocks first: what the moments read last is still in the second-level cache.
  const unsigned block = gridDim.x - 1 - blockIdx.x;
  const ChannelShare share = channel_share<width>(rows, block);
  if (share.at >= share.end) return;
  float mean[width], scale[width], shift[width], weight[width];
  load_channels(channels.mean, share.channel, rows.channels, mean);
  load_channels(channels.spread, share.channel, rows.channels, scale);
  load_channels(channels.weight, share.channel, rows.channels, weight);
  load_channels(channels.shift, share.channel, rows.channels, shift);
  if constexpr (statistics == Statistics::constant) {
#pragma unroll
    for (int i = 0; i < width; ++i) scale[i] = inverse_deviation_of(scale[i], channels.epsilon);
    if (share.at < rows.channels) {  // The first pixel's thread.
#pragma unroll
      for (int i = 0; i < width; ++i)
        if (share.at + i < rows.channels) channels.inverse_deviation[share.at + i] = scale[i];
    }
  }
#pragma unroll
  for (int i = 0; i < width; ++i) scale[i] = __fmul_rn(scale[i], weight[i]);
  for_batches<width, 2>(rows, share, aligned, [&](auto batch, std::int64_t first) {
    using Rows = decltype(batch);
    Vector<T> loaded[Rows::count], added[Rows::count] = {};
    load_rows<Rows>(loaded, x, first, share.step, rows.count);
    if (residual) load_rows<Rows>(added, residual, first, share.step, rows.count);
#pragma unroll
    for (int row = 0; row < Rows::count; ++row) {
      float values[width];
#pragma unroll
      for (int i = 0; i < width; ++i) {
        float z = normalised(to_float(loaded[row].values[i]), mean[i], scale[i], shift[i]);
        if (residual) z = __fadd_rn(z, to_float(added[row].values[i]));
        values[i] = activate(z, slope);
      }
      store_row<Rows::reach>(y, first + row * share.step, rows.count, values);
    }
  });
}

template <class T, Statistics statistics>
void launch_normalise(Queue& queue, const BatchNormOptions& options, ConstView x, ConstView residual, View y,
                      const ForwardChannels& channels) {
  const ChannelRows rows = channel_rows<T>(x.shape.c(), x.elements(), most_rows_of_values);
  launch(queue, {"batch_norm, normalise", rows.blocks(), channel_threads}, normalise<T, statistics>, x.as<T>(),
         residual.as<T>(), y.as<T>(), rows, all_aligned(x.as<T>(), residual.as<T>(), y.as<T>()), channels,
         static_cast<float>(options.activation.slope));
}

}  // namespace

void batch_norm_train_forward(Queue& queue, const BatchNormOptions& options, ConstView x,
                              const BatchNormParameters& parameters, ConstView residual,
                              const BatchNormStatistics& statistics, View y) {
  const auto *weight = parameters.weight.as<float>(), *bias = parameters.bias.as<float>();
  auto *mean = statistics.mean.as<float>(), *inverse = statistics.inverse_deviation.as<float>();
  auto* shift = statistics.shift.as<float>();
  visit_dtype<float, bf16>(x.dtype, "batch_norm_train_forward", [&]<class T>() {
    const ChannelRows rows = channel_rows<T>(x.shape.c(), x.elements(), most_rows_of_moments);
    const Workspace partial(queue, partial_bytes(rows, 2));
    launch(queue, {"batch_norm, moments", rows.blocks(), channel_threads}, batch_moments<T>, x.as<T>(), rows,
           all_aligned(x.as<T>()), partial.as<double>());
    const BatchStatistics<T> finish{x.as<T>(),
                                    weight,
                                    bias,
                                    statistics.omitted_bias.as<float>(),
                                    statistics.running_mean.as<float>(),
                                    statistics.running_variance.as<float>(),
                                    mean,
                                    inverse,
                                    shift,
                                    static_cast<double>(x.shape.pixels()),
                                    options.momentum,
                                    options.epsilon};
    launch_join<2>(queue, "batch_norm, statistics", partial.as<double>(), rows, rows.channels, finish);
    launch_normalise<T, Statistics::of_batch>(queue, options, x, residual, y,
                                              {mean, weight, shift, inverse, 0.0f, nullptr});
  });
}

void batch_norm_frozen_forward(Queue& queue, const BatchNormOptions& options, ConstView x,
                               const BatchNormParameters& parameters, ConstView running_mean,
                               ConstView running_variance, ConstView residual, View inverse_deviation, View y) {
  const ForwardChannels channels{
      running_mean.as<float>(),     parameters.weight.as<float>(),       parameters.bias.as<float>(),
      running_variance.as<float>(), static_cast<float>(options.epsilon), inverse_deviation.as<float>()};
  visit_dtype<float, bf16>(x.dtype, "batch_norm_frozen_forward", [&]<class T>() {
    launch_normalise<T, Statistics::constant>(queue, options, x, residual, y, channels);
  });
}

}  // namespace kernels::cuda
