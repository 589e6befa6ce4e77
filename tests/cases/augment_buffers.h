// SPDX-License-Identifier: Apache-2.0
// The buffers that a case of augment_cases.h describes, with random samples.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/random.h"
#include "tests/cases/augment_cases.h"

namespace test {

struct AugmentBuffers {
  std::vector<std::int64_t> images, samples;  // Bytes.
  kernels::AugmentOptions options;
};

class AugmentBuffersOf {
 public:
  explicit AugmentBuffersOf(const AugmentCase& c) : case_(c), random_(7, "samples") {
    for (const AugmentImageCase& image : c.images) records_.push_back(add(image));
    buffers_.images.resize(records_.size() * sizeof(kernels::AugmentImage));
    for (std::size_t i = 0; i < buffers_.images.size(); ++i)
      buffers_.images[i] = reinterpret_cast<const unsigned char*>(records_.data())[i];
    kernels::AugmentOptions& options = buffers_.options;
    options = {.pair = c.pair, .label = c.label, .size = c.size, .scale = c.scale, .low = c.low, .high = c.high};
    const float means[] = {0.485f, 0.456f, 0.406f}, deviations[] = {0.229f, 0.224f, 0.225f};
    std::copy_n(means, 3, options.mean);
    std::copy_n(deviations, 3, options.deviation);
    options.thermal_mean = 0.3f;
    options.thermal_deviation = 0.7f;
  }
  const AugmentBuffers& buffers() const { return buffers_; }

 private:
  void align() { buffers_.samples.resize((buffers_.samples.size() + 3) / 4 * 4); }

  std::int64_t add_random(std::int64_t bytes, std::uint32_t bound) {
    align();
    const std::size_t begin = buffers_.samples.size();
    for (std::int64_t i = 0; i < bytes; ++i) buffers_.samples.push_back(random_.below(bound));
    return static_cast<std::int64_t>(begin);
  }

  // -1 where the side keeps its length.
  std::int64_t add_table(int in, int out, kernels::ResamplingKernel kernel) {
    if (in == out) return -1;
    align();
    const std::size_t begin = buffers_.samples.size();
    for (const std::int32_t number : kernels::resampling_table(in, out, kernel))
      for (int byte = 0; byte < 4; ++byte)
        buffers_.samples.push_back((static_cast<std::uint32_t>(number) >> (8 * byte)) & 255);
    return static_cast<std::int64_t>(begin);
  }

  kernels::AugmentImage add(const AugmentImageCase& image) {
    const std::int64_t pixels = std::int64_t{image.stored.h} * image.stored.w;
    const kernels::Size2 crop = image.crop == kernels::Size2{0, 0} ? image.stored : image.crop;
    const kernels::Size2 size = case_.size;
    const bool resized = crop != size;
    kernels::AugmentImage record;
    record.rgb = add_random(3 * pixels, 256);
    record.thermal = add_random(pixels * image.bits / 8, 256);
    if (image.label == StoredLabel::present) record.label = add_random(pixels, 9);
    if (case_.kernel) {
      record.rows = add_table(crop.h, size.h, *case_.kernel);
      record.columns = add_table(crop.w, size.w, *case_.kernel);
    }
    if (case_.label == LabelResampling::interpolated) {
      record.label_rows = add_table(crop.h, size.h, kernels::ResamplingKernel::cubic);
      record.label_columns = add_table(crop.w, size.w, kernels::ResamplingKernel::cubic);
      record.most_label = 7;
    }
    record.height = image.stored.h;
    record.width = image.stored.w;
    record.mirrored = image.mirrored ? 1 : 0;
    record.top = image.top;
    record.left = image.left;
    record.crop_height = crop.h;
    record.crop_width = crop.w;
    record.bytes_of_count = image.bits / 8;
    if (resized) record.most_count = (1 << image.bits) - 1;
    record.full_range = static_cast<float>((1 << image.bits) - 1);
    return record;
  }

  const AugmentCase& case_;
  kernels::RandomStream random_;
  std::vector<kernels::AugmentImage> records_;
  AugmentBuffers buffers_;
};

inline AugmentBuffers augment_buffers(const AugmentCase& c) {
  return AugmentBuffersOf(c).buffers();
}

inline kernels::Shape augment_result(const AugmentCase& c, std::int64_t channels) {
  const kernels::Size2 result = c.result == kernels::Size2{0, 0} ? c.size : c.result;
  return {static_cast<std::int64_t>(c.images.size()), channels, result.h, result.w};
}

}  // namespace test
