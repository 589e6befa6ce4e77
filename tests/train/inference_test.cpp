// SPDX-License-Identifier: Apache-2.0
#include "train/inference.h"

#include "datasets/mfnet_classes.h"
#include "datasets/open.h"
#include "datasets/transforms.h"
#include "engine/autograd.h"
#include "engine/ops/argmax.h"
#include "engine/ops/concat.h"
#include "engine/ops/softmax.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "train/batch.h"
#include "train/evaluation.h"
#include "train/inference_evaluation.h"
#include "train/inference_flags.h"

using Catch::Matchers::Contains;
using namespace test;
using train::infer;
using train::Inference;
using train::InferenceOptions;

namespace {

// A network that looks at one pixel at a time: the logits are red, green, blue and thermal.
class Pointwise final : public models::SegmentationModel {
 public:
  Tensor operator()(const models::Inputs& in, models::Mode) const override {
    largest = std::max(largest, in.rgb.shape()[2] * in.rgb.shape()[3]);
    ++calls;
    return engine::concat({in.rgb, in.thermal}, 1);
  }
  int size_multiple() const override { return 8; }

  mutable std::int64_t largest = 0;  // Pixels that it was shown at once.
  mutable int calls = 0;
};

train::TrainedNetwork of_model(std::unique_ptr<models::SegmentationModel> model, int classes) {
  train::TrainedNetwork result;
  result.card.model = "pointwise";
  result.card.classes.assign(datasets::mfnet_classes().begin(), datasets::mfnet_classes().begin() + classes);
  result.network = std::make_unique<train::Network>(
      train::Network{"pointwise", engine::nn::ParameterStore(queue_of(DeviceKind::cpu), 0), std::move(model)});
  return result;
}

train::TrainedNetwork mfnet(const std::shared_ptr<kernels::Queue>& queue) {
  train::TrainedNetwork result;
  result.card.model = "mfnet";
  result.card.network.width = 0.125;
  result.card.classes = datasets::mfnet_classes();
  result.network = train::open_network("mfnet", result.card.network, queue, 5);
  return result;
}

datasets::Sample sample_of(int height, int width, std::uint64_t seed = 1) {
  datasets::Sample sample;
  sample.name = "random";
  sample.rgb = datasets::Image8(height, width, 3);
  sample.thermal = datasets::Image16(height, width, 1);
  kernels::RandomStream random(seed, "sample");
  for (auto& value : sample.rgb.pixels) value = static_cast<std::uint8_t>(random.below(256));
  for (auto& value : sample.thermal.pixels) value = static_cast<std::uint16_t>(random.below(256));
  return sample;
}

std::size_t differing(const datasets::LabelMap& a, const datasets::LabelMap& b) {
  REQUIRE(a.pixels.size() == b.pixels.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) count += a.pixels[i] != b.pixels[i];
  return count;
}

}  // namespace

TEST_CASE("an image of any size is predicted at its size", "[sanitize]") {
  const train::TrainedNetwork network = mfnet(queue_of(DeviceKind::cpu));
  for (const auto& [height, width] : {std::pair{32, 48}, std::pair{33, 50}, std::pair{17, 16}, std::pair{5, 9}}) {
    const Inference found = infer(network, sample_of(height, width), DType::f32);
    CHECK(found.labels.height == height);
    CHECK(found.labels.width == width);
    CHECK(found.confidence.height == height);
    for (const float share : found.confidence.pixels) REQUIRE((share >= 1.0f / 9 - 1e-6f && share <= 1));
  }
}

TEST_CASE("one look is the argmax of the logits and the softmax of that class", "[sanitize]") {
  for (const Where& where : everywhere({DType::f32})) {
    if (!where.order.empty() && where.order != "forward") continue;  // A whole network in one thread order.
    INFO(where.name());
    const train::TrainedNetwork network = mfnet(where.queue);
    const datasets::Sample sample = sample_of(32, 48);
    std::vector<float> rgb(3 * 32 * 48), thermal(32 * 48);
    datasets::normalise(sample.rgb, {}, rgb.data());
    datasets::normalise(sample.thermal, 8, {}, thermal.data());
    const engine::NoGradient no_gradient;
    datasets::HostBatch batch;
    batch.n = 1;
    batch.h = 32;
    batch.w = 48;
    batch.rgb = rgb;
    batch.thermal = thermal;
    batch.labels.resize(32 * 48);
    const train::Batch uploaded = train::upload(batch, where.queue, DType::f32);
    const Tensor logits = (*network.network->model)({uploaded.rgb, uploaded.thermal}, engine::nn::Mode::evaluate);
    const auto ids = engine::download_integers(engine::argmax(logits, 1));
    const auto shares = engine::download_float(engine::softmax(logits));
    const Inference found = infer(network, sample, DType::f32);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < ids.size(); ++i)
      wrong += found.labels.pixels[i] != ids[i] ||
               found.confidence.pixels[i] != shares[static_cast<std::size_t>(ids[i]) * ids.size() + i];
    CHECK(wrong == 0);
  }
}

TEST_CASE("a window that covers the image changes nothing", "[sanitize]") {
  const train::TrainedNetwork network = mfnet(queue_of(DeviceKind::cpu));
  const datasets::Sample sample = sample_of(37, 51);
  const Inference whole = infer(network, sample, DType::f32);
  CHECK(infer(network, sample, DType::f32, {.window = {37, 51}}).labels == whole.labels);
  const Inference larger = infer(network, sample, DType::f32, {.window = {400, 600}, .overlap = 100});
  CHECK(larger.labels == whole.labels);
  CHECK(larger.confidence == whole.confidence);
  // Through the blender: two equal looks have the probabilities of one, bit for bit.
  const Inference twice = infer(network, sample, DType::f32, {.window = {37, 51}, .scales = {1, 1}});
  CHECK(twice.confidence == whole.confidence);
  CHECK(twice.labels == whole.labels);
}

TEST_CASE("a network that looks at single pixels sees the same in windows and mirrored, bit for bit", "[sanitize]") {
  const train::TrainedNetwork network = of_model(std::make_unique<Pointwise>(), 4);
  const datasets::Sample sample = sample_of(61, 83);
  const Inference whole = infer(network, sample, DType::f32);
  for (const InferenceOptions& options :
       std::vector<InferenceOptions>{{.window = {16, 24}},
                                     {.window = {16, 24}, .overlap = 0},
                                     {.window = {17, 83}, .overlap = 16},
                                     {.flip = true},
                                     {.window = {40, 30}, .overlap = 7, .flip = true}}) {
    INFO("window " << options.window.h << "x" << options.window.w << ", flip " << options.flip);
    const Inference found = infer(network, sample, DType::f32, options);
    CHECK(found.confidence == whole.confidence);
    CHECK(differing(found.labels, whole.labels) == 0);
  }
}

TEST_CASE("a network never sees more than a window at once, each of them once", "[sanitize]") {
  auto model = std::make_unique<Pointwise>();
  const Pointwise& seen = *model;
  const train::TrainedNetwork network = of_model(std::move(model), 4);
  infer(network, sample_of(200, 300), DType::f32, {.window = {32, 48}, .overlap = 8});
  CHECK(seen.largest == 32 * 48);
  CHECK(seen.calls == 8 * 8);  // (200 - 32) / 24 = 7 steps, (300 - 48) / 40 = 6.3: 7 steps.
  infer(network, sample_of(200, 300), DType::f32, {.window = {32, 48}, .flip = true, .scales = {0.5, 1}});
  CHECK(seen.largest == 32 * 48);
}

TEST_CASE("a large image takes as much memory of the device as its windows do", "[sanitize]") {
  const auto queue = queue_of(DeviceKind::cpu);
  const train::TrainedNetwork network = mfnet(queue);
  const auto peak = [&](int height, int width, const InferenceOptions& options) {
    queue->memory().reset_peak();
    infer(network, sample_of(height, width), DType::f32, options);
    return queue->memory().statistics().peak_in_use;
  };
  const InferenceOptions windows{.window = {32, 48}};
  peak(64, 96, windows);  // Packs weights, which stay.
  const auto small = peak(64, 96, windows), large = peak(200, 310, windows);
  CHECK(small == large);
  CHECK(peak(200, 310, {}) > 2 * large);  // Otherwise this test shows nothing.
}

TEST_CASE("windows share one thermal scale", "[sanitize]") {
  train::TrainedNetwork network = of_model(std::make_unique<Pointwise>(), 4);
  network.card.normalisation.thermal.scale = datasets::ThermalScale::min_max;
  datasets::Sample sample = sample_of(40, 60);
  for (int x = 0; x < 60; ++x)
    for (int y = 0; y < 40; ++y) sample.thermal.at(y, x) = static_cast<std::uint16_t>(4 * x);  // Warmer to the right.
  const Inference whole = infer(network, sample, DType::f32);
  CHECK(infer(network, sample, DType::f32, {.window = {16, 16}}).confidence == whole.confidence);
}

TEST_CASE("with --flip the prediction of a mirrored pair is the mirrored prediction", "[sanitize]") {
  const train::TrainedNetwork network = mfnet(queue_of(DeviceKind::cpu));
  const datasets::Sample sample = sample_of(32, 48);
  datasets::Sample mirrored = sample;
  datasets::mirror_sample(mirrored);
  const auto predicted = [&](const datasets::Sample& pair, bool flip) {
    return infer(network, pair, DType::f32, {.flip = flip});
  };
  Inference there = predicted(sample, true);
  const Inference back = predicted(mirrored, true);
  datasets::mirror(there.labels);
  datasets::mirror(there.confidence);
  CHECK(differing(there.labels, back.labels) == 0);
  double worst = 0;
  for (std::size_t i = 0; i < back.confidence.pixels.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(there.confidence.pixels[i] - back.confidence.pixels[i])));
  CHECK(worst < 1e-6);  // a + b and b + a, halved.
  Inference once = predicted(sample, false);
  datasets::mirror(once.confidence);
  CHECK_FALSE(once.confidence == predicted(mirrored, false).confidence);  // Otherwise this test shows nothing.
}

TEST_CASE("scales are seen at multiples of the network's size and brought back", "[sanitize]") {
  auto model = std::make_unique<Pointwise>();
  const Pointwise& seen = *model;
  const train::TrainedNetwork network = of_model(std::move(model), 4);
  datasets::Sample flat = sample_of(40, 56);
  for (std::size_t i = 0; i < flat.rgb.pixels.size(); ++i) flat.rgb.pixels[i] = static_cast<std::uint8_t>(60 * (i % 3));
  std::fill(flat.thermal.pixels.begin(), flat.thermal.pixels.end(), std::uint16_t{200});
  const Inference whole = infer(network, flat, DType::f32);
  const Inference scaled = infer(network, flat, DType::f32, {.flip = true, .scales = {0.75, 1, 1.25}});
  CHECK(seen.calls == 7);
  CHECK(seen.largest == 48 * 72);  // 1.25 * 40 = 50 and 1.25 * 56 = 70, the nearest multiples of 8.
  for (std::size_t i = 0; i < whole.confidence.pixels.size(); ++i) {
    REQUIRE(scaled.labels.pixels[i] == 3);
    REQUIRE(scaled.confidence.pixels[i] == Approx(whole.confidence.pixels[i]).epsilon(1e-6));
  }
}

TEST_CASE("senseless windows, overlaps and scales are refused with flag and value", "[sanitize]") {
  const auto refusal = [](train::InferenceFlags flags) {
    try {
      flags.resolve();
    } catch (const kernels::UsageError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  CHECK(refusal({}) == "accepted");
  CHECK(refusal({.options = {.overlap = 7, .scales = {0.5, 2}}, .window = "8x9"}) == "accepted");
  CHECK_THAT(refusal({.window = "48"}), Contains("--window 48: expected HEIGHTxWIDTH"));
  CHECK_THAT(refusal({.window = "0x48"}), Contains("--window 0x48"));
  CHECK_THAT(refusal({.options = {.overlap = 8}}), Contains("--overlap 8: needs --window"));
  CHECK_THAT(refusal({.options = {.overlap = 8}, .window = "8x9"}),
             Contains("--overlap 8: expected 0 or more, and less than each side of --window 8x9"));
  CHECK_THAT(refusal({.options = {.overlap = -1}, .window = "8x9"}), Contains("--overlap -1"));
  CHECK_THAT(refusal({.options = {.scales = {1, 0}}}),
             Contains("--scales 1,0: expected factors above 0, up to 16, got 0"));
  CHECK_THAT(refusal({.options = {.scales = {17}}}), Contains("got 17"));
  CHECK_THAT(refusal({.options = {.scales = {std::nan("")}}}), Contains("got nan"));
  CHECK_THAT(refusal({.options = {.scales = {}}}), Contains("--scales: expected at least one"));
}

TEST_CASE("a network whose outputs are not finite is refused by name", "[sanitize]") {
  train::TrainedNetwork network = of_model(std::make_unique<Pointwise>(), 4);
  network.card.normalisation.rgb.mean[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(infer(network, sample_of(8, 16), DType::f32), kernels::CheckpointError);
  CHECK_THROWS_WITH(infer(network, sample_of(8, 16), DType::f32, {.window = {8, 8}}),
                    Contains("random: the outputs of pointwise are not finite"));
}

TEST_CASE("an evaluation by windows counts what the whole images do, where these give the same", "[sanitize]") {
  const auto scenes = datasets::open_dataset(
      "synthetic", {.split = "test", .settings = {{"height", "40"}, {"width", "56"}, {"day", "1"}, {"night", "2"}}});
  auto queue = queue_of(DeviceKind::cpu);
  train::TrainedNetwork network = mfnet(queue);
  const train::EvaluationOptions options{.ignored_label = 0, .classes = 9, .limit = 2};
  const train::Evaluation plain = train::evaluate(*network.network->model, *scenes, queue, DType::f32, options);
  const train::Evaluation covered =
      train::evaluate_inference(network, *scenes, DType::f32, {.window = {40, 56}}, options);
  CHECK(covered.images == 2);
  for (const auto part : {&train::Evaluation::all, &train::Evaluation::day, &train::Evaluation::night})
    CHECK(std::equal((plain.*part).counts().begin(), (plain.*part).counts().end(), (covered.*part).counts().begin()));
  CHECK(plain.all.pixels() > 0);
  const train::Evaluation windows =
      train::evaluate_inference(network, *scenes, DType::f32, {.window = {32, 32}, .flip = true}, options);
  CHECK(windows.all.pixels() == plain.all.pixels());
  CHECK_THROWS_WITH(train::evaluate_inference(network, *scenes, DType::f32, {}, {.classes = 2}),
                    Contains("expected class ids 0 to 1"));
}
