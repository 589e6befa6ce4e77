// SPDX-License-Identifier: Apache-2.0
// The edges of every image are counted in stretches; the blocks that add the loss first add the counts of their image.
#include "kernels/cuda/term_sum.cuh"
#include "kernels/edge_loss.h"

namespace kernels::cuda {

namespace {

constexpr std::int64_t pixels_of_block = 8 * term_threads;

// counts[image * gridDim.x + stretch]: edge pixels, with 2^30 added for a label that is neither 0 nor 1.
__global__ void __launch_bounds__(term_threads)
    count_edges(const std::uint8_t* edges, std::int64_t pixels, int* counts) {
  constexpr int wild = 1 << 30;
  const std::int64_t begin = blockIdx.x * pixels_of_block;
  const std::int64_t end = begin + pixels_of_block < pixels ? begin + pixels_of_block : pixels;
  int count = 0;
  bool any_wild = false;
  for (std::int64_t i = begin + threadIdx.x; i < end; i += term_threads) {
    const int label = edges[blockIdx.y * pixels + i];
    count += label;
    any_wild = any_wild || label > 1;
  }
  // How many threads saw one is at most their number: the flag cannot overflow.
  const int wild_threads = block_sum<term_threads>(any_wild ? 1 : 0);
  count = block_sum<term_threads>(count);
  if (threadIdx.x == 0) counts[blockIdx.y * gridDim.x + blockIdx.x] = wild_threads > 0 ? wild : count;
}

// The share of edge pixels of an image; NaN where a label is neither 0 nor 1. All threads of the block take part.
__device__ float share_of_edges(const int* counts, int stretches, std::int64_t pixels) {
  double sum = 0;
  for (int stretch = static_cast<int>(threadIdx.x); stretch < stretches; stretch += term_threads)
    sum += counts[stretch] > pixels_of_block ? NAN : static_cast<double>(counts[stretch]);
  return static_cast<float>(block_sum<term_threads>(sum) / static_cast<double>(pixels));
}

struct CodeForm {
  // - ln of the probability of the label, ln(1 + e^x) for x the prediction turned to the other label.
  __device__ static float surprise(float prediction, bool edge) {
    const float x = edge ? -prediction : prediction;
    return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x)));
  }
  __device__ static float slope(float prediction, bool edge) {
    const float x = edge ? -prediction : prediction;
    const float other = 1.0f / (1.0f + expf(-x));
    return edge ? -other : other;
  }
};

struct PaperForm {
  __device__ static float bounded(float prediction) {
    constexpr auto least = static_cast<float>(least_edge_probability), most = 1.0f - least;
    return prediction < least ? least : prediction > most ? most : prediction;  // NaN passes.
  }
  __device__ static float surprise(float prediction, bool edge) {
    const float q = bounded(prediction);
    return -logf(edge ? q : 1.0f - q);
  }
  __device__ static float slope(float prediction, bool edge) {
    const float q = bounded(prediction);
    return edge ? -1.0f / q : 1.0f / (1.0f - q);
  }
};

// partial[image * gridDim.x + stretch].
template <class Form, class T>
__global__ void __launch_bounds__(term_threads)
    add_edge_losses(const T* prediction, const std::uint8_t* edges, std::int64_t pixels, const int* counts,
                    float* edge_share, double* partial) {
  const auto stretches = static_cast<int>(gridDim.x);
  const float share = share_of_edges(counts + blockIdx.y * gridDim.x, stretches, pixels);
  const std::int64_t begin = blockIdx.x * pixels_of_block;
  const std::int64_t end = begin + pixels_of_block < pixels ? begin + pixels_of_block : pixels;
  double sum = 0;
  for (std::int64_t i = begin + threadIdx.x; i < end; i += term_threads) {
    const std::int64_t at = blockIdx.y * pixels + i;
    const bool edge = edges[at] != 0;
    sum += static_cast<double>((edge ? 1.0f - share : share) * Form::surprise(load(prediction, at), edge));
  }
  sum = block_sum<term_threads>(sum);
  if (threadIdx.x != 0) return;
  partial[blockIdx.y * gridDim.x + blockIdx.x] = sum;
  if (blockIdx.x == 0) edge_share[blockIdx.y] = share;
}

template <class Form, class T>
__global__ void __launch_bounds__(term_threads)
    edge_gradient(const T* prediction, const std::uint8_t* edges, std::int64_t pixels, const float* edge_share,
                  const float* dloss, T* dprediction) {
  const std::int64_t i = std::int64_t{blockIdx.x} * term_threads + threadIdx.x;
  if (i >= pixels) return;
  const std::int64_t at = blockIdx.y * pixels + i;
  const bool edge = edges[at] != 0;
  const float share = edge_share[blockIdx.y], count = static_cast<float>(pixels) * static_cast<float>(gridDim.y);
  store(dprediction, at, dloss[0] / count * (edge ? 1.0f - share : share) * Form::slope(load(prediction, at), edge));
}

// Calls body.operator()<Form, T>().
template <class Body>
void visit(const EdgeLossOptions& options, const EdgeLossInputs& in, Body&& body) {
  visit_dtype<float, bf16>(in.prediction.dtype, "edge_loss", [&]<class T>() {
    if (options.form == EdgeLossForm::code)
      body.template operator()<CodeForm, T>();
    else
      body.template operator()<PaperForm, T>();
  });
}

}  // namespace

void edge_loss_forward(Queue& queue, const EdgeLossOptions& options, const EdgeLossInputs& in, View edge_share,
                       View loss) {
  const std::int64_t images = in.edges.shape[0], pixels = in.edges.elements() / images;
  const dim3 blocks(blocks_for(pixels, pixels_of_block), static_cast<unsigned>(images));
  const std::size_t stretches = std::size_t{blocks.x} * blocks.y;
  const Workspace counts(queue, stretches * sizeof(int)), partial(queue, stretches * sizeof(double));
  const auto* edges = in.edges.as<std::uint8_t>();
  launch(queue, {"edge_loss_forward, count", blocks, term_threads}, count_edges, edges, pixels, counts.as<int>());
  visit(options, in, [&]<class Form, class T>() {
    launch(queue, {"edge_loss_forward", blocks, term_threads}, add_edge_losses<Form, T>, in.prediction.as<T>(), edges,
           pixels, counts.as<int>(), edge_share.as<float>(), partial.as<double>());
  });
  launch_join_terms(queue, "edge_loss_forward, join", partial.as<double>(), static_cast<int>(stretches),
                    1 / static_cast<double>(images * pixels), loss.as<float>());
}

void edge_loss_grad(Queue& queue, const EdgeLossOptions& options, const EdgeLossInputs& in, ConstView edge_share,
                    ConstView dloss, View dprediction) {
  const std::int64_t images = in.edges.shape[0], pixels = in.edges.elements() / images;
  const dim3 blocks(blocks_for(pixels, term_threads), static_cast<unsigned>(images));
  visit(options, in, [&]<class Form, class T>() {
    launch(queue, {"edge_loss_grad", blocks, term_threads}, edge_gradient<Form, T>, in.prediction.as<T>(),
           in.edges.as<std::uint8_t>(), pixels, edge_share.as<float>(), dloss.as<float>(), dprediction.as<T>());
  });
}

}  // namespace kernels::cuda
