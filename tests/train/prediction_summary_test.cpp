// SPDX-License-Identifier: Apache-2.0
#include "train/prediction_summary.h"

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

TEST_CASE("summary: totals weigh images by their pixels, and classes of one name are told apart", "[sanitize]") {
  train::ModelCard card;
  card.model = "mfnet";
  card.classes = {{"ground", {}}, {"car", {}}, {"car", {}}};
  const std::vector<train::ImageSummary> images = {
      {.name = "a", .height = 2, .width = 5, .pixels = {4, 0, 3}, .other = 3, .mean_confidence = 0.5, .seconds = 1},
      {.name = "b", .height = 5, .width = 6, .pixels = {20, 0, 10}, .mean_confidence = 0.9, .seconds = 2}};
  const train::RunSummary run{.weights = "w", .inference = {.window = {480, 640}}, .only = {0, 2}, .seconds = 7};
  const nlohmann::ordered_json json = train::to_json(run, card, images);
  CHECK(json["images"][0]["pixels"] == nlohmann::ordered_json({{"ground", 4}, {"car", 3}}));
  CHECK(json["totals"]["pixels"]["car"] == 13);
  CHECK(json["totals"]["other_pixels"] == 3);
  CHECK(json["totals"]["mean_confidence"].get<double>() == Approx((0.5 * 10 + 0.9 * 30) / 40));
  CHECK(json["totals"]["seconds"] == 7);
  CHECK(json["settings"]["window"] == nlohmann::ordered_json({480, 640}));
  CHECK(json["settings"]["overlap"] == nlohmann::ordered_json({120, 160}));

  const nlohmann::ordered_json all = train::to_json({}, card, images);
  CHECK(all["totals"]["pixels"] == nlohmann::ordered_json({{"ground", 24}, {"car", 0}, {"car (2)", 13}}));
  CHECK(all["settings"]["only"].is_null());
  CHECK(all["settings"]["window"].is_null());
  CHECK(train::to_json(run, card, {})["totals"]["mean_confidence"].is_null());
  const test::TemporaryFolder folder;
  train::write_summary(folder / "summary.json", json);
  CHECK(nlohmann::ordered_json::parse(test::read_text(folder / "summary.json")) == json);
}
