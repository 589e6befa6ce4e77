// SPDX-License-Identifier: Apache-2.0
// Own data by a description: what a sample holds, what is refused, and what is told instead of thrown.
#include "datasets/folder.h"

#include <set>

#include "datasets/image_io.h"
#include "datasets/open.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;
using test::TemporaryFolder;

namespace {

constexpr int height = 4, width = 6;

const std::string description = R"(
[rgb]
files = "vis/*.png"
[thermal]
files = "ir/*_t.png"
bits = 14
low = 1000
high = 3000
[labels]
files = "gt/*.png"
ignored = [255, 9]
[[classes]]
name = "ground"
values = [0, 4]
colour = [1, 2, 3]
[[classes]]
name = "person"
values = [7]
[splits]
train = ["a*"]
validation = ["b*"]
[time]
night = ["*2"]
)";

// Samples a1, a2, b1; red = 10 y + x, thermal = 500 (y + x) + 900, labels 0 4 7 9 255 in turn.
struct SmallFolder {
  TemporaryFolder folder;

  SmallFolder() {
    for (const char* part : {"vis", "ir", "gt"}) std::filesystem::create_directories(folder / part);
    for (const std::string name : {"a1", "a2", "b1"}) write(name);
    test::write_text(folder / "dataset.toml", description);
  }
  void write(const std::string& name) const {
    constexpr std::uint8_t values[] = {0, 4, 7, 9, 255};
    Image8 rgb(height, width, 3);
    Image16 thermal(height, width, 1);
    LabelMap label(height, width, 1);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        rgb.at(y, x) = static_cast<std::uint8_t>(10 * y + x + (name == "a2") + 2 * (name == "b1"));
        thermal.at(y, x) = static_cast<std::uint16_t>(500 * (y + x) + 900);
        label.at(y, x) = values[(y * width + x) % 5];
      }
    write_png(folder / ("vis/" + name + ".png"), rgb);
    write_png(folder / ("ir/" + name + "_t.png"), thermal);
    write_png(folder / ("gt/" + name + ".png"), label);
  }
  void describe(const std::string& from, const std::string& to) const {
    std::string text = description;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    test::write_text(folder / "dataset.toml", text.replace(at, from.size(), to));
  }
  FolderDataset open(const std::string& split = "train", LabelPolicy labels = LabelPolicy::required) const {
    return FolderDataset({folder.path(), split, labels});
  }
  std::vector<Problem> problems_of(const FolderDataset& dataset, int index) const {
    std::vector<Problem> problems;
    dataset.examine(index, [&](const Problem& problem) { problems.push_back(problem); });
    return problems;
  }
};

}  // namespace

TEST_CASE("folder: a sample has colours, raw counts, and the ids that its label values mean", "[sanitize]") {
  const SmallFolder data;
  const FolderDataset dataset = data.open();
  REQUIRE(dataset.size() == 2);
  CHECK(dataset.name() == "folder");
  REQUIRE(dataset.classes().size() == 2);
  CHECK(dataset.classes()[0].name == "ground");
  CHECK(dataset.classes()[0].colour == Colour{1, 2, 3});
  CHECK(dataset.ignored_label() == 255);
  CHECK(dataset.thermal_normalisation() == ThermalNormalisation{ThermalScale::window, 1000, 3000, 0, 1});
  const Sample sample = dataset.load(1);
  CHECK(sample.name == "a2");
  CHECK(sample.time == TimeOfDay::night);
  CHECK(sample.thermal_bits == 14);
  REQUIRE(sample.label.has_value());
  constexpr int ids[] = {0, 0, 1, 255, 255};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      CHECK(int{sample.rgb.at(y, x)} == 10 * y + x + 1);
      CHECK(int{sample.thermal.at(y, x)} == 500 * (y + x) + 900);
      CHECK(int{sample.label->at(y, x)} == ids[(y * width + x) % 5]);
    }
}

TEST_CASE("folder: 8 bit conversion maps the window to 0 to 255 and clips", "[sanitize]") {
  const SmallFolder data;
  data.describe("high = 3000", "high = 3000\nconvert = \"8 bit\"");
  const FolderDataset dataset = data.open();
  CHECK(dataset.thermal_normalisation() == ThermalNormalisation{});
  const Sample sample = dataset.load(0);
  CHECK(sample.thermal_bits == 8);
  CHECK(int{sample.thermal.at(0, 0)} == 0);    // 900.
  CHECK(int{sample.thermal.at(0, 2)} == 115);  // 1900: 0.45 of 255, 114.75.
  CHECK(int{sample.thermal.at(3, 5)} == 255);  // 4900.
}

TEST_CASE("folder: splits are patterns, lists or fractions, and day and night are parts of them", "[sanitize]") {
  const SmallFolder data;
  CHECK(data.open("all").size() == 3);
  CHECK(data.open("val").size() == 1);
  CHECK(data.open("validation").sample_name(0) == "b1");
  CHECK(data.open("all_night").size() == 1);
  CHECK_THROWS_WITH(data.open("test"), Contains("split 'test' is unknown; known: all, train, validation"));
  CHECK_THROWS_WITH(data.open("train_day"), Contains("expected samples in the split 'train_day', got none"));

  test::write_text(data.folder / "lists/mine.txt", "b1\n# not this one\nvis/a2.png\n\n");
  data.describe("train = [\"a*\"]\nvalidation = [\"b*\"]", "train = \"lists/mine.txt\"\ntest = 1.0");
  REQUIRE(data.open("train").size() == 2);
  CHECK(data.open("train").sample_name(0) == "b1");
  CHECK(data.open("train").sample_name(1) == "a2");
  CHECK(data.open("test").sample_name(0) == "a1");
}

TEST_CASE("folder: fractions take every sample once, by the seed alone", "[sanitize]") {
  const SmallFolder data;
  for (int i = 10; i < 27; ++i) data.write("c" + std::to_string(i));
  std::vector<std::string> first;
  for (const char* seed : {"0", "0", "1"}) {
    data.describe("train = [\"a*\"]\nvalidation = [\"b*\"]",
                  std::string("seed = ") + seed + "\ntrain = 0.7\nvalidation = 0.15\ntest = 0.15");
    std::set<std::string> seen;
    std::vector<std::string> names;
    for (const char* split : {"train", "validation", "test"}) {
      const FolderDataset dataset = data.open(split);
      CHECK(dataset.size() == (std::string(split) == "train" ? 14 : 3));
      for (int i = 0; i < dataset.size(); ++i) {
        CHECK(seen.insert(dataset.sample_name(i)).second);
        names.push_back(dataset.sample_name(i));
      }
    }
    CHECK(seen.size() == 20);
    if (first.empty())
      first = names;
    else
      CHECK((names == first) == (std::string(seed) == "0"));
  }
}

TEST_CASE("folder: images of four channels need no thermal files", "[sanitize]") {
  const SmallFolder data;
  std::filesystem::create_directories(data.folder / "four");
  Image8 image(height, width, 4);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i);
  write_png(data.folder / "four/a1.png", image);
  test::write_text(data.folder / "dataset.toml",
                   "[images]\nfiles = \"four/*.png\"\n[labels]\nfiles = \"gt/*.png\"\nignored = [9, 255]\n"
                   "[[classes]]\nvalues = [0, 4]\n[[classes]]\nvalues = 7\n[splits]\ntrain = 1\n");
  const FolderDataset dataset = data.open();
  REQUIRE(dataset.size() == 1);
  CHECK(dataset.classes()[1].name == "class 1");
  const Sample sample = dataset.load(0);
  CHECK(sample.thermal_bits == 8);
  CHECK(int{sample.thermal.at(0, 1)} == 7);
  CHECK(int{sample.rgb.at(0, 1, 2)} == 6);
}

TEST_CASE("folder: a description with a mistake is refused with file, line and key", "[sanitize]") {
  struct Case {
    const char *from, *to, *message;
  };
  const Case cases[] = {
      {"low = 1000", "lowest = 1000",
       "line 7: thermal.lowest: is unknown; known here: bits, convert, files, high, low"},
      {"bits = 14", "bits = 20", "line 6: thermal.bits: expected 8 to 16, got 20"},
      {"bits = 14", "bits = \"14\"", "line 6: thermal.bits: expected a whole number"},
      {"low = 1000", "low = 5000", "expected low below high, got 5000 and 3000"},
      {"high = 3000", "high = 3000\nconvert = \"8\"", "thermal.convert: expected \"none\" or \"8 bit\", got \"8\""},
      {"files = \"vis/*.png\"", "files = \"vis/\"", "rgb.files: expected a pattern with single *"},
      {"files = \"vis/*.png\"", "files = \"vis/**.png\"", "rgb.files: expected a pattern with single *"},
      {"files = \"vis/*.png\"", "files = \"*/*.png\"", "expected patterns with equally many *"},
      {"[rgb]\nfiles = \"vis/*.png\"", "", "expected rgb.files and thermal.files, or images.files alone"},
      {"[rgb]", "[images]\nfiles = \"x/*.png\"\n[rgb]", "expected rgb.files and thermal.files, or images.files alone"},
      {"[rgb]", "rbg = 1\n[rgb]", "line 2: rbg: is unknown; known here: classes, images, labels"},
      {"[rgb]", "registered = \"no\"\n[rgb]", "line 2: registered: expected true or false"},
      {"values = [7]", "values = [4]", "label value 4: belongs to class 'ground' and to class 'person'"},
      {"values = [7]", "values = [255]", "label value 255: belongs to class 'person' and to labels.ignored"},
      {"values = [7]", "values = [256]", "classes 1.values: expected 0 to 255, got 256"},
      {"colour = [1, 2, 3]", "colour = [1, 2]", "classes 0.colour: expected three numbers"},
      {"colour = [1, 2, 3]", "color = [1, 2, 3]", "classes 0.color: is unknown"},
      {"train = [\"a*\"]", "train = 1.5", "splits.train: expected a fraction 0 to 1, got 1.5"},
      {"train = [\"a*\"]\nvalidation = [\"b*\"]", "train = 0.7\ntest = 0.4",
       "expected fractions that sum to 1 at most"},
      {"train = [\"a*\"]", "train = \"absent.txt\"", "absent.txt: the list of sample names cannot be opened"},
      {"train = [\"a*\"]", "train = [1]", "splits.train: expected texts in quotes"},
      {"[rgb]", "[rgb", "line 2: "},
      {"vis/*.png", "nowhere/*.bmp", "expected samples"},
  };
  const SmallFolder data;
  for (const Case& each : cases) {
    INFO(each.from << " -> " << each.to);
    data.describe(each.from, each.to);
    if (std::string(each.message) == "expected samples") {
      // The thermal images are still there, so the samples are; their colour images are not.
      CHECK_THROWS_WITH(data.open().load(0), Contains("a1") && Contains("cannot be opened"));
      continue;
    }
    CHECK_THROWS_WITH(data.open(), Contains(each.message));
  }
  CHECK_THROWS_AS(FolderDataset({data.folder / "absent.toml"}), kernels::FileError);
  CHECK_THROWS_WITH(FolderDataset({data.folder / "absent.toml"}), Contains("absent.toml: the description"));
  CHECK_THROWS_AS(open_dataset("folder", {}), kernels::UsageError);
}

TEST_CASE("folder: every bad file is refused by load and told by examine, with file and value", "[sanitize]") {
  struct Case {
    const char* name;
    ProblemKind kind;
    void (*spoil)(const SmallFolder&);
    const char* message;
  };
  const Case cases[] = {
      {"no thermal image", ProblemKind::missing,
       [](const SmallFolder& data) { std::filesystem::remove(data.folder / "ir/a1_t.png"); },
       "ir/a1_t.png: cannot be opened: No such file"},
      {"no colour image", ProblemKind::missing,
       [](const SmallFolder& data) { std::filesystem::remove(data.folder / "vis/a1.png"); },
       "vis/a1.png: cannot be opened: No such file"},
      {"no label", ProblemKind::missing,
       [](const SmallFolder& data) { std::filesystem::remove(data.folder / "gt/a1.png"); },
       "gt/a1.png: cannot be opened: No such file"},
      {"text for colours", ProblemKind::unreadable,
       [](const SmallFolder& data) { test::write_text(data.folder / "vis/a1.png", "hello"); },
       "vis/a1.png: expected a picture"},
      {"nothing for a label", ProblemKind::unreadable,
       [](const SmallFolder& data) { test::write_text(data.folder / "gt/a1.png", ""); },
       "gt/a1.png: expected a label as PNG or TIFF file, got 0 bytes"},
      {"a label in colours", ProblemKind::unreadable,
       [](const SmallFolder& data) { write_png(data.folder / "gt/a1.png", Image8(height, width, 3)); },
       "gt/a1.png: expected class ids as grey or palette, got RGB"},
      {"thermal of 8 bits", ProblemKind::depth,
       [](const SmallFolder& data) { write_png(data.folder / "ir/a1_t.png", Image8(height, width, 1)); },
       "ir/a1_t.png: expected a thermal image of 14 bits, got 8"},
      {"a count of 15 bits", ProblemKind::depth,
       [](const SmallFolder& data) {
         Image16 thermal(height, width, 1, 2000);
         thermal.at(2, 5) = 16384;
         write_png(data.folder / "ir/a1_t.png", thermal);
       },
       "ir/a1_t.png: expected counts up to 16383 (14 bits), got 16384 at x 5, y 2"},
      {"thermal of another size", ProblemKind::size,
       [](const SmallFolder& data) { write_png(data.folder / "ir/a1_t.png", Image16(height, width + 2, 1)); },
       "ir/a1_t.png: expected height 4 and width 6"},
      {"a label of another size", ProblemKind::size,
       [](const SmallFolder& data) { write_png(data.folder / "gt/a1.png", Image8(height + 1, width, 1)); },
       "gt/a1.png: expected height 4 and width 6"},
      {"labels out of range", ProblemKind::label,
       [](const SmallFolder& data) {
         LabelMap label(height, width, 1);
         label.at(1, 3) = 5;
         label.at(3, 0) = 200;
         write_png(data.folder / "gt/a1.png", label);
       },
       "got 5 at x 3, y 1 (2 such pixels, with the values 5, 200)"},
  };
  for (const Case& each : cases) {
    INFO(each.name);
    const SmallFolder data;
    each.spoil(data);
    const FolderDataset dataset = data.open();
    REQUIRE(dataset.sample_name(0) == "a1");
    CHECK_THROWS_WITH(dataset.load(0), Contains(each.message));
    const std::vector<Problem> problems = data.problems_of(dataset, 0);
    REQUIRE(problems.size() == 1);
    CHECK(to_string(problems[0].kind) == to_string(each.kind));
    CHECK_THAT(problems[0].message, Contains(each.message));
    CHECK(data.problems_of(dataset, 1).empty());
  }
}

TEST_CASE("folder: examine goes on after each problem of one sample", "[sanitize]") {
  const SmallFolder data;
  std::filesystem::remove(data.folder / "vis/a1.png");
  write_png(data.folder / "ir/a1_t.png", Image8(height, width, 1));
  write_png(data.folder / "gt/a1.png", LabelMap(height, width, 1, 66));
  const std::vector<Problem> problems = data.problems_of(data.open(), 0);
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].kind == ProblemKind::missing);
  CHECK(problems[1].kind == ProblemKind::depth);
  CHECK(problems[2].kind == ProblemKind::label);
}

TEST_CASE("folder: labels without images and samples in two splits are problems of the whole", "[sanitize]") {
  const SmallFolder data;
  std::filesystem::copy(data.folder / "gt/a1.png", data.folder / "gt/z9.png");
  data.describe("validation = [\"b*\"]", "validation = [\"*1\"]");
  const std::vector<Problem> problems = data.open().problems_of_the_whole();
  REQUIRE(problems.size() == 2);
  CHECK_THAT(problems[0].message, Contains("gt/z9.png: expected images of the name z9, got none"));
  CHECK_THAT(problems[1].message, Contains("a1: expected one split for each sample, got train and validation"));
}
