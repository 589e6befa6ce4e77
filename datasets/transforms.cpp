// SPDX-License-Identifier: Apache-2.0
// Flip, crop and resize of whole samples.
#include "datasets/transforms.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"

namespace datasets {
namespace {

using kernels::Size2;

// The number of integers in [0, f n), at least one; f n that is an integer up to rounding counts as one.
int offsets(int n, double fraction) {
  return std::max(1, static_cast<int>(std::ceil(fraction * n - 1e-9)));
}

// The least integer in [(1 - f) n, n].
int least_edge(int n, double fraction) {
  return static_cast<int>(std::ceil((1 - fraction) * n - 1e-9));
}

int draw(int first, int last, kernels::RandomStream& random) {  // Both inclusive.
  return first + static_cast<int>(random.below(static_cast<std::uint32_t>(last - first + 1)));
}

Image8 joined(const Image8& rgb, const Image16& thermal) {
  Image8 four(rgb.height, rgb.width, 4);
  for (std::size_t i = 0; i < thermal.pixels.size(); ++i) {
    std::copy_n(&rgb.pixels[3 * i], 3, &four.pixels[4 * i]);
    four.pixels[4 * i + 3] = static_cast<std::uint8_t>(thermal.pixels[i]);
  }
  return four;
}

void resize_pair(Sample& sample, Size2 size, PairFilter filter) {
  if (filter == PairFilter::premultiplied_bicubic) {
    require_premultipliable(sample);
    const Image8 four = resize_premultiplied(joined(sample.rgb, sample.thermal), size, Filter::bicubic);
    sample.rgb = channels_of<std::uint8_t>(four, 0, 3);
    sample.thermal = channels_of<std::uint16_t>(four, 3, 1);
    return;
  }
  const Filter each = filter == PairFilter::nearest ? Filter::nearest : filter_of(filter);
  sample.rgb = resize(sample.rgb, size, each);
  sample.thermal = resize(sample.thermal, size, each);
  // Bicubic overshoots; the camera's counts do not.
  const auto most = static_cast<std::uint16_t>((1 << sample.thermal_bits) - 1);
  for (std::uint16_t& count : sample.thermal.pixels) count = std::min(count, most);
}

LabelMap resize_label(const LabelMap& label, Size2 size, LabelFilter filter) {
  if (filter == LabelFilter::nearest) return resize(label, size, Filter::nearest);
  const std::uint8_t largest = *std::max_element(label.pixels.begin(), label.pixels.end());
  LabelMap result = resize(label, size, Filter::bicubic);
  for (std::uint8_t& id : result.pixels) id = std::min(id, largest);
  return result;
}

}  // namespace

AugmentationOptions without_augmentation(Size2 size) {
  return {.flip_probability = 0, .crop_fraction = 0, .size = size};
}

kernels::RandomStream augmentation_stream(std::uint64_t seed, int epoch, int index) {
  return {seed, "augmentation",
          (std::uint64_t{static_cast<std::uint32_t>(epoch)} << 32) | static_cast<std::uint32_t>(index)};
}

Box random_crop(int height, int width, double crop_fraction, kernels::RandomStream& random) {
  if (!(crop_fraction >= 0 && crop_fraction < 0.5))
    throw kernels::UsageError("crop fraction: expected 0 up to, not including, 0.5, got {}", crop_fraction);
  Box box;
  box.left = draw(0, offsets(width, crop_fraction) - 1, random);
  box.top = draw(0, offsets(height, crop_fraction) - 1, random);
  box.right = draw(least_edge(width, crop_fraction), width, random);
  box.bottom = draw(least_edge(height, crop_fraction), height, random);
  return box;
}

AugmentationDraw draw_augmentation(Size2 own, const AugmentationOptions& options, kernels::RandomStream& random) {
  AugmentationDraw draw{random.chance(options.flip_probability), {0, 0, own.w, own.h}, options.size};
  if (options.crop_fraction > 0) draw.box = random_crop(own.h, own.w, options.crop_fraction, random);
  if (draw.size == Size2{0, 0}) draw.size = own;
  return draw;
}

Sample augment(Sample sample, const AugmentationOptions& options, const AugmentationDraw& draw) {
  if (draw.mirrored) mirror_sample(sample);
  if (draw.box != Box{0, 0, sample.rgb.width, sample.rgb.height}) sample = crop_sample(sample, draw.box);
  return resize_sample(std::move(sample), draw.size, options.pair_filter, options.label_filter);
}

void require_premultipliable(const Sample& sample) {
  if (sample.thermal_bits != 8)
    throw kernels::UsageError("{}: premultiplied resizing takes 8-bit thermal, got {} bits", sample.name,
                              sample.thermal_bits);
}

Filter filter_of(PairFilter filter) {
  return filter == PairFilter::bilinear ? Filter::bilinear : Filter::bicubic;
}

void mirror_sample(Sample& sample) {
  mirror(sample.rgb);
  mirror(sample.thermal);
  if (sample.label) mirror(*sample.label);
}

Sample crop_sample(const Sample& sample, const Box& box) {
  Sample part;
  part.name = sample.name;
  part.rgb = crop(sample.rgb, box);
  part.thermal = crop(sample.thermal, box);
  part.thermal_bits = sample.thermal_bits;
  if (sample.label) part.label = crop(*sample.label, box);
  part.time = sample.time;
  return part;
}

Sample resize_sample(Sample sample, Size2 size, PairFilter pair_filter, LabelFilter label_filter) {
  if (size == Size2{sample.rgb.height, sample.rgb.width}) return sample;
  resize_pair(sample, size, pair_filter);
  if (sample.label) sample.label = resize_label(*sample.label, size, label_filter);
  return sample;
}

}  // namespace datasets
