// SPDX-License-Identifier: Apache-2.0
// What is guessed about a directory, for the ways in which people name their files.
#include "datasets/folder_guess.h"

#include "datasets/folder.h"
#include "datasets/image_io.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/own_data.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

Image8 colours(int seed) {
  Image8 image(6, 8, 3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(i * 37 + static_cast<std::size_t>(seed));
  return image;
}

Image8 warmth(int seed) {
  Image8 image(6, 8, 1);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<std::uint8_t>(i * 5 + static_cast<std::size_t>(seed));
  return image;
}

LabelMap ids(int seed) {
  LabelMap label(6, 8, 1);
  for (std::size_t i = 0; i < label.pixels.size(); ++i) label.pixels[i] = static_cast<std::uint8_t>((i + seed) % 3);
  return label;
}

void write(const std::filesystem::path& path, const Image8& image) {
  std::filesystem::create_directories(path.parent_path());
  write_png(path, image);
}

}  // namespace

TEST_CASE("prepare folder finds roles and names, however the files are named", "[sanitize]") {
  struct Case {
    const char *rgb, *thermal, *label;                          // With # for a number.
    const char *rgb_pattern, *thermal_pattern, *label_pattern;  // As guessed.
  };
  const Case cases[] = {
      {"rgb/#.png", "thermal/#.png", "labels/#.png", "rgb/*.png", "thermal/*.png", "labels/*.png"},
      {"vi/#.png", "ir/#.png", "", "vi/*.png", "ir/*.png", ""},
      {"#_rgb.png", "#_thermal.png", "#_label.png", "*_rgb.png", "*_thermal.png", "*_label.png"},
      {"all/rgb_#.png", "all/ir_#.png", "all/gt_#.png", "all/rgb_*.png", "all/ir_*.png", "all/gt_*.png"},
      {"visible/img_#.png", "infrared/fl_#.png", "masks/mask_#.png", "visible/img_*.png", "infrared/fl_*.png",
       "masks/mask_*.png"},
      {"A/x#.png", "B/y#.png", "C/z#.png", "A/x*.png", "B/y*.png", "C/z*.png"},  // Told by the images alone.
      {"train/rgb/#.png", "train/thermal/#.png", "train/labels/#.png", "train/rgb/*.png", "train/thermal/*.png",
       "train/labels/*.png"},
  };
  for (const Case& each : cases) {
    INFO(each.rgb);
    const TemporaryFolder folder;
    const auto file = [&](const std::string& pattern, int number) {
      std::string name = pattern;
      return folder / name.replace(name.find('#'), 1, std::to_string(100 + 11 * number));
    };
    for (int i = 0; i < 5; ++i) {
      write(file(each.rgb, i), colours(i));
      write(file(each.thermal, i), warmth(i));
      if (*each.label) write(file(each.label, i), ids(i));
    }
    const Guess guess = guess_description({.directory = folder.path()});
    CHECK(guess.description.rgb == each.rgb_pattern);
    CHECK(guess.description.thermal == each.thermal_pattern);
    CHECK(guess.description.labels == each.label_pattern);
    CHECK(guess.description.thermal_bits == 8);
    test::write_text(folder / "dataset.toml", to_toml(guess.description));
    const FolderDataset dataset({folder.path(), "all", LabelPolicy::optional});
    CHECK(dataset.size() == 5);
    CHECK(dataset.load(4).label.has_value() == (*each.label != 0));
    CHECK(dataset.classes().size() == (*each.label ? 3u : 0u));
  }
}

TEST_CASE("prepare folder finds folders of splits and keeps them apart", "[sanitize]") {
  const TemporaryFolder folder;
  for (const std::string split : {"train", "val"})
    for (int i = 0; i < 3; ++i) {
      const std::string name = std::to_string(i) + ".png";
      write(folder / (split + "/rgb/" + name), colours(i));
      write(folder / (split + "/thermal/" + name), warmth(i));
      write(folder / (split + "/labels/" + name), ids(i));
    }
  const Guess guess = guess_description({.directory = folder.path()});
  CHECK(guess.description.rgb == "*/rgb/*.png");
  test::write_text(folder / "dataset.toml", to_toml(guess.description));
  CHECK(FolderDataset({folder.path(), "train"}).size() == 3);
  CHECK(FolderDataset({folder.path(), "val"}).sample_name(2) == "val_2");
}

TEST_CASE("prepare folder tells depth, window, classes and the ignored value from the images", "[sanitize]") {
  const TemporaryFolder folder;
  test::write_own_data(folder.path(), {.pairs = 6});
  const Guess guess = guess_description({.directory = folder.path(), .seed = 5});
  const FolderDescription& description = guess.description;
  CHECK(description.rgb == "visible/frame_*.png");
  CHECK(description.thermal == "infrared/frame_*_ir.png");
  CHECK(description.labels == "masks/frame_*_mask.png");
  CHECK(description.thermal_bits == 16);
  CHECK(description.thermal_low > 20000);
  CHECK(description.thermal_high < 30000);
  CHECK(description.thermal_low < description.thermal_high);
  CHECK(description.ignored == std::vector<int>{255});
  REQUIRE(description.classes.size() >= 2);
  for (const FolderDescription::Class& each : description.classes) {
    REQUIRE(each.values.size() == 1);
    CHECK(each.values[0] % 10 == 3);
  }
  CHECK(description.seed == 5);
  const std::string reasons = fmt::format("{}", fmt::join(guess.reasons, "\n"));
  CHECK_THAT(reasons, Contains("thermal: infrared/frame_*_ir.png (6 files), 6 of them paired") && Contains("16 bits") &&
                          Contains("70 % train") && Contains("ignored: the label value 255"));
}

TEST_CASE("prepare folder takes images of four channels and lists as they are", "[sanitize]") {
  const TemporaryFolder folder;
  for (int i = 0; i < 3; ++i) {
    Image8 image(6, 8, 4);
    for (std::size_t k = 0; k < image.pixels.size(); ++k) image.pixels[k] = static_cast<std::uint8_t>(31 * k + i);
    write(folder / ("images/0" + std::to_string(i) + (i == 2 ? "N.png" : "D.png")), image);
    write(folder / ("labels/0" + std::to_string(i) + (i == 2 ? "N.png" : "D.png")), ids(i));
  }
  test::write_text(folder / "train.txt", "00D\n01D\n");
  test::write_text(folder / "test.txt", "02N\n");
  test::write_text(folder / "classes.txt", "ground\ncar\nperson\ntram\n");
  const Guess guess = guess_description({.directory = folder.path()});
  CHECK(guess.description.images == "images/*.png");
  CHECK(guess.description.rgb.empty());
  REQUIRE(guess.description.classes.size() == 4);
  CHECK(guess.description.classes[3].info.name == "tram");
  test::write_text(folder / "dataset.toml", to_toml(guess.description));
  CHECK(FolderDataset({folder.path(), "train"}).size() == 2);
  CHECK(FolderDataset({folder.path(), "test_night"}).sample_name(0) == "02N");
}

TEST_CASE("prepare folder refuses a directory without pairs and says what it saw", "[sanitize]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(guess_description({.directory = folder.path()}), Contains("got no images"));
  write(folder / "rgb/1.png", colours(1));
  write(folder / "thermal/2.png", warmth(1));
  CHECK_THROWS_AS(guess_description({.directory = folder.path()}), kernels::DataError);
  CHECK_THROWS_WITH(guess_description({.directory = folder.path()}), Contains("rgb/*.png (1 files)"));
  CHECK_THROWS_AS(guess_description({.directory = folder / "absent"}), kernels::FileError);
}

TEST_CASE("a written description reads back as it was", "[sanitize]") {
  const TemporaryFolder folder;
  FolderDescription description;
  description.rgb = "a \"b\"/*.png";
  description.thermal = "c/*.tiff";
  description.labels = "d/*.png";
  description.registered = false;
  description.thermal_bits = 12;
  description.thermal_low = 17.5;
  description.thermal_high = 3000;
  description.convert = FolderDescription::Convert::eight_bits;
  description.classes = {{{"x \\ y", {1, 2, 3}}, {4, 5}}, {{"z", {6, 7, 8}}, {9}}};
  description.ignored = {0, 255};
  description.seed = 11;
  description.splits = {{"test", FolderDescription::Patterns{"t*", "u"}},
                        {"train", 0.625},
                        {"validation", FolderDescription::ListFile{"./v/list.txt"}}};
  description.day = {"*D"};
  test::write_text(folder / "dataset.toml", to_toml(description, ".", {"a note"}));
  const FolderDescription read = read_folder_description(folder / "dataset.toml");
  CHECK(read.rgb == description.rgb);
  CHECK(read.thermal == description.thermal);
  CHECK(read.labels == description.labels);
  CHECK_FALSE(read.registered);
  CHECK(read.thermal_bits == 12);
  CHECK(read.thermal_low == 17.5);
  CHECK(read.thermal_high == 3000);
  CHECK(read.convert == description.convert);
  REQUIRE(read.classes.size() == 2);
  CHECK(read.classes[0].info.name == "x \\ y");
  CHECK(read.classes[0].info.colour == Colour{1, 2, 3});
  CHECK(read.classes[0].values == std::vector<int>{4, 5});
  CHECK(read.ignored == description.ignored);
  CHECK(read.seed == 11);
  REQUIRE(read.splits.size() == 3);
  CHECK(std::get<FolderDescription::Patterns>(read.splits[0].which) == FolderDescription::Patterns{"t*", "u"});
  CHECK(std::get<double>(read.splits[1].which) == 0.625);
  CHECK(std::get<FolderDescription::ListFile>(read.splits[2].which).path.filename() == "list.txt");
  CHECK(read.day == description.day);
}
