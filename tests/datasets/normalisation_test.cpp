// SPDX-License-Identifier: Apache-2.0
// Network units: every scale by hand, and the description through JSON and back.
#include "datasets/normalisation.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "kernels/error.h"
#include "tests/support/catch.h"

using namespace datasets;

namespace {

Image16 counts(std::vector<std::uint16_t> values) {
  Image16 image(1, static_cast<int>(values.size()), 1);
  image.pixels = std::move(values);
  return image;
}

std::vector<float> normalised(const Image16& image, const ThermalNormalisation& how, int bits = 16) {
  std::vector<float> result(image.pixels.size(), NAN);
  normalise(image, bits, how, result.data());
  return result;
}

}  // namespace

TEST_CASE("8-bit values become value / 255 as float32", "[sanitize]") {
  Image8 rgb(2, 3, 3);
  for (std::size_t i = 0; i < rgb.pixels.size(); ++i) rgb.pixels[i] = static_cast<std::uint8_t>(15 * i);
  std::vector<float> result(rgb.pixels.size(), NAN);
  normalise(rgb, {}, result.data());
  for (std::size_t i = 0; i < result.size(); ++i) CHECK(result[i] == static_cast<float>(15 * i) / 255.0f);
  CHECK(normalised(counts({0, 51, 255}), {}, 8) == std::vector<float>{0.0f, 51 / 255.0f, 1.0f});
  CHECK(normalised(counts({0, 65535}), {}) == std::vector<float>{0.0f, 1.0f});
}

TEST_CASE("mean and deviation follow the scale, per colour channel", "[sanitize]") {
  Image8 rgb(1, 1, 3);
  rgb.pixels = {255, 0, 51};
  std::vector<float> result(3);
  normalise(rgb, {.mean = {0.485f, 0.456f, 0.406f}, .deviation = {0.229f, 0.224f, 0.225f}}, result.data());
  CHECK(result[0] == Approx((1 - 0.485) / 0.229).epsilon(1e-6));
  CHECK(result[1] == Approx(-0.456 / 0.224).epsilon(1e-6));
  CHECK(result[2] == Approx((0.2 - 0.406) / 0.225).epsilon(1e-6));
}

TEST_CASE("a fixed window maps the same count to the same number and clips the rest", "[sanitize]") {
  // HeatNet's window: 21800 to 25000, then to [-1, 1].
  const ThermalNormalisation how = {
      .scale = ThermalScale::window, .low = 21800, .high = 25000, .mean = 0.5f, .deviation = 0.5f};
  CHECK(normalised(counts({0, 21800, 23400, 25000, 65535}), how) == std::vector<float>{-1, -1, 0, 1, 1});
}

TEST_CASE("min-max spans the image's own range; a constant image is 0", "[sanitize]") {
  const ThermalNormalisation how = {.scale = ThermalScale::min_max};
  CHECK(normalised(counts({300, 200, 250, 600}), how) == std::vector<float>{0.25f, 0, 0.125f, 1});
  CHECK(normalised(counts({7, 7, 7}), how) == std::vector<float>{0, 0, 0});
}

TEST_CASE("percentiles interpolate between neighbours in order", "[sanitize]") {
  const Image16 image = counts({40, 10, 20, 30, 10});  // In order: 10 10 20 30 40.
  CHECK(percentile(image, 0) == 10);
  CHECK(percentile(image, 25) == 10);
  CHECK(percentile(image, 37.5) == 15);
  CHECK(percentile(image, 50) == 20);
  CHECK(percentile(image, 90) == Approx(36));
  CHECK(percentile(image, 100) == 40);
  CHECK(percentile(counts({65535, 0}), 100) == 65535);
  const ThermalNormalisation how = {.scale = ThermalScale::percentile, .low = 25, .high = 75};
  CHECK(normalised(image, how) == std::vector<float>{1, 0, 0.5f, 1, 0});
}

TEST_CASE("standardised images have mean 0 and deviation 1; a constant image is 0", "[sanitize]") {
  const ThermalNormalisation how = {.scale = ThermalScale::standardise};
  const std::vector<float> result = normalised(counts({20000, 20010, 20040, 20050}), how);
  double sum = 0, squares = 0;
  for (const float value : result) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  CHECK(sum == Approx(0).margin(1e-6));
  CHECK(squares / 4 == Approx(1).epsilon(1e-6));
  CHECK(result[0] == Approx(-25 / std::sqrt(425.)).epsilon(1e-6));
  CHECK(normalised(counts({9, 9}), how) == std::vector<float>{0, 0});
}

TEST_CASE("a description that makes no sense is refused with its numbers") {
  const Image16 image = counts({1, 2, 3});
  CHECK_THROWS_AS(normalised(image, {.scale = ThermalScale::window, .low = 5, .high = 5}), kernels::UsageError);
  CHECK_THROWS_WITH(normalised(image, {.scale = ThermalScale::window, .low = 9, .high = 5}),
                    Catch::Contains("expected low below high, got 9 and 5"));
  CHECK_THROWS_WITH(normalised(image, {.scale = ThermalScale::percentile, .low = 1, .high = 101}),
                    Catch::Contains("expected percentiles in 0 to 100"));
  CHECK_THROWS_AS(normalised(image, {.scale = ThermalScale::min_max, .deviation = 0}), kernels::UsageError);
  CHECK_THROWS_WITH(thermal_scale("minmax"), Catch::Contains("'minmax' is unknown; known: full_range, window"));
}

TEST_CASE("the description survives JSON bit for bit, and a missing field is named", "[sanitize]") {
  for (const ThermalScale scale : {ThermalScale::full_range, ThermalScale::window, ThermalScale::min_max,
                                   ThermalScale::percentile, ThermalScale::standardise}) {
    Normalisation description;
    description.rgb = {.mean = {0.485f, 0.456f, 0.406f}, .deviation = {0.229f, 0.224f, 0.225f}};
    description.thermal = {.scale = scale, .low = 0.1, .high = 99.5, .mean = 0.3f, .deviation = 0.7f};
    const std::string text = to_json(description).dump();
    CHECK(normalisation_from_json(nlohmann::json::parse(text)) == description);
  }
  nlohmann::json json = to_json({});
  json["thermal"].erase("high");
  CHECK_THROWS_AS(normalisation_from_json(json), kernels::CheckpointError);
  CHECK_THROWS_WITH(normalisation_from_json(json), Catch::Contains("field thermal.high cannot be read"));
}
