// SPDX-License-Identifier: Apache-2.0
#include "datasets/synthetic/synthetic.h"

#include <set>

#include "datasets/synthetic/arithmetic.h"
#include "kernels/error.h"
#include "tests/support/catch.h"

namespace {

using datasets::Split;
using datasets::TimeOfDay;
namespace synthetic = datasets::synthetic;

synthetic::SceneOptions small_scene() {
  synthetic::SceneOptions options;
  options.height = 96;
  options.width = 128;
  return options;
}

// FNV-1a over the values, low byte first.
template <class T>
std::uint64_t fnv(const datasets::Image<T>& image, std::uint64_t hash = 0xCBF29CE484222325u) {
  for (const T value : image.pixels)
    for (std::size_t byte = 0; byte < sizeof(T); ++byte)
      hash = (hash ^ ((static_cast<std::uint64_t>(value) >> (8 * byte)) & 255u)) * 0x100000001B3u;
  return hash;
}

std::uint64_t fnv(const synthetic::Scene& scene) {
  std::uint64_t hash = fnv(scene.instance, fnv(scene.fine, fnv(scene.thermal16, fnv(scene.thermal, fnv(scene.rgb)))));
  datasets::Image<std::uint32_t> depth(scene.depth.height, scene.depth.width, 1);  // Tenths of millimetres.
  for (std::size_t i = 0; i < depth.pixels.size(); ++i)
    depth.pixels[i] = static_cast<std::uint32_t>(scene.depth.pixels[i] * 10000.0f);
  return fnv(depth, hash);
}

}  // namespace

TEST_CASE("street scenes have the same bytes on every machine", "[sanitize]") {
  // Change these only together with synthetic::generator_version.
  CHECK(synthetic::generator_version == 1);
  CHECK(fnv(synthetic::render(0, 0, TimeOfDay::day, small_scene())) == 0xec1af49b043e50e9u);
  CHECK(fnv(synthetic::render(0, 0, TimeOfDay::night, small_scene())) == 0x9579aa8a3fe86f5au);
  CHECK(fnv(synthetic::render(7, 60123, TimeOfDay::day, small_scene())) == 0x1f39cfa7c3e02431u);
  CHECK(fnv(synthetic::render(7, 60123, TimeOfDay::night, small_scene())) == 0xa81d00797b6d633bu);
  synthetic::SceneOptions wide = small_scene();
  wide.height = 75;
  wide.width = 201;
  CHECK(fnv(synthetic::render(123456789012345u, 99999, TimeOfDay::night, wide)) == 0x1bc420ea6b254e71u);
}

TEST_CASE("other seeds and other numbers give other scenes") {
  std::set<std::uint64_t> hashes;
  for (const std::uint64_t seed : {0, 1, 2})
    for (const std::uint64_t index : {0, 1, 2})
      for (const TimeOfDay time : {TimeOfDay::day, TimeOfDay::night})
        hashes.insert(fnv(synthetic::render(seed, index, time, small_scene())));
  CHECK(hashes.size() == 18);
}

TEST_CASE("twins share labels, instances and depth exactly, and nothing that a camera sees") {
  for (const std::uint64_t index : {3, 4, 5}) {
    const synthetic::Scene day = synthetic::render(1, index, TimeOfDay::day, small_scene());
    const synthetic::Scene night = synthetic::render(1, index, TimeOfDay::night, small_scene());
    INFO("scene " << index);
    CHECK(day.fine == night.fine);
    CHECK(day.instance == night.instance);
    CHECK(day.depth == night.depth);
    CHECK_FALSE(day.rgb == night.rgb);
    CHECK_FALSE(day.thermal16 == night.thermal16);
  }
}

TEST_CASE("repainting a scene leaves its geometry as it is") {
  synthetic::SceneOptions repainted = small_scene();
  repainted.variant = 1;
  for (const TimeOfDay time : {TimeOfDay::day, TimeOfDay::night}) {
    const synthetic::Scene first = synthetic::render(2, 9, time, small_scene());
    const synthetic::Scene second = synthetic::render(2, 9, time, repainted);
    CHECK(first.fine == second.fine);
    CHECK(first.instance == second.instance);
    CHECK(first.depth == second.depth);
    CHECK_FALSE(first.rgb == second.rgb);
    CHECK_FALSE(first.thermal == second.thermal);
  }
}

TEST_CASE("a scene is the same picture at two sizes: centres of pixels agree where both sample them") {
  // Three times the size: the centre of a coarse pixel is the centre of a fine one, up to rounding at outlines.
  synthetic::SceneOptions fine = small_scene();
  fine.height = 96 * 3;
  fine.width = 128 * 3;
  const synthetic::Scene coarse = synthetic::render(4, 11, TimeOfDay::day, small_scene());
  const synthetic::Scene large = synthetic::render(4, 11, TimeOfDay::day, fine);
  int differing = 0;
  for (int y = 0; y < 96; ++y)
    for (int x = 0; x < 128; ++x) differing += coarse.fine.at(y, x) != large.fine.at(3 * y, 3 * x + 1);
  CHECK(differing < 96 * 128 / 100);
}

TEST_CASE("the ground lies at the depth that the pinhole gives it") {
  const synthetic::Scene scene = synthetic::render(5, 2, TimeOfDay::day, small_scene());
  // On the road, 1 / depth falls linearly from the bottom row up: second differences along a column vanish.
  int checked = 0;
  for (int x = 4; x < 128; x += 8)
    for (int y = 70; y + 2 < 96; ++y) {
      bool road = true;
      for (int k = 0; k < 3; ++k)
        road = road && scene.fine.at(y + k, x) == static_cast<int>(synthetic::FineClass::road);
      if (!road) continue;
      const float bend = 1 / scene.depth.at(y, x) - 2 / scene.depth.at(y + 1, x) + 1 / scene.depth.at(y + 2, x);
      REQUIRE(std::abs(bend) < 1e-5f);
      ++checked;
    }
  CHECK(checked > 50);
}

TEST_CASE("thermal counts follow the temperature: -10 to 45 degrees are 21800 to 25000", "[sanitize]") {
  datasets::Image<float> temperature(1, 3, 1);
  temperature.pixels = {-10.0f, 17.5f, 45.0f};
  CHECK(synthetic::to_counts(temperature).pixels == std::vector<std::uint16_t>{21800, 23400, 25000});
}

TEST_CASE("the label tables have a name for every id that they give", "[sanitize]") {
  for (const char* name : {"mf9", "heatnet13", "cityscapes19", "pst5"}) {
    const synthetic::LabelTable& table = synthetic::label_table(name);
    INFO(name);
    for (int fine = 0; fine < synthetic::fine_class_count; ++fine) {
      const bool named = table.id[fine] < table.classes.size() || table.ignored == table.id[fine];
      INFO(synthetic::fine_class_name(static_cast<synthetic::FineClass>(fine)) << " is " << int{table.id[fine]});
      CHECK(named);
    }
  }
  CHECK(synthetic::label_table("mf9").classes.size() == 9);
  CHECK(synthetic::label_table("heatnet13").classes.size() == 13);
  CHECK(synthetic::label_table("cityscapes19").classes.size() == 19);
  CHECK(synthetic::label_table("pst5").classes.size() == 5);
  CHECK_THROWS_WITH(synthetic::label_table("coco"), Catch::Contains("cityscapes19") && Catch::Contains("coco"));
}

TEST_CASE("a fine label map with an unknown value is refused with value and pixel", "[sanitize]") {
  datasets::LabelMap map(2, 3, 1);
  map.pixels[4] = 200;
  CHECK_THROWS_WITH(synthetic::translate(map, synthetic::label_table("mf9")), Catch::Contains("200 at pixel 4"));
}

TEST_CASE("splits, times and twins take the scene numbers that are promised", "[sanitize]") {
  synthetic::SyntheticOptions options;
  options.day_count = 3;
  options.night_count = 2;
  std::set<std::string> names;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    options.split = split;
    for (int i = 0; i < 5; ++i) names.insert(synthetic::scene_name(synthetic::scene_number(options, i)));
  }
  CHECK(names == std::set<std::string>{"00000D", "00002D", "00004D", "00001N", "00003N", "60000D", "60002D", "60004D",
                                       "60001N", "60003N", "80000D", "80002D", "80004D", "80001N", "80003N"});
  options.pairing = synthetic::Pairing::twins;
  CHECK(synthetic::scene_name(synthetic::scene_number(options, 1)) == "80001D");
  CHECK(synthetic::scene_name(synthetic::scene_number(options, 4)) == "80001N");
}

TEST_CASE("a synthetic sample carries the chosen labels and thermal bits", "[sanitize]") {
  synthetic::SyntheticOptions options;
  options.scene = small_scene();
  options.day_count = options.night_count = 1;
  options.thermal_bits = 16;
  options.label_table = "cityscapes19";
  const synthetic::Synthetic data(options);
  const datasets::Sample sample = data.load(1);
  const synthetic::Scene scene = data.scene(1);
  CHECK(data.size() == 2);
  CHECK(data.ignored_label() == 255);
  CHECK(sample.name == "00001N");
  CHECK(sample.time == TimeOfDay::night);
  CHECK(data.time_of_day(1) == TimeOfDay::night);
  CHECK(sample.thermal_bits == 16);
  CHECK(sample.thermal == scene.thermal16);
  CHECK(sample.rgb == scene.rgb);
  REQUIRE(sample.label.has_value());
  CHECK(*sample.label == synthetic::translate(scene.fine, synthetic::label_table("cityscapes19")));
}

TEST_CASE("impossible synthetic data sets are refused", "[sanitize]") {
  synthetic::SyntheticOptions options;
  options.split = Split::test;
  options.day_count = 10001;
  CHECK_THROWS_WITH(synthetic::Synthetic(options), Catch::Contains("10000") && Catch::Contains("10001"));
  options.day_count = 1;
  options.thermal_bits = 12;
  CHECK_THROWS_WITH(synthetic::Synthetic(options), Catch::Contains("12"));
  options.thermal_bits = 8;
  options.scene.width = 8;
  CHECK_THROWS_AS(synthetic::Synthetic(options).load(0), kernels::UsageError);
  CHECK_THROWS_AS(synthetic::Synthetic(options).sample_name(101), kernels::UsageError);
}
