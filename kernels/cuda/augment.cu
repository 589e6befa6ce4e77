// SPDX-License-Identifier: Apache-2.0
// One launch per batch: neighbouring threads take neighbouring pixels, several at once where results then make 128-bit
// accesses. Scales that depend on the image have two launches before it: how often each count occurs, and the map that
// follows. Every step rounds as on the CPU: nothing may be contracted.
#include <algorithm>

#include "kernels/augment_pixels.h"
#include "kernels/cuda/block_reduction.cuh"
#include "kernels/cuda/divisor.cuh"
#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

namespace {

constexpr int threads = 256;                // Also the number of 8-bit values.
constexpr std::int64_t busy_blocks = 2048;  // Fill any GPU; more would make more tables of colours.

// What all images of a batch have in common.
struct AugmentFrame {
  AugmentOptions options;
  AugmentSamples samples;
  const AugmentImage* images;
  LinearMap map;  // Where it does not depend on the image.
  int width;      // Of a result, and its pixels.
  std::int64_t pixels;
  Divisor by_width;
  Divisor by_twice_height, by_twice_width;  // Those of the resized image.

  AugmentFrame(const AugmentOptions& how, const AugmentInputs& in, Size2 result)
      : options(how),
        samples(in.samples),
        images(reinterpret_cast<const AugmentImage*>(in.images.as<std::uint8_t>())),
        map(map_of_range(how.low, how.high)),
        width(result.w),
        pixels(std::int64_t{result.h} * result.w),
        by_width(result.w),
        by_twice_height(std::int64_t{2} * how.size.h),
        by_twice_width(std::int64_t{2} * how.size.w) {}

  __device__ __forceinline__ MirroredCrop crop_of_block() const { return {images[blockIdx.y], samples}; }
  // nearest_index without a division.
  __device__ __forceinline__ std::int64_t nearest_place(const MirroredCrop& crop, int row, int column) const {
    return crop.place(by_twice_height.quotient((2 * row + 1) * crop.image.crop_height),
                      by_twice_width.quotient((2 * column + 1) * crop.image.crop_width));
  }
};

template <PairResampling pair>
__device__ __forceinline__ AugmentedPixel pixel_at(const AugmentFrame& frame, const MirroredCrop& crop, int row,
                                                   int column) {
  if constexpr (pair == PairResampling::nearest) return copied_pixel(crop, frame.nearest_place(crop, row, column));
  return resampled_pixel<pair>(crop, row, column);
}
template <PairResampling pair>
__device__ __forceinline__ int count_at(const AugmentFrame& frame, const MirroredCrop& crop, int row, int column) {
  if constexpr (pair == PairResampling::nearest) return copied_count(crop, frame.nearest_place(crop, row, column));
  return resampled_count<pair>(crop, row, column);
}
__device__ __forceinline__ int label_at(const AugmentFrame& frame, const MirroredCrop& crop, int row, int column) {
  if (crop.image.label < 0) return frame.options.absent_label;
  if (frame.options.label == LabelResampling::interpolated) return resampled_label(crop, row, column);
  return crop.label(frame.nearest_place(crop, row, column));
}

__device__ __forceinline__ float centred(float value, float mean, float deviation) {
  return __fdiv_rn(__fsub_rn(value, mean), deviation);
}

__device__ __forceinline__ float thermal_number(const AugmentOptions& options, float full_range, const LinearMap& map,
                                                int count) {
  float number;
  if (options.scale == ThermalScale::full_range) {
    number = __fdiv_rn(static_cast<float>(count), full_range);
  } else {
    double value = __dmul_rn(__dadd_rn(static_cast<double>(count), -map.offset), map.factor);
    if (is_clipped(options.scale)) value = value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
    number = static_cast<float>(value);
  }
  return centred(number, options.thermal_mean, options.thermal_deviation);
}

template <class T>
struct Results {
  T *rgb, *thermal;
  std::uint8_t* labels;
  bool labels_in_groups;  // They lie as the pixels do, and those of a thread can be written at once.
};

template <int Width>
struct alignas(Width) LabelGroup {
  std::uint8_t values[Width];
};

// Width neighbouring pixels of a result per thread and step: 1, or what fills a 128-bit access, where the pixels of an
// image are a multiple of it and addresses are aligned.
template <PairResampling pair, int Width, class T>
__global__ void __launch_bounds__(threads, 2) augment_images(AugmentFrame frame, const LinearMap* maps, Results<T> to) {
  SHARED(float, colours, [3][threads]);  // Of each value: two divisions per value and block, not per number.
  const AugmentOptions& options = frame.options;
  const float share = __fdiv_rn(static_cast<float>(threadIdx.x), 255.0f);
#pragma unroll
  for (int c = 0; c < 3; ++c) colours[c][threadIdx.x] = centred(share, options.mean[c], options.deviation[c]);
  __syncthreads();
  const MirroredCrop crop = frame.crop_of_block();
  const LinearMap map = maps ? maps[blockIdx.y] : frame.map;
  const std::int64_t before = blockIdx.y * frame.pixels;
  const std::int64_t labels_before = std::int64_t{blockIdx.y} * options.size.h * options.size.w;
  const std::int64_t step = std::int64_t{gridDim.x} * threads * Width;
  for (std::int64_t at = (std::int64_t{blockIdx.x} * threads + threadIdx.x) * Width; at < frame.pixels; at += step) {
    int row = frame.by_width.quotient(static_cast<int>(at)), column = static_cast<int>(at) - row * frame.width;
    float rgb[3 * Width], thermal[Width];
    LabelGroup<Width> labels;
#pragma unroll
    for (int i = 0; i < Width; ++i) {
      const bool inside = row < options.size.h && column < options.size.w;
      const int from_row = row < options.size.h ? row : options.size.h - 1;
      const int from_column = column < options.size.w ? column : options.size.w - 1;
      const AugmentedPixel pixel = pixel_at<pair>(frame, crop, from_row, from_column);
#pragma unroll
      for (int c = 0; c < 3; ++c) rgb[3 * i + c] = colours[c][pixel.colour[c]];
      thermal[i] = thermal_number(options, crop.image.full_range, map, pixel.count);
      labels.values[i] = static_cast<std::uint8_t>(label_at(frame, crop, from_row, from_column));
      if (!to.labels_in_groups && inside)
        to.labels[labels_before + std::int64_t{row} * options.size.w + column] = labels.values[i];
      if (++column == frame.width) {
        column = 0;
        ++row;
      }
    }
    const std::int64_t place = before + at;
    if constexpr (Width == 1) {
      for (int c = 0; c < 3; ++c) store(to.rgb, 3 * place + c, rgb[c]);
      store(to.thermal, place, thermal[0]);
    } else {
      store_chunk(to.rgb + 3 * place, rgb);
      store_chunk(to.thermal + place, thermal);
    }
    if (to.labels_in_groups) *reinterpret_cast<LabelGroup<Width>*>(to.labels + place) = labels;
  }
}

// histograms: thermal_counts per image. Most images have 8-bit counts, which a block adds up in shared memory.
template <PairResampling pair>
__global__ void __launch_bounds__(threads) count_occurrences(AugmentFrame frame, unsigned* histograms) {
  SHARED(unsigned, low_counts, [threads]);
  unsigned* histogram = histograms + std::int64_t{blockIdx.y} * thermal_counts;
  low_counts[threadIdx.x] = 0;
  __syncthreads();
  const MirroredCrop crop = frame.crop_of_block();
  for (std::int64_t at = std::int64_t{blockIdx.x} * threads + threadIdx.x; at < frame.pixels;
       at += std::int64_t{gridDim.x} * threads) {
    const int row = frame.by_width.quotient(static_cast<int>(at)), column = static_cast<int>(at) - row * frame.width;
    const int count = count_at<pair>(frame, crop, row, column);
    if (count < threads)
      atomicAdd(&low_counts[count], 1u);
    else
      atomicAdd(&histogram[count], 1u);
  }
  __syncthreads();
  if (low_counts[threadIdx.x] != 0) atomicAdd(&histogram[threadIdx.x], low_counts[threadIdx.x]);
}

// The counts that one thread looks at, and what it finds.
struct CountGroup {
  static constexpr int length = thermal_counts / threads;
  const unsigned* histogram;  // Of the whole image.
  int first;
  std::int64_t pixels = 0, sum = 0, squares = 0;
  int least = thermal_counts, most = -1;

  __device__ CountGroup(const unsigned* of_image, int group) : histogram(of_image), first(group * length) {
    for (int count = first; count < first + length; ++count) {
      const std::int64_t number = histogram[count];
      if (number == 0) continue;
      pixels += number;
      sum += number * count;
      squares += number * count * count;
      if (least == thermal_counts) least = count;
      most = count;
    }
  }
};

// What all groups together know. Each thread writes its own entry, then all read.
struct GroupTable {
  std::int64_t pixels[threads];
  int least[threads], most[threads];
};

// kernels::percentile, by the thread whose group holds the rank; every thread calls it.
__device__ __forceinline__ void find_percentile(const GroupTable& table, const CountGroup& own, std::int64_t pixels,
                                                const OrderStatistic& wanted, double* result) {
  const int group = static_cast<int>(threadIdx.x);
  std::int64_t below = 0;
  for (int other = 0; other < group; ++other) below += table.pixels[other];
  if (wanted.rank < below || wanted.rank >= below + own.pixels) return;
  int count = own.first;
  while (below + own.histogram[count] <= wanted.rank) below += own.histogram[count++];
  if (below + own.histogram[count] > wanted.rank + 1 || wanted.rank + 1 == pixels) {
    *result = static_cast<double>(count);
    return;
  }
  const int end = own.first + CountGroup::length;
  int next = count + 1;
  while (next < end && own.histogram[next] == 0) ++next;
  if (next == end) {
    next = thermal_counts;
    for (int other = group + 1; next == thermal_counts; ++other) next = table.least[other];
  }
  *result = __dadd_rn(static_cast<double>(count), __dmul_rn(wanted.fraction, static_cast<double>(next - count)));
}

__device__ __forceinline__ LinearMap device_map_of_range(double low, double high) {
  return high > low ? LinearMap{low, 1.0 / __dadd_rn(high, -low)} : LinearMap{low, 0.0};
}

// kernels::map_of_histogram, one block per image.
__global__ void __launch_bounds__(threads)
    map_of_counts(ThermalScale scale, OrderStatistic low, OrderStatistic high, std::int64_t pixels,
                  const unsigned* histograms, LinearMap* maps) {
  SHARED(GroupTable, tables, [1]);
  SHARED(double, percentiles, [2]);
  GroupTable& table = tables[0];
  const int group = static_cast<int>(threadIdx.x);
  const CountGroup own(histograms + std::int64_t{blockIdx.x} * thermal_counts, group);
  table.pixels[group] = own.pixels;
  table.least[group] = own.least;
  table.most[group] = own.most;
  const std::int64_t sum = block_sum<threads>(own.sum), squares = block_sum<threads>(own.squares);  // Barriers, too.
  if (scale == ThermalScale::percentile) {
    find_percentile(table, own, pixels, low, &percentiles[0]);
    find_percentile(table, own, pixels, high, &percentiles[1]);
  }
  __syncthreads();
  if (group != 0) return;
  LinearMap& map = maps[blockIdx.x];
  if (scale == ThermalScale::percentile) {
    map = device_map_of_range(percentiles[0], percentiles[1]);
  } else if (scale == ThermalScale::min_max) {
    int least = thermal_counts, most = -1;
    for (int other = 0; other < threads; ++other) {
      least = table.least[other] < least ? table.least[other] : least;
      most = table.most[other] > most ? table.most[other] : most;
    }
    map = device_map_of_range(static_cast<double>(least), static_cast<double>(most));
  } else {
    const std::int64_t centre = (sum + pixels / 2) / pixels;
    const auto around = static_cast<double>(squares - 2 * centre * sum + pixels * centre * centre);
    const auto rest = static_cast<double>(sum - centre * pixels), number = static_cast<double>(pixels);
    const double deviation = sqrt(__dadd_rn(around, -(__dmul_rn(rest, rest) / number)) / number);
    map = {static_cast<double>(sum) / number, deviation > 0.0 ? 1.0 / deviation : 0.0};
  }
}

Grid grid_of_images(const char* kernel, std::int64_t images, std::int64_t pixels, int width) {
  const std::int64_t most = std::max<std::int64_t>(1, busy_blocks / std::max<std::int64_t>(1, images));
  return {kernel, dim3(blocks_for(pixels, std::int64_t{threads} * width, most), static_cast<unsigned>(images)),
          threads};
}

template <PairResampling pair>
void find_maps(Queue& queue, const AugmentOptions& options, const AugmentInputs& in, std::int64_t images,
               LinearMap* maps) {
  const AugmentFrame frame(options, in, options.size);
  const std::size_t bytes = static_cast<std::size_t>(images) * thermal_counts * sizeof(unsigned);
  const Workspace histograms(queue, bytes);
  queue.fill(histograms.data(), 0, bytes);
  launch(queue, grid_of_images("augment, histogram", images, frame.pixels, 1), count_occurrences<pair>, frame,
         histograms.as<unsigned>());
  launch(queue, {"augment, thermal map", static_cast<unsigned>(images), threads}, map_of_counts, options.scale,
         order_statistic(options.low, frame.pixels), order_statistic(options.high, frame.pixels), frame.pixels,
         histograms.as<unsigned>(), maps);
}

template <PairResampling pair, int Width, class T>
void launch_images(Queue& queue, const AugmentFrame& frame, const LinearMap* maps, const AugmentOutputs& out) {
  auto* labels = out.labels.as<std::uint8_t>();
  const bool in_groups =
      Size2{static_cast<int>(out.rgb.shape.h()), static_cast<int>(out.rgb.shape.w())} == frame.options.size &&
      reinterpret_cast<std::uintptr_t>(labels) % Width == 0;
  const Results<T> to{out.rgb.as<T>(), out.thermal.as<T>(), labels, in_groups};
  launch(queue, grid_of_images("augment", out.rgb.shape.n(), frame.pixels, Width), augment_images<pair, Width, T>,
         frame, maps, to);
}

template <PairResampling pair>
void augment_with(Queue& queue, const AugmentOptions& options, const AugmentInputs& in, const AugmentOutputs& out) {
  const Shape& shape = out.rgb.shape;
  const AugmentFrame frame(options, in, {static_cast<int>(shape.h()), static_cast<int>(shape.w())});
  const bool own_maps = depends_on_image(options.scale);
  const Workspace maps(queue, static_cast<std::size_t>(shape.n()) * sizeof(LinearMap));
  if (own_maps) find_maps<pair>(queue, options, in, shape.n(), maps.as<LinearMap>());
  const LinearMap* of_image = own_maps ? maps.as<LinearMap>() : nullptr;
  visit_dtype<float, bf16>(out.rgb.dtype, "augment", [&]<class T>() {
    // Resampling takes longer than its stores do.
    if constexpr (pair == PairResampling::nearest)
      if (frame.pixels % vector_width<T> == 0 && all_aligned(out.rgb.as<T>(), out.thermal.as<T>()))
        return launch_images<pair, vector_width<T>, T>(queue, frame, of_image, out);
    launch_images<pair, 1, T>(queue, frame, of_image, out);
  });
}

}  // namespace

void augment(Queue& queue, const AugmentOptions& options, const AugmentInputs& in, const AugmentOutputs& out) {
  switch (options.pair) {
    case PairResampling::nearest:
      return augment_with<PairResampling::nearest>(queue, options, in, out);
    case PairResampling::separate:
      return augment_with<PairResampling::separate>(queue, options, in, out);
    case PairResampling::premultiplied:
      return augment_with<PairResampling::premultiplied>(queue, options, in, out);
  }
}

}  // namespace kernels::cuda
