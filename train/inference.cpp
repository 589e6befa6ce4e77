// SPDX-License-Identifier: Apache-2.0
#include "train/inference.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "datasets/image_geometry.h"
#include "engine/autograd.h"
#include "engine/ops/argmax.h"
#include "engine/ops/cast.h"
#include "engine/ops/resize.h"
#include "engine/ops/slice.h"
#include "engine/ops/softmax.h"
#include "kernels/error.h"
#include "kernels/range.h"
#include "train/batch.h"
#include "train/windows.h"

namespace train {

namespace {

using datasets::HostBatch;
using engine::Tensor;
using kernels::Size2;

HostBatch batch_of(int height, int width) {
  const auto pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  HostBatch batch;
  batch.n = 1;
  batch.h = height;
  batch.w = width;
  batch.rgb.resize(3 * pixels);
  batch.thermal.resize(pixels);
  batch.labels.assign(pixels, HostBatch::no_label);
  return batch;
}

HostBatch normalised(const datasets::Sample& sample, const datasets::Normalisation& how) {
  HostBatch batch = batch_of(sample.rgb.height, sample.rgb.width);
  datasets::normalise(sample.rgb, how.rgb, batch.rgb.data());
  datasets::normalise(sample.thermal, sample.thermal_bits, how.thermal, batch.thermal.data());
  return batch;
}

HostBatch part_of(const HostBatch& image, const datasets::Box& box) {
  HostBatch part = batch_of(box.height(), box.width());
  const auto copy = [&](const std::vector<float>& from, std::vector<float>& to, std::size_t channels) {
    const std::size_t row = channels * static_cast<std::size_t>(part.w);
    for (int y = 0; y < part.h; ++y) {
      const std::size_t first = static_cast<std::size_t>(box.top + y) * static_cast<std::size_t>(image.w) +
                                static_cast<std::size_t>(box.left);
      std::copy_n(from.data() + channels * first, row, to.data() + static_cast<std::size_t>(y) * row);
    }
  };
  copy(image.rgb, part.rgb, 3);
  copy(image.thermal, part.thermal, 1);
  return part;
}

// Rows of `width` groups of `channels` numbers, back to front.
void mirror_rows(std::vector<float>& values, int width, int channels) {
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(width) * channels;
  for (auto begin = values.begin(); begin != values.end(); begin += row)
    for (int left = 0, right = width - 1; left < right; ++left, --right)
      std::swap_ranges(begin + left * channels, begin + (left + 1) * channels, begin + right * channels);
}

int scaled_side(int side, double scale, int multiple) {
  return std::max(1, static_cast<int>(std::lround(side * scale / multiple))) * multiple;
}

class Looks {
 public:
  Looks(const TrainedNetwork& network, kernels::DType compute, const InferenceOptions& options)
      : model_(*network.network->model), queue_(network.network->store.queue()), compute_(compute), options_(options) {}

  // Logits [1, classes, h, w] of one look.
  Tensor logits(const HostBatch& window, double scale) const {
    const kernels::Range range(*queue_, {.name = "forward"});
    const int multiple = model_.size_multiple();
    const Size2 size{window.h, window.w}, only = model_.fixed_size();
    const bool as_it_is = only == Size2{0, 0} ? scale == 1 : only == size;
    const Batch batch = upload(window, queue_, compute_, as_it_is ? multiple : 1);
    if (as_it_is) {
      const Tensor all = model_({batch.rgb, batch.thermal}, engine::nn::Mode::evaluate);
      return engine::slice(engine::slice(all, {.axis = 2, .begin = 0, .end = size.h}),
                           {.axis = 3, .begin = 0, .end = size.w});
    }
    const Size2 scaled{scaled_side(size.h, scale, multiple), scaled_side(size.w, scale, multiple)};
    const Size2 seen = only == Size2{0, 0} ? scaled : only;
    return engine::resize(
        model_({engine::resize(batch.rgb, seen), engine::resize(batch.thermal, seen)}, engine::nn::Mode::evaluate),
        size);
  }

  // Softmax of logits in f32 at least: planes [classes, h, w].
  std::vector<float> probabilities(const Tensor& logits) const {
    const bool narrow = logits.dtype() == kernels::DType::bf16;
    return engine::download_float(engine::softmax(narrow ? engine::cast(logits, kernels::DType::f32) : logits));
  }

  // The mean over all looks.
  std::vector<float> mean(HostBatch window) const {
    std::vector<float> so_far;
    float looks = 0;
    const auto add = [&](std::vector<float> seen) {
      ++looks;
      if (so_far.empty()) {
        so_far = std::move(seen);
        return;
      }
      // A step towards the new value: equal values stay what they are.
      for (std::size_t i = 0; i < so_far.size(); ++i) so_far[i] += (seen[i] - so_far[i]) / looks;
    };
    for (const double scale : options_.scales) add(probabilities(logits(window, scale)));
    if (!options_.flip) return so_far;
    mirror_rows(window.rgb, window.w, 3);
    mirror_rows(window.thermal, window.w, 1);
    for (const double scale : options_.scales) {
      std::vector<float> seen = probabilities(logits(window, scale));
      mirror_rows(seen, window.w, 1);
      add(std::move(seen));
    }
    return so_far;
  }

 private:
  const models::SegmentationModel& model_;
  std::shared_ptr<kernels::Queue> queue_;
  kernels::DType compute_;
  const InferenceOptions& options_;
};

Inference empty_inference(Size2 size) {
  return {datasets::LabelMap(size.h, size.w, 1), datasets::Image<float>(size.h, size.w, 1)};
}

// Of one look at everything: the argmax of logits, which sees differences that probabilities round away.
Inference of_logits(const Looks& looks, const Tensor& logits, Size2 size) {
  Inference result = empty_inference(size);
  const std::vector<std::int64_t> ids = engine::download_integers(engine::argmax(logits, 1));
  const std::vector<float> probabilities = looks.probabilities(logits);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    result.labels.pixels[i] = static_cast<std::uint8_t>(ids[i]);
    result.confidence.pixels[i] = probabilities[static_cast<std::size_t>(ids[i]) * ids.size() + i];
  }
  return result;
}

Inference blended(const Looks& looks, const HostBatch& image, const WindowLayout& layout, int classes) {
  Inference result = empty_inference(layout.image);
  const auto width = static_cast<std::size_t>(layout.image.w);
  Blender blender(layout, classes, [&](int y, std::span<const float> planes) {
    for (std::size_t x = 0; x < width; ++x) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < planes.size() / width; ++c)
        if (planes[c * width + x] > planes[best * width + x]) best = c;
      result.labels.at(y, static_cast<int>(x)) = static_cast<std::uint8_t>(best);
      result.confidence.at(y, static_cast<int>(x)) = planes[best * width + x];
    }
  });
  for (const int y : window_begins(layout.image.h, layout.window.h, layout.overlap.h))
    for (const int x : window_begins(layout.image.w, layout.window.w, layout.overlap.w))
      blender.add(y, x, looks.mean(part_of(image, {x, y, x + layout.window.w, y + layout.window.h})));
  blender.finish();
  return result;
}

// The window as it fits the image, and what neighbours share when windows are spaced evenly.
WindowLayout layout_of(Size2 image, const InferenceOptions& options) {
  const auto side = [&](int of_image, int of_window) {
    return of_window == 0 ? of_image : std::min(of_window, of_image);
  };
  const Size2 window{side(image.h, options.window.h), side(image.w, options.window.w)};
  const auto overlap = [&](int of_image, int of_window) {
    return shared_pixels(of_image, of_window, std::min(options.overlap.value_or(of_window / 4), of_window - 1));
  };
  return {image, window, {overlap(image.h, window.h), overlap(image.w, window.w)}};
}

}  // namespace

void require_sense(const InferenceOptions& options) {
  constexpr double largest_scale = 16;
  const Size2 window = options.window;
  if (window.h < 0 || window.w < 0 || (window.h == 0) != (window.w == 0))
    throw kernels::UsageError("--window {}x{}: expected a height and a width of 1 or more", window.h, window.w);
  if (options.overlap && window.h == 0) throw kernels::UsageError("--overlap {}: needs --window", *options.overlap);
  if (options.overlap && (*options.overlap < 0 || *options.overlap >= std::min(window.h, window.w)))
    throw kernels::UsageError("--overlap {}: expected 0 or more, and less than each side of --window {}x{}",
                              *options.overlap, window.h, window.w);
  if (options.scales.empty()) throw kernels::UsageError("--scales: expected at least one");
  for (const double scale : options.scales)
    if (!(scale > 0 && scale <= largest_scale))
      throw kernels::UsageError("--scales {}: expected factors above 0, up to {}, got {}",
                                fmt::join(options.scales, ","), largest_scale, scale);
}

Inference infer(const TrainedNetwork& network, const datasets::Sample& sample, kernels::DType compute,
                const InferenceOptions& options) {
  require_sense(options);
  const Size2 only = network.network->model->fixed_size();
  if (only != Size2{0, 0} && options.scales != std::vector<double>{1.})
    throw kernels::UsageError("--scales {}: {} was made for images of {} alone", fmt::join(options.scales, ","),
                              network.card.model, only);
  const engine::NoGradient no_gradient;
  const Size2 size{sample.rgb.height, sample.rgb.width};
  const Looks looks(network, compute, options);
  const HostBatch image = normalised(sample, network.card.normalisation);
  const WindowLayout layout = layout_of(size, options);
  const bool one_look = layout.window == size && !options.flip && options.scales.size() == 1;
  Inference result = one_look ? of_logits(looks, looks.logits(image, options.scales[0]), size)
                              : blended(looks, image, layout, static_cast<int>(network.card.classes.size()));
  for (const float value : result.confidence.pixels)
    if (!std::isfinite(value))
      throw kernels::CheckpointError("{}: the outputs of {} are not finite; its weights or its normalisation are wrong",
                                     sample.name, network.card.model);
  return result;
}

}  // namespace train
