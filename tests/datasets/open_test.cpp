// SPDX-License-Identifier: Apache-2.0
// The table of data sets: names, splits, settings, and what is refused.
#include "datasets/open.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;

TEST_CASE("mfnet opens by split or by the name of a list", "[sanitize]") {
  const test::TemporaryFolder folder;
  test::write_text(folder / "train.txt", "00001D\n00002N\n");
  test::write_text(folder / "val.txt", "00003N\n");
  test::write_text(folder / "test_night.txt", "00004N\n");
  const auto open = [&](const std::string& split) {
    return open_dataset("mfnet", {.directory = folder.path(), .split = split});
  };
  CHECK(open_dataset("mfnet", {.directory = folder.path()})->size() == 2);
  CHECK(open("validation")->sample_name(0) == "00003N");
  CHECK(open("val")->sample_name(0) == "00003N");
  CHECK(open("test_night")->sample_name(0) == "00004N");
  CHECK_THROWS_AS(open("test"), kernels::FileError);
  CHECK_THROWS_WITH(open_dataset("mfnet", {}), Contains("mfnet: expected a folder"));
}

TEST_CASE("synthetic opens with its settings", "[sanitize]") {
  const auto dataset = open_dataset(
      "synthetic",
      {.split = "val",
       .seed = 3,
       .settings = {
           {"day", "2"}, {"night", "1"}, {"bits", "16"}, {"pairing", "twins"}, {"height", "32"}, {"width", "48"}}});
  REQUIRE(dataset->size() == 3);
  CHECK(dataset->time_of_day(2) == TimeOfDay::night);
  const Sample sample = dataset->load(1);
  CHECK(sample.rgb.height == 32);
  CHECK(sample.rgb.width == 48);
  CHECK(sample.thermal_bits == 16);
  CHECK(open_dataset("synthetic", {.settings = {{"labels", "heatnet13"}}})->classes().size() == 13);
}

TEST_CASE("a data set knows its splits", "[sanitize]") {
  const test::TemporaryFolder folder;
  test::write_text(folder / "train.txt", "00001D\n");
  test::write_text(folder / "test.txt", "00004N\n");
  CHECK(split_names("mfnet", {.directory = folder.path()}) == std::vector<std::string>{"train", "test"});
  CHECK_THROWS_WITH(split_names("mfnet", {.directory = folder / "absent"}),
                    Contains("absent: expected one of the lists"));
  CHECK(split_names("synthetic", {}).size() == 3);
  CHECK_THROWS_AS(split_names("mfnat", {}), kernels::UsageError);
}

TEST_CASE("an unknown data set, split or setting is refused, and the known ones are listed") {
  for (const std::string& name : dataset_names()) {
    INFO(name);
    CHECK_THROWS_WITH(open_dataset("mfnat", {}), Contains("data set 'mfnat' is unknown; known: ") && Contains(name));
  }
  CHECK_THROWS_AS(open_dataset("mfnat", {}), kernels::UsageError);
  CHECK_THAT(dataset_names(), Catch::Matchers::VectorContains(std::string("mfnet")) &&
                                  Catch::Matchers::VectorContains(std::string("synthetic")));
  CHECK_THROWS_WITH(open_dataset("mfnet", {.settings = {{"colour", "1"}}}),
                    Contains("mfnet: setting 'colour' is unknown; known: none"));
  CHECK_THROWS_WITH(open_dataset("synthetic", {.settings = {{"colour", "1"}}}),
                    Contains("synthetic: setting 'colour' is unknown; known: day, night, labels"));
  CHECK_THROWS_WITH(open_dataset("synthetic", {.settings = {{"day", "2x"}}}),
                    Contains("day: expected a whole number, got '2x'"));
  CHECK_THROWS_WITH(open_dataset("synthetic", {.settings = {{"pairing", "pairs"}}}),
                    Contains("pairing: expected unpaired or twins, got 'pairs'"));
  CHECK_THROWS_WITH(open_dataset("synthetic", {.split = "night"}),
                    Contains("expected the split train, validation or test, got 'night'"));
}
