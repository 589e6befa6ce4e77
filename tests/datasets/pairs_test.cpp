// SPDX-License-Identifier: Apache-2.0
// Pairs are found by name and by list, and refused with both files where they do not belong together.
#include "datasets/pairs.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using Catch::Matchers::Contains;
using test::TemporaryFolder;
using test::write_text;

namespace {

Image16 ramp(int height, int width) {
  Image16 image(height, width, 1);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint16_t>(20000 + 7 * i);
  return image;
}

std::string names_of(const std::vector<ImagePair>& pairs) {
  std::string names;
  for (const ImagePair& pair : pairs) names += pair.name + " ";
  return names;
}

}  // namespace

TEST_CASE("a pair keeps its colours and all 16 thermal bits", "[sanitize]") {
  const TemporaryFolder folder;
  Image8 rgb(3, 5, 3);
  for (std::size_t i = 0; i < rgb.pixels.size(); ++i) rgb.pixels[i] = static_cast<std::uint8_t>(5 * i);
  write_png(folder / "a.png", rgb);
  write_png(folder / "t.png", ramp(3, 5));
  const Sample sample = load_pair(image_pair(folder / "a.png", folder / "t.png"));
  CHECK(sample.name == "a");
  CHECK(sample.rgb == rgb);
  CHECK(sample.thermal == ramp(3, 5));
  CHECK(sample.thermal_bits == 16);
  CHECK_FALSE(sample.label);
}

TEST_CASE("a 4-channel image is a pair by itself, and only such a one is", "[sanitize]") {
  const TemporaryFolder folder;
  Image8 image(2, 3, 4);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i);
  write_png(folder / "four.png", image);
  const Sample sample = load_pair(image_pair(folder / "four.png"));
  CHECK(sample.thermal_bits == 8);
  CHECK(sample.rgb.at(1, 2, 1) == 4 * 5 + 1);
  CHECK(sample.thermal.at(1, 2) == 4 * 5 + 3);
  write_png(folder / "three.png", Image8(2, 3, 3));
  CHECK_THROWS_WITH(load_pair(image_pair(folder / "three.png")), Contains("three.png: expected 4 channels"));
}

TEST_CASE("a pair of two sizes is refused with both files and sizes", "[sanitize]") {
  const TemporaryFolder folder;
  write_png(folder / "colour.png", Image8(3, 5, 3));
  write_png(folder / "warm.png", Image16(4, 5, 1));
  const auto load = [&] {
    load_pair(image_pair(folder / "colour.png", folder / "warm.png"));
  };
  CHECK_THROWS_AS(load(), kernels::DataError);
  CHECK_THROWS_WITH(load(), Contains("colour.png") && Contains("warm.png") && Contains("3") && Contains("4"));
}

TEST_CASE("thermal images may be grey stored as colour, but not coloured", "[sanitize]") {
  const TemporaryFolder folder;
  Image8 image(2, 3, 3, 90);
  image.at(1, 1, 2) = 92;
  write_png(folder / "grey.png", image);
  CHECK(read_thermal(folder / "grey.png").image == Image16(2, 3, 1, 90));
  CHECK(read_thermal(folder / "grey.png").bits == 8);
  image.at(1, 2, 1) = 200;
  write_png(folder / "jet.png", image);
  CHECK_THROWS_WITH(read_thermal(folder / "jet.png"), Contains("jet.png") && Contains("90, 200, 90 at x 2, y 1"));
  write_png(folder / "one.png", Image8(2, 3, 1, 7));
  CHECK(load_pair(image_pair(folder / "one.png", folder / "one.png")).rgb == Image8(2, 3, 3, 7));
}

TEST_CASE("two folders pair by name, and a picture without partner is named", "[sanitize]") {
  const TemporaryFolder folder;
  for (const char* name : {"vi/b.png", "vi/a.png", "ir/a.png", "ir/b.jpg", "ir/notes.txt"})
    write_text(folder / name, "");
  const auto pairs = pairs_of_folders(folder / "vi", folder / "ir");
  CHECK(names_of(pairs) == "a b ");
  CHECK(pairs[1].thermal == folder / "ir/b.jpg");
  write_text(folder / "ir/c.png", "");
  CHECK_THROWS_WITH(pairs_of_folders(folder / "vi", folder / "ir"), Contains("c.png: has no RGB picture"));
  write_text(folder / "vi/d.png", "");
  CHECK_THROWS_WITH(pairs_of_folders(folder / "vi", folder / "ir"), Contains("d.png: has no thermal picture"));
  CHECK_THROWS_AS(four_channel_images(folder / "none"), kernels::FileError);
  write_text(folder / "empty/readme.md", "");
  CHECK_THROWS_WITH(four_channel_images(folder / "empty"), Contains("expected pictures"));
  CHECK(names_of(four_channel_images(folder / "vi")) == "a b d ");
}

TEST_CASE("a list gives pairs relative to itself, under names that differ", "[sanitize]") {
  const TemporaryFolder folder;
  write_text(folder / "lists/all.txt",
             "# comment\n\none.png ../ir/one.png\r\ntwo words.png\t/other place/t.png\nsub/one.png\nsub/one.png\n");
  const auto pairs = read_pair_list(folder / "lists/all.txt");
  CHECK(names_of(pairs) == "one two words one_2 one_3 ");
  CHECK(pairs[0].rgb == folder / "lists/one.png");
  CHECK(pairs[0].thermal == folder / "lists/../ir/one.png");
  CHECK(pairs[1].thermal == "/other place/t.png");
  CHECK(pairs[2].thermal.empty());
  write_text(folder / "bad.txt", "a b\na b c\n");
  CHECK_THROWS_WITH(read_pair_list(folder / "bad.txt"), Contains("bad.txt: line 2") && Contains("'a b c'"));
  write_text(folder / "none.txt", "\n");
  CHECK_THROWS_AS(read_pair_list(folder / "none.txt"), kernels::DataError);
  CHECK_THROWS_AS(read_pair_list(folder / "absent.txt"), kernels::FileError);
}
