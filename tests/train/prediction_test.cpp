// SPDX-License-Identifier: Apache-2.0
// From image files and a checkpoint to pictures: sources, sizes, names, and what the files hold.
#include "train/prediction.h"

#include <numeric>

#include "datasets/image_io.h"
#include "datasets/mfnet_classes.h"
#include "engine/checkpoint.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/kernel_test.h"
#include "tests/support/temporary_folder.h"
#include "train/pictures.h"
#include "train/prediction_source.h"
#include "train/trained_flags.h"

using Catch::Matchers::Contains;
using datasets::Image16;
using datasets::Image8;
using test::TemporaryFolder;

namespace {

const auto& cpu() {
  static const auto queue = test::queue_of(kernels::DeviceKind::cpu);
  return queue;
}

train::TrainedNetwork narrow_network(const std::vector<datasets::ClassInfo>& classes = datasets::mfnet_classes()) {
  train::TrainedNetwork result;
  result.card.model = "mfnet";
  result.card.network = {.classes = static_cast<int>(classes.size()), .width = 0.125};
  result.card.classes = classes;
  result.card.normalisation.thermal = {.scale = datasets::ThermalScale::min_max};
  result.network = train::open_network("mfnet", result.card.network, cpu(), 5);
  return result;
}

Image8 picture(int height, int width, int channels, int seed) {
  Image8 image(height, width, channels);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>((i * 37 + static_cast<std::size_t>(seed) * 101 + i * i / 7) % 256);
  return image;
}

std::vector<std::string> names_of(const train::PredictionSource& source) {
  std::vector<std::string> names;
  for (const auto& load : source.samples) names.push_back(load().name);
  return names;
}

}  // namespace

TEST_CASE("a prediction is written as ids, overlays and a sheet, at the size of the pair", "[sanitize]") {
  const TemporaryFolder folder;
  datasets::Sample sample;
  sample.name = "pair";
  sample.rgb = picture(37, 51, 3, 1);  // No multiple of the network's 16.
  sample.thermal = Image16(37, 51, 1);
  for (std::size_t i = 0; i < sample.thermal.pixels.size(); ++i)
    sample.thermal.pixels[i] = static_cast<std::uint16_t>(21800 + i);
  sample.thermal_bits = 16;
  const train::TrainedNetwork network = narrow_network();
  const train::ImageSummary summary = train::predict_sample(network, sample, {.confidence = true}, folder.path());
  CHECK(std::accumulate(summary.pixels.begin(), summary.pixels.end(), std::int64_t{0}) == 37 * 51);

  const datasets::LabelMap ids = datasets::read_label(folder / "pair_label.png");
  REQUIRE(ids.height == 37);
  REQUIRE(ids.width == 51);
  CHECK(*std::max_element(ids.pixels.begin(), ids.pixels.end()) < 9);
  const auto classes = train::vivid(datasets::mfnet_classes());
  CHECK(datasets::read_image8(folder / "pair_overlay_rgb.png") ==
        train::overlay(sample.rgb, ids, classes, {.see_through = 0}));
  CHECK(datasets::read_image8(folder / "pair_overlay_thermal.png") ==
        train::overlay(train::thermal_picture(sample.thermal), ids, classes, {.see_through = 0}));
  CHECK(datasets::read_image8(folder / "pair_sheet.png").width > 3 * 51);
  const Image8 confidence = datasets::read_image8(folder / "pair_confidence.png", 1);
  REQUIRE(confidence.width == 51);
  for (const int value : confidence.pixels) REQUIRE(value >= 255 / 9);
}

TEST_CASE("only a class called background or unlabelled is left untinted", "[sanitize]") {
  const TemporaryFolder folder;
  datasets::Sample sample{.name = "a", .rgb = picture(16, 32, 3, 2), .thermal = Image16(16, 32, 1, 9), .label = {}};
  const std::vector<datasets::ClassInfo> classes = {{"road", {128, 64, 128}}, {"sky", {70, 130, 180}}};
  train::predict_sample(narrow_network(classes), sample, {}, folder.path());
  const datasets::LabelMap ids = datasets::read_label(folder / "a_label.png");
  CHECK(datasets::read_image8(folder / "a_overlay_rgb.png") ==
        train::overlay(sample.rgb, ids, train::vivid(classes), {}));
}

TEST_CASE("where no class is the background, classes that are left out become 255", "[sanitize]") {
  const TemporaryFolder folder;
  datasets::Sample sample{.name = "a", .rgb = picture(16, 32, 3, 2), .thermal = Image16(16, 32, 1, 9), .label = {}};
  const std::vector<datasets::ClassInfo> classes = {{"road", {128, 64, 128}}, {"sky", {70, 130, 180}}};
  const train::TrainedNetwork network = narrow_network(classes);
  const train::ImageSummary all = train::predict_sample(network, sample, {}, folder.path());
  REQUIRE(all.pixels[0] > 0);
  REQUIRE(all.pixels[1] > 0);
  const train::ImageSummary sky =
      train::predict_sample(network, sample, {.only = train::class_ids({"sky"}, classes)}, folder.path());
  CHECK(sky.pixels == std::vector<std::int64_t>{0, all.pixels[1]});
  CHECK(sky.other == all.pixels[0]);
  const datasets::LabelMap ids = datasets::read_label(folder / "a_label.png");
  CHECK(std::count(ids.pixels.begin(), ids.pixels.end(), 255) == sky.other);
  CHECK(datasets::read_image8(folder / "a_overlay_rgb.png") ==
        train::overlay(sample.rgb, ids, train::vivid(classes), {.see_through = 255}));
}

TEST_CASE("a prediction uses the normalisation of its checkpoint", "[sanitize]") {
  const TemporaryFolder folder;
  const train::TrainedNetwork made = narrow_network();
  engine::CheckpointWriter writer;
  writer.facts.configuration = {{"network", train::to_json(made.card)}};
  writer.add("", made.network->store);
  writer.write(folder / "best.safetensors");
  const train::TrainedFlags flags{.weights = folder / "best.safetensors"};
  const train::TrainedNetwork opened = flags.open(cpu(), {});
  CHECK(opened.card.normalisation == made.card.normalisation);
  CHECK(opened.card.classes.size() == 9);

  // Thermal scaled by the image's own range: twice the counts are the same picture.
  datasets::Sample sample{.name = "once", .rgb = picture(32, 48, 3, 3), .thermal = Image16(32, 48, 1), .label = {}};
  for (std::size_t i = 0; i < sample.thermal.pixels.size(); ++i)
    sample.thermal.pixels[i] = static_cast<std::uint16_t>(i % 120);
  datasets::Sample brighter = sample;
  for (auto& count : brighter.thermal.pixels) count = static_cast<std::uint16_t>(2 * count);
  const auto label = [&](const train::TrainedNetwork& network, datasets::Sample pair, const std::string& name) {
    pair.name = name;
    train::predict_sample(network, pair, {}, folder.path());
    return datasets::read_label(folder / (name + "_label.png"));
  };
  CHECK(label(opened, sample, "dark") == label(opened, brighter, "bright"));
  train::TrainedNetwork other = narrow_network();
  other.card.normalisation = {};  // Counts of a fixed range: now brightness matters.
  CHECK_FALSE(label(other, sample, "dark") == label(other, brighter, "bright"));
}

TEST_CASE("a plain weight file needs the name of its network", "[sanitize]") {
  const TemporaryFolder folder;
  engine::nn::save_weights(narrow_network().network->store, folder / "plain.safetensors");
  train::TrainedFlags flags{.weights = folder / "plain.safetensors"};
  CHECK_THROWS_AS(flags.open(cpu(), {}), kernels::CheckpointError);
  CHECK_THROWS_WITH(flags.open(cpu(), {}), Contains("plain.safetensors") && Contains("--model"));
  flags.model = "mfnet";
  flags.width = 0.125;
  CHECK(flags.open(cpu(), datasets::mfnet_classes()).card.classes[1].name == "car");
  flags.classes = 5;
  CHECK_THROWS_AS(flags.open(cpu(), datasets::mfnet_classes()), kernels::CheckpointError);  // 9 channels in the file.
}

TEST_CASE("numbered classes have colours that differ", "[sanitize]") {
  const auto classes = train::numbered_classes(19);
  REQUIRE(classes.size() == 19);
  CHECK(classes[0].colour == datasets::Colour{0, 0, 0});
  CHECK(classes[18].name == "class 18");
  for (std::size_t i = 0; i < classes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      int distance = 0;
      for (std::size_t c = 0; c < 3; ++c) distance += std::abs(classes[i].colour[c] - classes[j].colour[c]);
      INFO(i << " and " << j);
      CHECK(distance > 40);
    }
}

TEST_CASE("predictions come from a pair, folders, 4-channel images, a list or a data set", "[sanitize]") {
  const TemporaryFolder folder;
  for (const char* name : {"vi", "ir", "four"}) std::filesystem::create_directory(folder / name);
  for (const char* name : {"b", "a"}) {
    datasets::write_png(folder / (std::string("vi/") + name + ".png"), picture(4, 6, 3, 1));
    datasets::write_png(folder / (std::string("ir/") + name + ".png"), Image16(4, 6, 1, 300));
  }
  datasets::write_png(folder / "four/c.png", picture(4, 6, 4, 1));
  test::write_text(folder / "list.txt", "vi/b.png ir/b.png\nfour/c.png\n");
  using Names = std::vector<std::string>;
  const auto with = [&](train::SourceFlags flags) {
    return names_of(flags.open());
  };
  CHECK(with({.rgb = folder / "vi/a.png", .thermal = folder / "ir/a.png"}) == Names{"a"});
  CHECK(with({.rgb = folder / "vi", .thermal = folder / "ir"}) == Names{"a", "b"});
  CHECK(with({.images = folder / "four"}) == Names{"c"});
  CHECK(with({.list = folder / "list.txt"}) == Names{"b", "c"});
  train::SourceFlags rendered{.dataset = "synthetic",
                              .dataset_settings = {"day=3", "night=3", "height=16", "width=32", "labels=pst5"},
                              .limit = 2};
  const train::PredictionSource source = rendered.open();
  CHECK(source.classes.size() == 5);
  REQUIRE(source.samples.size() == 2);  // One of each half: by day, by night.
  CHECK(source.samples[0]().time == datasets::TimeOfDay::day);
  CHECK(source.samples[1]().time == datasets::TimeOfDay::night);
  CHECK(source.samples[1]().label);

  CHECK_THROWS_AS(with({}), kernels::UsageError);
  CHECK_THROWS_AS(with({.list = folder / "list.txt", .images = folder / "four"}), kernels::UsageError);
  CHECK_THROWS_WITH(with({.rgb = folder / "vi", .thermal = folder / "ir/a.png"}), Contains("two files or two folders"));
}
