// SPDX-License-Identifier: Apache-2.0
// The MFNet layout: what a sample holds, and what is refused.
#include "datasets/mfnet.h"

#include <cstdlib>

#include "datasets/image_io.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

constexpr int height = 4, width = 6;

// Two images, 00001D and 00002N; channel c of pixel (y, x) is 40 c + 10 y + x (plus 1 by night), label (y + x) % 9.
struct SmallData {
  TemporaryFolder folder;

  SmallData() {
    std::filesystem::create_directories(folder / "images");
    std::filesystem::create_directories(folder / "labels");
    list("train", "00001D\n00002N\n");
    for (const std::string name : {"00001D", "00002N"}) {
      Image8 image(height, width, 4);
      LabelMap label(height, width, 1);
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
          for (int c = 0; c < 4; ++c)
            image.at(y, x, c) = static_cast<std::uint8_t>(40 * c + 10 * y + x + (name == "00002N"));
          label.at(y, x) = static_cast<std::uint8_t>((y + x) % 9);
        }
      write_png(image_path(name), image);
      write_png(label_path(name), label);
    }
  }
  std::filesystem::path image_path(const std::string& name) const { return folder / ("images/" + name + ".png"); }
  std::filesystem::path label_path(const std::string& name) const { return folder / ("labels/" + name + ".png"); }
  void list(const std::string& name, const std::string& text) const {
    test::write_text(folder / (name + ".txt"), text);
  }
  MFNetDataset open(const std::string& name = "train", LabelPolicy labels = LabelPolicy::required) const {
    return MFNetDataset({folder.path(), name, labels});
  }
};

}  // namespace

TEST_CASE("a sample has three colour channels, raw thermal counts, its label and its time of day", "[sanitize]") {
  const SmallData data;
  const MFNetDataset dataset = data.open();
  REQUIRE(dataset.size() == 2);
  CHECK(dataset.name() == "mfnet");
  CHECK(dataset.classes().size() == 9);
  CHECK_FALSE(dataset.ignored_label().has_value());
  CHECK(dataset.sample_name(1) == "00002N");
  CHECK(dataset.time_of_day(0) == TimeOfDay::day);

  const Sample night = dataset.load(1);
  CHECK(night.name == "00002N");
  CHECK(night.time == TimeOfDay::night);
  CHECK(night.thermal_bits == 8);
  REQUIRE(night.rgb.height == height);
  REQUIRE(night.rgb.width == width);
  REQUIRE(night.rgb.channels == 3);
  REQUIRE(night.thermal.channels == 1);
  REQUIRE(night.label.has_value());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) CHECK(int{night.rgb.at(y, x, c)} == 40 * c + 10 * y + x + 1);
      CHECK(int{night.thermal.at(y, x)} == 120 + 10 * y + x + 1);
      CHECK(int{night.label->at(y, x)} == (y + x) % 9);
    }
}

TEST_CASE("day and night are told by the last letter before _flip") {
  CHECK(mfnet_time_of_day("00001D") == TimeOfDay::day);
  CHECK(mfnet_time_of_day("00001N_flip") == TimeOfDay::night);
  CHECK(mfnet_time_of_day("00001") == TimeOfDay::unknown);
  CHECK(mfnet_time_of_day("_flip") == TimeOfDay::unknown);
}

TEST_CASE("a _flip name without a file is the mirrored original, image and label", "[sanitize]") {
  const SmallData data;
  data.list("mirrored", "00001D_flip\n");
  const Sample original = data.open().load(0);
  const Sample mirrored = data.open("mirrored").load(0);
  CHECK(mirrored.name == "00001D_flip");
  CHECK(mirrored.time == TimeOfDay::day);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) CHECK(mirrored.rgb.at(y, x, c) == original.rgb.at(y, width - 1 - x, c));
      CHECK(mirrored.thermal.at(y, x) == original.thermal.at(y, width - 1 - x));
      CHECK(mirrored.label->at(y, x) == original.label->at(y, width - 1 - x));
    }
}

TEST_CASE("a _flip name with files of its own is read as it is", "[sanitize]") {
  const SmallData data;
  data.list("mirrored", "00001D_flip\n");
  std::filesystem::copy(data.image_path("00002N"), data.image_path("00001D_flip"));
  CHECK_THROWS_AS(data.open("mirrored").load(0), kernels::FileError);  // An image of its own needs its own label.
  std::filesystem::copy(data.label_path("00002N"), data.label_path("00001D_flip"));
  CHECK(data.open("mirrored").load(0).rgb == data.open().load(1).rgb);
}

TEST_CASE("lists may have blank lines, blanks and carriage returns", "[sanitize]") {
  const SmallData data;
  data.list("untidy", "\r\n  00002N \r\n\n\t00001D");
  const MFNetDataset dataset = data.open("untidy");
  REQUIRE(dataset.size() == 2);
  CHECK(dataset.sample_name(0) == "00002N");
  CHECK(dataset.sample_name(1) == "00001D");
}

TEST_CASE("a list that is missing, empty or no list is refused with its path", "[sanitize]") {
  const SmallData data;
  data.list("empty", "\n \n");
  data.list("table", "00001D\n00001D.png 00002N.png\n");
  CHECK_THROWS_AS(data.open("absent"), kernels::FileError);
  CHECK_THROWS_WITH(data.open("absent"), Contains("absent.txt: the list of image names cannot be opened"));
  CHECK_THROWS_AS(data.open("empty"), kernels::DataError);
  CHECK_THROWS_WITH(data.open("empty"), Contains("empty.txt: expected at least one image name, got none"));
  CHECK_THROWS_WITH(data.open("table"), Contains("table.txt: line 2: expected one image name"));
}

TEST_CASE("a missing image or label is refused with its path; an optional label may be missing", "[sanitize]") {
  const SmallData data;
  std::filesystem::remove(data.label_path("00001D"));
  std::filesystem::remove(data.image_path("00002N"));
  CHECK_THROWS_AS(data.open().load(0), kernels::FileError);
  CHECK_THROWS_WITH(data.open().load(0), Contains("labels/00001D.png: cannot be opened"));
  CHECK_THROWS_WITH(data.open().load(1), Contains("images/00002N.png: cannot be opened"));
  CHECK_FALSE(data.open("train", LabelPolicy::optional).load(0).label.has_value());
  CHECK_THROWS_AS(data.open("train", LabelPolicy::optional).load(1), kernels::FileError);
}

TEST_CASE("an image without a thermal channel is refused with both channel counts", "[sanitize]") {
  const SmallData data;
  write_png(data.image_path("00001D"), Image8(height, width, 3));
  CHECK_THROWS_AS(data.open().load(0), kernels::DataError);
  CHECK_THROWS_WITH(data.open().load(0), Contains("images/00001D.png: expected 4 channels, got 3"));
}

TEST_CASE("a label of another size is refused with both sizes", "[sanitize]") {
  const SmallData data;
  write_png(data.label_path("00001D"), LabelMap(height + 1, width + 2, 1));
  CHECK_THROWS_AS(data.open().load(0), kernels::DataError);
  CHECK_THROWS_WITH(data.open().load(0),
                    Contains("labels/00001D.png: expected height 4 and width 6 as in ") && Contains("got 5 and 8"));
}

TEST_CASE("a label out of range is refused with file, pixel and value", "[sanitize]") {
  const SmallData data;
  LabelMap label(height, width, 1, 8);
  label.at(2, 5) = 9;
  label.at(3, 1) = 77;
  write_png(data.label_path("00002N"), label);
  CHECK_THROWS_AS(data.open().load(1), kernels::DataError);
  CHECK_THROWS_WITH(data.open().load(1), Contains("labels/00002N.png: expected class ids 0 to 8, got 9 at x 5, y 2"));
}

TEST_CASE("real pairs of the MFNet layout load in every list", "[mfnet]") {
  const char* shared = std::getenv("ISOTHERM_SHARED");
  const std::filesystem::path root =
      shared ? std::filesystem::path(shared) : std::filesystem::path(ISOTHERM_SOURCE_DIR) / "../shared";
  const std::filesystem::path directory = root / "data/mfnet";
  if (!std::filesystem::exists(directory / "train.txt")) {
    WARN("skipped: " << directory.string() << " is absent");
    return;
  }
  for (const std::string list : {"train", "val", "test", "test_day", "test_night"}) {
    const MFNetDataset dataset({directory, list});
    INFO(list);
    REQUIRE(dataset.size() > 0);
    for (const int index : {0, dataset.size() - 1}) {
      const Sample sample = dataset.load(index);
      INFO(sample.name);
      CHECK(sample.rgb.height == 480);
      CHECK(sample.rgb.width == 640);
      CHECK(sample.label.has_value());
      CHECK(sample.time != TimeOfDay::unknown);
    }
  }
}
