// SPDX-License-Identifier: Apache-2.0
// Patterns of names: what stars take, and what they do not.
#include "datasets/name_pattern.h"

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace datasets;

TEST_CASE("a star stands for one letter or more, but for no slash", "[sanitize]") {
  using Parts = std::vector<std::string>;
  CHECK(match("rgb/*.png", "rgb/0001.png") == Parts{"0001"});
  CHECK(match("*/rgb/*_vis.jpg", "drive2/rgb/7_vis.jpg") == Parts{"drive2", "7"});
  CHECK(match("a*b", "aabb") == Parts{"ab"});
  CHECK(match("*-*", "a-b-c") == Parts{"a", "b-c"});
  CHECK(match("plain.png", "plain.png") == Parts{});
  const std::pair<const char*, const char*> unlike[] = {
      {"rgb/*.png", "rgb/.png"},     {"rgb/*.png", "rgb/day/0001.png"},
      {"rgb/*.png", "rgb/0001.jpg"}, {"*", ""},
      {"*.png", "a.png.txt"},        {"a", "ab"}};
  for (const auto& [pattern, text] : unlike) {
    INFO(pattern << " against " << text);
    CHECK_FALSE(matches(pattern, text));
  }
}

TEST_CASE("a filled pattern matches what it was filled with", "[sanitize]") {
  CHECK(filled("*/rgb/*_vis.jpg", {"drive2", "7"}) == "drive2/rgb/7_vis.jpg");
  CHECK(stars_of("*/rgb/*_vis.jpg") == 2);
}

TEST_CASE("files are listed with folders, in order, without hidden ones", "[sanitize]") {
  const test::TemporaryFolder folder;
  for (const char* name : {"b/2.png", "b/1.png", "a.txt", ".hidden/3.png", "c/.4.png"})
    test::write_text(folder / name, "x");
  CHECK(files_under(folder.path()) == std::vector<std::string>{"a.txt", "b/1.png", "b/2.png"});
  CHECK_THROWS_AS(files_under(folder / "absent"), kernels::FileError);
}
