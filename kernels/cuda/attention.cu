// SPDX-License-Identifier: Apache-2.0
// The steps around the matrix products: rows of channels move between the two orders in 128-bit accesses, and a warp
// takes a row of pairs.
#include "kernels/attention_by_products.h"
#include "kernels/cuda/block_reduction.cuh"
#include "kernels/cuda/elementwise.cuh"

namespace kernels::cuda {

namespace {

constexpr int row_threads = 128;
constexpr int rows_of_block = row_threads / warp_size;

// How rows of `channels` numbers are ordered: [images, positions, parts, heads] in maps and [parts, images, heads,
// positions] in panels.
struct RowOrder {
  int images, positions, parts, heads, channels;

  __device__ std::int64_t in_map(int image, int position, int part, int head) const {
    return ((std::int64_t{image} * positions + position) * parts + part) * heads + head;
  }
  __device__ std::int64_t in_panels(int image, int position, int part, int head) const {
    return ((std::int64_t{part} * images + image) * heads + head) * positions + position;
  }
};

// Takes the last index of a place apart: returns it and leaves the others.
__device__ __forceinline__ int take_index(std::int64_t& place, int extent) {
  const auto index = static_cast<int>(place % extent);
  place /= extent;
  return index;
}

// A thread per chunk of Width channels of a row of the panels. height is null where no embedding is added; it goes to
// part 1.
template <int Width, class T>
__global__ void split_rows(RowOrder order, const T* from, const float* height, const float* width, int map_width, T* to,
                           std::int64_t chunks) {
  std::int64_t place = std::int64_t{blockIdx.x} * elementwise_threads + threadIdx.x;
  if (place >= chunks) return;
  T* target = to + place * Width;
  const int channel = take_index(place, order.channels / Width) * Width;
  const int position = take_index(place, order.positions), head = take_index(place, order.heads);
  const int image = take_index(place, order.images), part = static_cast<int>(place);
  const T* source = from + order.in_map(image, position, part, head) * order.channels + channel;
  if (height != nullptr && part == 1) {
    const float* of_height = height + std::int64_t{position / map_width} * order.channels + channel;
    const float* of_width = width + std::int64_t{position % map_width} * order.channels + channel;
    for (int i = 0; i < Width; ++i) store(target, i, load(source, i) + (of_height[i] + of_width[i]));
  } else if constexpr (Width == 1) {
    *target = *source;
  } else {
    store_vector(target, load_vector(source));
  }
}

// A thread per chunk of a row of the map.
template <int Width, class T>
__global__ void merge_rows(RowOrder order, const T* from, T* to, std::int64_t chunks) {
  std::int64_t place = std::int64_t{blockIdx.x} * elementwise_threads + threadIdx.x;
  if (place >= chunks) return;
  T* target = to + place * Width;
  const int channel = take_index(place, order.channels / Width) * Width;
  const int head = take_index(place, order.heads), part = take_index(place, order.parts);
  const int position = take_index(place, order.positions), image = static_cast<int>(place);
  const T* source = from + order.in_panels(image, position, part, head) * order.channels + channel;
  if constexpr (Width == 1)
    *target = *source;
  else
    store_vector(target, load_vector(source));
}

// The row of pairs of this warp; all its lanes see the same one. Rows beyond the last are left alone by whole warps.
__device__ __forceinline__ std::int64_t row_of_warp() {
  return std::int64_t{blockIdx.x} * rows_of_block + threadIdx.x / warp_size;
}
__device__ __forceinline__ int lane() {
  return static_cast<int>(threadIdx.x % warp_size);
}

template <class T>
__global__ void normalise_rows(const float* logits, int count, float scale, float* log_sums, T* weights,
                               std::int64_t rows) {
  const std::int64_t row = row_of_warp();
  if (row >= rows) return;
  const float* logit = logits + row * count;
  float largest = -INFINITY;
  for (int i = lane(); i < count; i += warp_size) largest = logit[i] > largest ? logit[i] : largest;
  largest = scale * warp_max(largest);
  float sum = 0;
  for (int i = lane(); i < count; i += warp_size) sum += expf(scale * logit[i] - largest);
  sum = warp_sum(sum);
  if (lane() == 0) log_sums[row] = largest + logf(sum);
  const float factor = 1.0f / sum;
  // In f32 the weights replace the logits, each read by the lane that writes it.
  for (int i = lane(); i < count; i += warp_size)
    store(weights, row * count + i, expf(scale * logit[i] - largest) * factor);
}

template <class T>
__global__ void find_weights_again(const float* logits, int count, float scale, const float* log_sums, T* weights,
                                   std::int64_t numbers) {
  const std::int64_t at = chunk_start<1>();
  if (at < numbers) store(weights, at, expf(scale * logits[at] - log_sums[at / count]));
}

template <class T>
__global__ void differentiate_rows(const T* weights, const float* dweights, int count, float scale, T* dlogits,
                                   std::int64_t rows) {
  const std::int64_t row = row_of_warp();
  if (row >= rows) return;
  const T* weight = weights + row * count;
  const float* dweight = dweights + row * count;
  float sum = 0;
  for (int i = lane(); i < count; i += warp_size) sum += load(weight, i) * dweight[i];
  sum = warp_sum(sum);
  for (int i = lane(); i < count; i += warp_size)
    store(dlogits, row * count + i, scale * load(weight, i) * (dweight[i] - sum));
}

// A thread per position and channel.
template <class T>
__global__ void add_key_gradients(const T* dqkv, std::int64_t images, int heads, int positions, int channels,
                                  float* sums) {
  const std::int64_t at = chunk_start<1>();
  if (at >= std::int64_t{positions} * channels) return;
  const std::int64_t position = at / channels, channel = at % channels;
  float sum = 0;
  for (std::int64_t image = 0; image < images; ++image)
    for (int head = 0; head < heads; ++head)
      sum += load(dqkv, (((image * positions + position) * 3 + 1) * heads + head) * channels + channel);
  sums[at] = sum;
}

RowOrder order_of(const AttentionGeometry& g, std::int64_t parts) {
  return {static_cast<int>(g.images), static_cast<int>(g.positions()), static_cast<int>(parts),
          static_cast<int>(g.heads), static_cast<int>(g.channels)};
}

// Calls body.operator()<Width>(chunks) for rows in 128-bit chunks where they take them, else number by number.
template <class T, class Body>
void in_chunks(const AttentionGeometry& g, std::int64_t parts, const T* from, const T* to, Body&& body) {
  const std::int64_t numbers = parts * g.panel();
  if (takes_vectors(from, g.channels) && takes_vectors(to, g.channels))
    body.template operator()<vector_width<T>>(numbers / vector_width<T>);
  else
    body.template operator()<1>(numbers);
}

Grid rows_grid(const char* kernel, const AttentionGeometry& g) {
  return {kernel, blocks_for(g.rows_of_pairs(), rows_of_block), row_threads};
}

struct Steps {
  template <class T>
  static void split(Queue& queue, std::int64_t parts, const AttentionGeometry& g, const T* from,
                    const PositionEmbeddings& embeddings, T* to) {
    in_chunks(g, parts, from, to, [&]<int Width>(std::int64_t chunks) {
      launch(queue, elementwise_grid("attention, split", chunks, 1), split_rows<Width, T>, order_of(g, parts), from,
             embeddings.height.as<float>(), embeddings.width.as<float>(), static_cast<int>(g.width), to, chunks);
    });
  }
  template <class T>
  static void merge(Queue& queue, std::int64_t parts, const AttentionGeometry& g, const T* from, T* to) {
    in_chunks(g, parts, from, static_cast<const T*>(to), [&]<int Width>(std::int64_t chunks) {
      launch(queue, elementwise_grid("attention, merge", chunks, 1), merge_rows<Width, T>, order_of(g, parts), from, to,
             chunks);
    });
  }
  template <class T>
  static void normalise(Queue& queue, const AttentionGeometry& g, const float* logits, float* log_sums, T* weights) {
    launch(queue, rows_grid("attention, softmax", g), normalise_rows<T>, logits, static_cast<int>(g.positions()),
           static_cast<float>(g.scale()), log_sums, weights, g.rows_of_pairs());
  }
  template <class T>
  static void find_again(Queue& queue, const AttentionGeometry& g, const float* logits, const float* log_sums,
                         T* weights) {
    launch(queue, elementwise_grid("attention, weights", g.pairs(), 1), find_weights_again<T>, logits,
           static_cast<int>(g.positions()), static_cast<float>(g.scale()), log_sums, weights, g.pairs());
  }
  template <class T>
  static void differentiate(Queue& queue, const AttentionGeometry& g, const T* weights, const float* dweights,
                            T* dlogits) {
    launch(queue, rows_grid("attention, softmax gradient", g), differentiate_rows<T>, weights, dweights,
           static_cast<int>(g.positions()), static_cast<float>(g.scale()), dlogits, g.rows_of_pairs());
  }
  template <class T>
  static void add_keys(Queue& queue, const AttentionGeometry& g, const T* dqkv, float* sums) {
    launch(queue, elementwise_grid("attention, key gradients", g.positions() * g.channels, 1), add_key_gradients<T>,
           dqkv, g.images, static_cast<int>(g.heads), static_cast<int>(g.positions()), static_cast<int>(g.channels),
           sums);
  }
  static void matmul(Queue& queue, const MatmulOptions& options, const View& a, const View& b, const View& y) {
    cuda::matmul(queue, options, a, b, ConstView{}, y);
  }
  static void reduce_sum(Queue& queue, double scale, const ConstView& x, const View& y) {
    cuda::reduce_sum(queue, scale, x, y);
  }
};

}  // namespace

void attention_forward(Queue& queue, const AttentionOptions& options, ConstView qkv,
                       const PositionEmbeddings& positions, View log_sums, View y) {
  const AttentionGeometry g = attention_geometry(qkv.shape, positions.height.shape, positions.width.shape, options);
  visit_dtype<float, bf16>(qkv.dtype, "attention_forward", [&]<class T>() {
    attention_forward_by_products<T, Steps>(queue, g, qkv, positions, log_sums, y);
  });
}

void attention_grad(Queue& queue, const AttentionOptions& options, ConstView dy, const AttentionSaved& saved,
                    const AttentionGradients& gradients) {
  const AttentionGeometry g =
      attention_geometry(saved.qkv.shape, saved.positions.height.shape, saved.positions.width.shape, options);
  visit_dtype<float, bf16>(dy.dtype, "attention_grad",
                           [&]<class T>() { attention_grad_by_products<T, Steps>(queue, g, dy, saved, gradients); });
}

}  // namespace kernels::cuda
