// SPDX-License-Identifier: Apache-2.0
#include "datasets/stored_samples.h"

#include <algorithm>
#include <cstring>

#include "datasets/batch.h"
#include "kernels/error.h"

namespace datasets {
namespace {

using kernels::AugmentImage;
using kernels::Size2;

// Appends parts to a buffer, each aligned to 16 bytes.
class Packer {
 public:
  explicit Packer(std::pmr::vector<std::uint8_t>& bytes) : bytes_(bytes) { bytes_.clear(); }

  template <class T>
  std::int64_t add(const std::vector<T>& values) {
    const std::size_t begin = bytes_.size(), length = values.size() * sizeof(T);
    bytes_.resize(begin + (length + 15) / 16 * 16);
    std::memcpy(bytes_.data() + begin, values.data(), length);
    return static_cast<std::int64_t>(begin);
  }
  // 8 bits of each count.
  std::int64_t add_narrowed(const std::vector<std::uint16_t>& counts) {
    const std::size_t begin = bytes_.size();
    bytes_.resize(begin + (counts.size() + 15) / 16 * 16);
    std::transform(counts.begin(), counts.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin),
                   [](std::uint16_t count) { return static_cast<std::uint8_t>(count); });
    return static_cast<std::int64_t>(begin);
  }
  // -1 where the side keeps its length.
  std::int64_t add_table(int in, int out, Filter filter) {
    return in == out ? -1 : add(kernels::resampling_table(in, out, resampling_kernel(filter)));
  }

 private:
  std::pmr::vector<std::uint8_t>& bytes_;
};

bool fits_bytes(const std::vector<std::uint16_t>& counts) {
  std::uint16_t bits = 0;
  for (const std::uint16_t count : counts) bits = static_cast<std::uint16_t>(bits | count);
  return bits < 256;
}

// The largest id of the part that is taken.
int largest_label(const LabelMap& label, const AugmentationDraw& draw) {
  const int left = draw.mirrored ? label.width - draw.box.right : draw.box.left;
  std::uint8_t largest = 0;
  for (int y = draw.box.top; y < draw.box.bottom; ++y) {
    const std::uint8_t* row = &label.at(y, left);
    largest = std::max(largest, *std::max_element(row, row + draw.box.width()));
  }
  return largest;
}

void require_addressable(const Sample& sample, Size2 size) {
  const int largest = std::max({sample.rgb.height, sample.rgb.width, size.h, size.w});
  if (largest > AugmentImage::most_side)
    throw kernels::UsageError("{}: expected sides of at most {} pixels on this device, got {}", sample.name,
                              +AugmentImage::most_side, largest);
}

}  // namespace

void store_sample(const Sample& sample, const AugmentationOptions& options, const AugmentationDraw& draw,
                  StoredSample& stored) {
  require_addressable(sample, draw.size);
  const Size2 crop = {draw.box.height(), draw.box.width()}, size = draw.size;
  const bool resized = crop != size, narrow = fits_bytes(sample.thermal.pixels);
  if (resized && options.pair_filter == PairFilter::premultiplied_bicubic) require_premultipliable(sample);
  AugmentImage& image = stored.image;
  image = {};
  Packer packer(stored.bytes);
  image.rgb = packer.add(sample.rgb.pixels);
  image.thermal = narrow ? packer.add_narrowed(sample.thermal.pixels) : packer.add(sample.thermal.pixels);
  if (sample.label) image.label = packer.add(sample.label->pixels);
  if (options.pair_filter != PairFilter::nearest) {
    image.rows = packer.add_table(crop.h, size.h, filter_of(options.pair_filter));
    image.columns = packer.add_table(crop.w, size.w, filter_of(options.pair_filter));
  }
  if (sample.label && options.label_filter == LabelFilter::bicubic) {
    image.label_rows = packer.add_table(crop.h, size.h, Filter::bicubic);
    image.label_columns = packer.add_table(crop.w, size.w, Filter::bicubic);
    image.most_label = largest_label(*sample.label, draw);
  }
  image.height = sample.rgb.height;
  image.width = sample.rgb.width;
  image.mirrored = draw.mirrored ? 1 : 0;
  image.top = draw.box.top;
  image.left = draw.box.left;
  image.crop_height = crop.h;
  image.crop_width = crop.w;
  image.bytes_of_count = narrow ? 1 : 2;
  const int most = (1 << sample.thermal_bits) - 1;
  if (resized) image.most_count = most;  // Bicubic overshoots; the camera's counts do not.
  image.full_range = static_cast<float>(most);
}

kernels::AugmentOptions augment_options(const AugmentationOptions& options, const Normalisation& normalisation) {
  require_sense(normalisation.rgb);
  require_sense(normalisation.thermal);
  const ThermalNormalisation& thermal = normalisation.thermal;
  kernels::AugmentOptions result;
  result.pair = options.pair_filter == PairFilter::nearest                 ? kernels::PairResampling::nearest
                : options.pair_filter == PairFilter::premultiplied_bicubic ? kernels::PairResampling::premultiplied
                                                                           : kernels::PairResampling::separate;
  if (options.label_filter == LabelFilter::bicubic) result.label = kernels::LabelResampling::interpolated;
  std::copy(normalisation.rgb.mean.begin(), normalisation.rgb.mean.end(), result.mean);
  std::copy(normalisation.rgb.deviation.begin(), normalisation.rgb.deviation.end(), result.deviation);
  result.scale = thermal.scale;
  result.low = thermal.low;
  result.high = thermal.high;
  result.thermal_mean = thermal.mean;
  result.thermal_deviation = thermal.deviation;
  result.absent_label = HostBatch::no_label;
  return result;
}

}  // namespace datasets
