// SPDX-License-Identifier: Apache-2.0
// The gradients of batch normalisation. With the statistics of the batch: sums of dz and dz (x - mean) per channel,
// where dz is dy behind the activation, then one pass that writes dx. With constant statistics one pass does both.
#include "kernels/cuda/batch_norm.cuh"

namespace kernels::cuda {

namespace {

constexpr int most_rows_of_sums = 64, most_rows_of_values = 16;

// Where the activation cut: nowhere, where y is not positive, or where the forward pass's argument, computed again from
// x, is not.
enum class Cut { none, by_y, by_x };
// What a pass over dy and x does: sums alone; dx with the statistics of the batch, or with constant ones; the last
// with sums.
enum class Pass { sums, dx_of_batch, dx_constant, dx_constant_and_sums };

struct GradientChannels {
  const float *mean, *inverse_deviation, *weight, *shift;
  const float *of_x, *constant;  // dx = dz * scale + (x - mean) * of_x + constant.
  float slope;
};

// Blocks per multiprocessor: what the numbers of a thread leave room for. Without it ptxas once spilled for more.
template <class T, Cut cut>
constexpr int blocks_at_once = std::is_same_v<T, float> ? 4
                               : cut == Cut::by_x       ? 2
                                                        : 3;

template <class T, Cut cut, Pass pass>
__global__ void __launch_bounds__(channel_threads, blocks_at_once<T, cut>)
    batch_norm_gradient(const T* __restrict__ dy, const T* __restrict__ x, const T* __restrict__ y, T* __restrict__ dx,
                        T* __restrict__ dresidual, bool aligned, ChannelRows rows, GradientChannels channels,
                        double* __restrict__ partial) {
  constexpr int width = vector_width<T>;
  constexpr bool adds = pass == Pass::sums || pass == Pass::dx_constant_and_sums, writes = pass != Pass::sums;
  constexpr bool of_batch = pass == Pass::dx_of_batch, reads_x = adds || of_batch || cut == Cut::by_x;
  // Where a pass for the sums came before, what it read last is still in the second-level cache.
  const unsigned block = of_batch ? gridDim.x - 1 - blockIdx.x : blockIdx.x;
  const ChannelShare share = channel_share<width>(rows, block);
  float mean[width] = {}, scale[width] = {}, shift[width] = {}, of_x[width] = {}, constant[width] = {};
  if (share.at < share.end) {
    if constexpr (reads_x) load_channels(channels.mean, share.channel, rows.channels, mean);
    if constexpr (writes || cut == Cut::by_x) {
      load_channels(channels.inverse_deviation, share.channel, rows.channels, scale);
      load_channels(channels.weight, share.channel, rows.channels, of_x);
#pragma unroll
      for (int i = 0; i < width; ++i) scale[i] = __fmul_rn(scale[i], of_x[i]);
    }
    if constexpr (cut == Cut::by_x) load_channels(channels.shift, share.channel, rows.channels, shift);
    if constexpr (of_batch) {
      load_channels(channels.of_x, share.channel, rows.channels, of_x);
      load_channels(channels.constant, share.channel, rows.channels, constant);
    }
  }
  float plain[width] = {}, centred[width] = {};
  // Spelled out where compilers may contract, so that the bits do not depend on how the cut is told.
  for_batches<width, 2>(rows, share, aligned, [&](auto batch, std::int64_t first) {
    using Rows = decltype(batch);
    Vector<T> gradients[Rows::count], arguments[Rows::count] = {}, results[Rows::count] = {};
    load_rows<Rows>(gradients, dy, first, share.step, rows.count);
    if constexpr (reads_x) load_rows<Rows>(arguments, x, first, share.step, rows.count);
    if constexpr (cut == Cut::by_y) load_rows<Rows>(results, y, first, share.step, rows.count);
#pragma unroll
    for (int row = 0; row < Rows::count; ++row) {
      float dz[width], from_mean[width];
#pragma unroll
      for (int i = 0; i < width; ++i) {
        const float argument = to_float(arguments[row].values[i]);
        float decides = to_float(results[row].values[i]);
        if constexpr (cut == Cut::by_x) decides = normalised(argument, mean[i], scale[i], shift[i]);
        dz[i] = to_float(gradients[row].values[i]);
        if constexpr (cut != Cut::none) dz[i] *= activation_slope(decides, channels.slope);
        from_mean[i] = argument - mean[i];
        if constexpr (adds) {
          plain[i] += dz[i];
          centred[i] = __fmaf_rn(dz[i], from_mean[i], centred[i]);
        }
      }
      if constexpr (writes) {
        const std::int64_t at = first + row * share.step;
        if (dresidual) store_row<Rows::reach>(dresidual, at, rows.count, dz);
#pragma unroll
        for (int i = 0; i < width; ++i) {
          if constexpr (of_batch)
            dz[i] = __fmaf_rn(dz[i], scale[i], __fmaf_rn(from_mean[i], of_x[i], constant[i]));
          else
            dz[i] *= scale[i];
        }
        store_row<Rows::reach>(dx, at, rows.count, dz);
      }
    }
  });
  if constexpr (adds) {
    double sums[2][width];
#pragma unroll
    for (int i = 0; i < width; ++i) {
      sums[0][i] = static_cast<double>(plain[i]);
      sums[1][i] = static_cast<double>(centred[i]);
    }
    add_columns(sums, rows, share, block, partial);
  }
}

// From the sums of a channel to its gradients and to what dx takes of them. Any pointer to write to may be empty.
struct ChannelGradients {
  const float *inverse_deviation, *weight;
  float *dweight, *dbias, *of_x, *constant;
  double pixels;

  __device__ void operator()(int c, const double (&sums)[2]) const {
    const double inverse = static_cast<double>(inverse_deviation[c]);
    if (dweight) dweight[c] = static_cast<float>(sums[1] * inverse);
    if (dbias) dbias[c] = static_cast<float>(sums[0]);
    if (!of_x) return;
    const double scale = inverse * static_cast<double>(weight[c]);
    of_x[c] = static_cast<float>(-scale * inverse * inverse * sums[1] / pixels);
    constant[c] = static_cast<float>(-scale * sums[0] / pixels);
  }
};

template <class T, Cut cut>
void gradients(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
               const BatchNormParameters& parameters, const BatchNormGradients& out, Statistics statistics) {
  const std::int64_t count = dy.elements(), channels = dy.shape.c();
  const bool of_batch = statistics == Statistics::of_batch, wants_sums = of_batch || out.dweight || out.dbias;
  const bool aligned = all_aligned(dy.as<T>(), saved.x.as<T>(), saved.y.as<T>(), out.dx.as<T>(), out.dresidual.as<T>());
  const Workspace vectors(queue, static_cast<std::size_t>(2 * channels) * sizeof(float));
  float *of_x = of_batch ? vectors.as<float>() : nullptr, *constant = of_batch ? of_x + channels : nullptr;
  const GradientChannels vectors_of{saved.mean.as<float>(),
                                    saved.inverse_deviation.as<float>(),
                                    parameters.weight.as<float>(),
                                    saved.shift.as<float>(),
                                    of_x,
                                    constant,
                                    static_cast<float>(options.activation.slope)};
  const auto pass = [&](const char* name, const auto& kernel, int most_rows, double* partial) {
    const ChannelRows rows = channel_rows<T>(channels, count, most_rows);
    launch(queue, {name, rows.blocks(), channel_threads}, kernel, dy.as<T>(), saved.x.as<T>(), saved.y.as<T>(),
           out.dx.as<T>(), out.dresidual.as<T>(), aligned, rows, vectors_of, partial);
  };
  if (!wants_sums) {
    pass("batch_norm_grad, constant", batch_norm_gradient<T, cut, Pass::dx_constant>, most_rows_of_values, nullptr);
    return;
  }
  const ChannelRows rows = channel_rows<T>(channels, count, most_rows_of_sums);
  const Workspace partial(queue, partial_bytes(rows, 2));
  if (of_batch || !out.dx)
    pass("batch_norm_grad, sums", batch_norm_gradient<T, cut, Pass::sums>, most_rows_of_sums, partial.as<double>());
  else
    pass("batch_norm_grad, constant with sums", batch_norm_gradient<T, cut, Pass::dx_constant_and_sums>,
         most_rows_of_sums, partial.as<double>());
  const ChannelGradients finish{vectors_of.inverse_deviation,
                                vectors_of.weight,
                                out.dweight.as<float>(),
                                out.dbias.as<float>(),
                                of_x,
                                constant,
                                static_cast<double>(dy.shape.pixels())};
  launch_join<2>(queue, "batch_norm_grad, channels", partial.as<double>(), rows, rows.channels, finish);
  if (!of_batch || !out.dx) return;
  pass("batch_norm_grad, dx", batch_norm_gradient<T, cut, Pass::dx_of_batch>, most_rows_of_values, nullptr);
}

void gradients(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
               const BatchNormParameters& parameters, const BatchNormGradients& out, Statistics statistics) {
  visit_dtype<float, bf16>(dy.dtype, "batch_norm_grad", [&]<class T>() {
    if (options.activation.is_none())
      gradients<T, Cut::none>(queue, options, dy, saved, parameters, out, statistics);
    else if (saved.y)
      gradients<T, Cut::by_y>(queue, options, dy, saved, parameters, out, statistics);
    else
      gradients<T, Cut::by_x>(queue, options, dy, saved, parameters, out, statistics);
  });
}

}  // namespace

void batch_norm_train_grad(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                           const BatchNormParameters& parameters, const BatchNormGradients& out) {
  gradients(queue, options, dy, saved, parameters, out, Statistics::of_batch);
}

void batch_norm_frozen_grad(Queue& queue, const BatchNormOptions& options, ConstView dy, const BatchNormSaved& saved,
                            const BatchNormParameters& parameters, const BatchNormGradients& out) {
  gradients(queue, options, dy, saved, parameters, out, Statistics::constant);
}

}  // namespace kernels::cuda
