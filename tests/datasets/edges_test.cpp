// SPDX-License-Identifier: Apache-2.0
// Edges of label maps: the fixtures, the rule by hand, thinning, and files.
#include "datasets/labels/edges.h"

#include <map>
#include <string>

#include "datasets/image_io.h"
#include "datasets/labels/write_edges.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/golden_case.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;
using namespace datasets::labels;
using Catch::Matchers::Contains;

namespace {

LabelMap map_of(const std::vector<std::string>& rows) {
  LabelMap map(static_cast<int>(rows.size()), static_cast<int>(rows[0].size()), 1);
  for (int y = 0; y < map.height; ++y)
    for (int x = 0; x < map.width; ++x) {
      const char c = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
      map.at(y, x) = c == '.' ? 0 : static_cast<std::uint8_t>(c - '0');
    }
  return map;
}

std::vector<std::string> text_of(const LabelMap& map) {
  std::vector<std::string> rows;
  for (int y = 0; y < map.height; ++y) {
    std::string& row = rows.emplace_back();
    for (int x = 0; x < map.width; ++x) row += map.at(y, x) == 0 ? '.' : static_cast<char>('0' + map.at(y, x));
  }
  return rows;
}

}  // namespace

TEST_CASE("edges of the golden label map equal every fixture exactly", "[sanitize]") {
  const test::GoldenCase golden("cekd", "edge_labels");
  LabelMap labels(120, 160, 1);
  labels.pixels = test::golden_labels("cekd.edges.label", {.height = 120, .width = 160, .classes = 9, .block = 23});
  const auto expect = [&](const std::string& name, const LabelMap& got) {
    const std::vector<double> want = golden.values(name);
    REQUIRE(got.pixels.size() == want.size());
    int wrong = 0;
    for (std::size_t i = 0; i < want.size(); ++i) wrong += static_cast<double>(got.pixels[i]) != want[i];
    INFO(name);
    CHECK(wrong == 0);
  };
  std::size_t compared = 0;
  for (const auto& [text, factor] : std::map<std::string, int>{{"1_1", 1}, {"1_2", 2}, {"1_4", 4}}) {
    expect("label_" + text, reduced_labels(labels, factor));
    for (const auto& [name, radius] : std::map<std::string, double>{{"r1", 1}, {"r1.5", 1.5}, {"r2", 2}})
      expect("regular_" + name + "_" + text, edges_of(labels, {.reduction = factor, .radius = radius}));
    compared += 4;
  }
  expect("inner_r1_1_4", edges_of(labels, {.reduction = 4, .kind = EdgeKind::inner}));
  expect("outer_r2_1_2", edges_of(labels, {.reduction = 2, .kind = EdgeKind::outer, .radius = 2}));
  expect("regular_r2_1_1_ignore3_5", edges_of(labels, {.radius = 2, .ignored = {3, 5}}));
  CHECK(compared + 3 == golden.tensors().size());
}

TEST_CASE("edges lie on both sides of a border, or on one of them", "[sanitize]") {
  const LabelMap labels = map_of({"......",  //
                                  "..11..",  //
                                  "..12..",  //
                                  "......"});
  CHECK(text_of(edges_of(labels, {})) == std::vector<std::string>{"..11..", ".1111.", ".1111.", "..11.."});
  CHECK(text_of(edges_of(labels, {.kind = EdgeKind::inner})) ==
        std::vector<std::string>{"......", "..11..", "..11..", "......"});
  CHECK(text_of(edges_of(labels, {.kind = EdgeKind::outer})) ==
        std::vector<std::string>{"..11..", ".1..1.", ".1..1.", "..11.."});
  // Without class 2: its own pixel makes no edge, and makes none of its neighbours one.
  CHECK(text_of(edges_of(labels, {.ignored = {2}})) ==
        std::vector<std::string>{"..11..", ".1111.", ".11...", "..1..."});
}

TEST_CASE("thinning leaves lines one pixel thick, in one piece", "[sanitize]") {
  const LabelMap bar = map_of({"..........",  //
                               ".11111111.",  //
                               ".11111111.",  //
                               ".11111111.",  //
                               ".........."});
  const LabelMap line = thinned(bar);
  int pixels = 0;
  for (int x = 0; x < bar.width; ++x) {
    int column = 0;
    for (int y = 0; y < bar.height; ++y) column += line.at(y, x);
    CHECK(column <= 1);
    pixels += column;
  }
  CHECK(pixels >= 5);
  CHECK(thinned(line) == line);
  for (int y = 0; y < bar.height; ++y)
    for (int x = 0; x < bar.width; ++x) CHECK(line.at(y, x) <= bar.at(y, x));

  LabelMap labels(20, 30, 1);  // A border from top to bottom: two pixels thick, then one.
  for (int y = 0; y < 20; ++y)
    for (int x = 15; x < 30; ++x) labels.at(y, x) = 4;
  const LabelMap edges = edges_of(labels, {}), thin = edges_of(labels, {.thinning = Thinning::guo_hall});
  for (int y = 2; y < 18; ++y) {
    int thick = 0, left = 0;
    for (int x = 0; x < 30; ++x) {
      thick += edges.at(y, x);
      left += thin.at(y, x);
    }
    CHECK(thick == 2);
    CHECK(left == 1);
  }
}

TEST_CASE("edges refuse a radius without neighbours, a reduction to nothing and a kind that does not exist",
          "[sanitize]") {
  const LabelMap labels(5, 7, 1);
  CHECK_THROWS_WITH(edges_of(labels, {.radius = 0.5}), Contains("expected at least 1, got 0.5"));
  CHECK_THROWS_WITH(edges_of(labels, {.reduction = 6}), Contains("5x7 cannot be made 6 times smaller"));
  CHECK_THROWS_WITH(edge_kind("round"), Contains("expected regular, inner or outer"));
}

TEST_CASE("edges of a folder of label maps become one file each", "[sanitize]") {
  const test::TemporaryFolder folder;
  const std::filesystem::path in = folder.path() / "labels", out = folder.path() / "edges";
  std::filesystem::create_directories(in);
  std::filesystem::create_directories(out);
  LabelMap labels(24, 32, 1);
  for (int y = 0; y < 24; ++y)
    for (int x = 16; x < 32; ++x) labels.at(y, x) = 3;
  write_png(in / "00001D.png", labels);
  write_png(in / "00002N.png", LabelMap(24, 32, 1));
  CHECK(write_edges({.labels = in, .out = out, .edges = {.reduction = 4}, .value = 255}) == 2);
  LabelMap want = edges_of(labels, {.reduction = 4});
  for (auto& pixel : want.pixels) pixel = pixel != 0 ? 255 : 0;
  CHECK(read_label(out / "00001D.png") == want);
  CHECK(read_label(out / "00002N.png") == LabelMap(6, 8, 1));
  CHECK_THROWS_WITH(write_edges({.labels = out / "none", .out = out}), Contains("cannot be read"));
}
