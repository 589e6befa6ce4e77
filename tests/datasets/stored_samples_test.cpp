// SPDX-License-Identifier: Apache-2.0
// A device that augments gives what the host's transforms and normalisation give, bit for bit.
#include "datasets/stored_samples.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"

using namespace datasets;
using test::DType;

namespace {

Sample random_sample(int height, int width, int bits, std::uint64_t seed) {
  kernels::RandomStream random(seed, "samples");
  Sample sample;
  sample.name = "random";
  sample.thermal_bits = bits;
  sample.rgb = Image8(height, width, 3);
  sample.thermal = Image16(height, width, 1);
  sample.label = LabelMap(height, width, 1);
  for (std::uint8_t& value : sample.rgb.pixels) value = static_cast<std::uint8_t>(random.below(256));
  for (std::uint16_t& count : sample.thermal.pixels) count = static_cast<std::uint16_t>(random.below(1u << bits));
  for (std::uint8_t& id : sample.label->pixels) id = static_cast<std::uint8_t>(random.below(9));
  return sample;
}

struct Expected {
  std::vector<float> rgb, thermal;
  std::vector<std::uint8_t> labels;
};

Expected on_host(const Sample& sample, const AugmentationOptions& options, const AugmentationDraw& draw,
                 const Normalisation& normalisation) {
  const Sample result = augment(sample, options, draw);
  Expected expected{std::vector<float>(result.rgb.pixels.size()), std::vector<float>(result.thermal.pixels.size()),
                    std::vector<std::uint8_t>(result.thermal.pixels.size(), 255)};
  normalise(result.rgb, normalisation.rgb, expected.rgb.data());
  normalise(result.thermal, result.thermal_bits, normalisation.thermal, expected.thermal.data());
  if (result.label) expected.labels = result.label->pixels;
  return expected;
}

test::Tensor bytes_on(const std::shared_ptr<kernels::Queue>& queue, const void* data, std::size_t bytes) {
  const test::Tensor tensor = engine::empty({static_cast<std::int64_t>(bytes)}, DType::u8, queue);
  queue->upload(tensor.mutable_view().data, data, bytes);
  return tensor;
}

template <class T>
std::vector<T> fetched(const test::Tensor& tensor) {
  std::vector<T> values(static_cast<std::size_t>(tensor.elements()));
  tensor.queue().download(values.data(), tensor.view().data, values.size() * sizeof(T));
  return values;
}

Expected on_device(const std::shared_ptr<kernels::Queue>& queue, const Sample& sample,
                   const AugmentationOptions& options, const AugmentationDraw& draw,
                   const Normalisation& normalisation) {
  StoredSample stored;
  store_sample(sample, options, draw, stored);
  kernels::AugmentOptions how = augment_options(options, normalisation);
  how.size = draw.size;
  const test::Tensor samples = bytes_on(queue, stored.bytes.data(), stored.bytes.size());
  const test::Tensor image = bytes_on(queue, &stored.image, sizeof stored.image);
  const test::Tensor rgb = engine::empty({1, 3, draw.size.h, draw.size.w}, DType::f32, queue);
  const test::Tensor thermal = engine::empty({1, 1, draw.size.h, draw.size.w}, DType::f32, queue);
  const test::Tensor labels = engine::empty({1, draw.size.h, draw.size.w}, DType::u8, queue);
  const kernels::AugmentInputs in{image, samples};
  const kernels::AugmentOutputs out{rgb.mutable_view(), thermal.mutable_view(), labels.mutable_view()};
  kernels::augment(*queue, how, in, out);
  return {fetched<float>(rgb), fetched<float>(thermal), fetched<std::uint8_t>(labels)};
}

void expect_same_bits(const Sample& sample, const AugmentationOptions& options, const AugmentationDraw& draw,
                      const Normalisation& normalisation) {
  const Expected want = on_host(sample, options, draw, normalisation);
  for (const test::Where& where : test::everywhere({DType::f32})) {
    INFO(where.name() << ", " << sample.rgb.height << "x" << sample.rgb.width << ", " << sample.thermal_bits
                      << " bits, filter " << static_cast<int>(options.pair_filter) << ", scale "
                      << to_string(normalisation.thermal.scale) << (draw.mirrored ? ", mirrored" : "") << ", box "
                      << draw.box.left << " " << draw.box.top << " " << draw.box.right << " " << draw.box.bottom
                      << ", to " << draw.size.h << "x" << draw.size.w);
    const Expected got = on_device(where.queue, sample, options, draw, normalisation);
    CHECK(got.rgb == want.rgb);
    CHECK(got.thermal == want.thermal);
    CHECK(got.labels == want.labels);
  }
}

const std::vector<Normalisation>& normalisations() {
  static const std::vector<Normalisation> all = [] {
    const RgbNormalisation rgb{{0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};
    std::vector<Normalisation> list{{}};
    list.push_back({rgb, {.scale = ThermalScale::window, .low = 31.7, .high = 190, .mean = 0.5f, .deviation = 0.5f}});
    list.push_back({rgb, {.scale = ThermalScale::min_max, .mean = 0.1f, .deviation = 0.3f}});
    list.push_back({rgb, {.scale = ThermalScale::percentile, .low = 2.3, .high = 96.6}});
    list.push_back({rgb, {.scale = ThermalScale::standardise}});
    return list;
  }();
  return all;
}

}  // namespace

TEST_CASE("a device augments to the bits of the host, with every filter and scale", "[sanitize]") {
  kernels::RandomStream random(4, "draws");
  for (const PairFilter filter :
       {PairFilter::nearest, PairFilter::premultiplied_bicubic, PairFilter::bicubic, PairFilter::bilinear})
    for (const kernels::Size2 size : {kernels::Size2{0, 0}, kernels::Size2{9, 26}, kernels::Size2{31, 23}})
      for (std::size_t i = 0; i < normalisations().size(); ++i) {
        AugmentationOptions options{.crop_fraction = 0.2, .size = size, .pair_filter = filter};
        if (i % 2 == 1) options.label_filter = LabelFilter::bicubic;
        const int bits = filter == PairFilter::premultiplied_bicubic || i % 2 == 0 ? 8 : 16;
        const Sample sample = random_sample(19, 27, bits, i);
        expect_same_bits(sample, options, draw_augmentation({19, 27}, options, random), normalisations()[i]);
      }
}

TEST_CASE("crops at every edge, of one pixel and of all, are those of the host", "[sanitize]") {
  const Sample sample = random_sample(7, 10, 16, 1);
  for (const bool mirrored : {false, true})
    for (const Box& box : {Box{0, 0, 10, 7}, Box{0, 0, 9, 6}, Box{1, 1, 10, 7}, Box{0, 1, 9, 7}, Box{1, 0, 10, 6},
                           Box{0, 0, 1, 1}, Box{9, 6, 10, 7}, Box{9, 0, 10, 1}, Box{4, 0, 5, 7}})
      for (const PairFilter filter : {PairFilter::nearest, PairFilter::bicubic})
        expect_same_bits(sample, {.pair_filter = filter}, {mirrored, box, {7, 10}}, {});
}

TEST_CASE("a sample of one pixel, one without a label and one of equal counts are those of the host", "[sanitize]") {
  for (const Normalisation& normalisation : normalisations()) {
    expect_same_bits(random_sample(1, 1, 8, 2), {}, {false, {0, 0, 1, 1}, {1, 1}}, normalisation);
    Sample sample = random_sample(5, 6, 16, 3);
    sample.label.reset();
    sample.thermal = Image16(5, 6, 1, 300);
    expect_same_bits(sample, {.pair_filter = PairFilter::bilinear}, {true, {0, 0, 6, 5}, {4, 9}}, normalisation);
    sample.thermal.at(3, 2) = 65535;
    expect_same_bits(sample, {}, {true, {0, 0, 6, 5}, {4, 9}}, normalisation);
  }
}

TEST_CASE("what cannot be augmented on a device is refused by name", "[sanitize]") {
  StoredSample stored;
  const AugmentationOptions premultiplied{.pair_filter = PairFilter::premultiplied_bicubic};
  const AugmentationDraw larger{false, {0, 0, 5, 4}, {8, 9}};
  CHECK_THROWS_WITH(store_sample(random_sample(4, 5, 16, 1), premultiplied, larger, stored),
                    Catch::Contains("random: premultiplied resizing takes 8-bit thermal, got 16 bits"));
  const AugmentationDraw huge{false, {0, 0, 5, 4}, {4, 32768}};
  CHECK_THROWS_WITH(store_sample(random_sample(4, 5, 8, 1), {}, huge, stored),
                    Catch::Contains("sides of at most 32767 pixels on this device, got 32768"));
  Normalisation senseless;
  senseless.thermal = {.scale = ThermalScale::window, .low = 9, .high = 5};
  CHECK_THROWS_AS(augment_options({}, senseless), kernels::UsageError);
}
