// SPDX-License-Identifier: Apache-2.0
// Own data that is described or stored wrongly: exit code 3, one line with file, line, key and value.
#include "datasets/image_io.h"
#include "tests/support/bad_input.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace fs = std::filesystem;
using test::BadInput;
using test::check_refused;

namespace {

const std::string train =
    "train --model mfnet --width 0.125 --dataset folder --data {here}/own/dataset.toml --device cpu --threads 1 "
    "--workers 1 --batch 1 --epochs 1 --size 32x48 --out {here}/run ";
const std::string toml = "{here}/own/dataset.toml";

std::function<void(const fs::path&)> with(const std::string& from, const std::string& to) {
  return [=](const fs::path& here) {
    test::copy_own_data(here, from, to);
  };
}

// The good data with something done to every file of a folder, so that it does not matter which is read first.
std::function<void(const fs::path&)> spoil(const std::string& part, const std::function<void(const fs::path&)>& how) {
  return [=](const fs::path& here) {
    test::copy_own_data(here);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(here / "own" / part)) files.push_back(entry.path());
    for (const fs::path& file : files) how(file);
  };
}

}  // namespace

TEST_CASE("descriptions of own data with a mistake are refused with file, line and key", "[sanitize]") {
  check_refused(std::vector<BadInput>{
      {"a description that is not there", train, 3, {toml}},
      {"a description that is a picture",
       "train --dataset folder --data {good}/own/visible/frame_001.png --out {here}/run",
       3,
       {"frame_001.png", "line 1"}},
      {"no description at all", "train --dataset folder --out {here}/run", 2, {"folder", "TOML"}},
      {"TOML that never ends", train, 3, {toml, "line"}, with("[rgb]", "[rgb")},
      {"an unknown table", train, 3, {toml, "camera"}, with("[rgb]", "[camera]\nname = \"x\"\n[rgb]")},
      {"an unknown key", train, 3, {toml, "thermal.lowest"}, with("\nlow = ", "\nlowest = ")},
      {"depth in words", train, 3, {toml, "thermal.bits"}, with("bits = 16", "bits = \"many\"")},
      {"depth beyond 16", train, 3, {toml, "thermal.bits", "20"}, with("bits = 16", "bits = 20")},
      {"a pattern without a star", train, 3, {toml, "rgb.files"}, with("visible/frame_*.png", "visible/frame.png")},
      {"patterns with unequal stars", train, 3, {toml, "*"}, with("visible/frame_*.png", "*/*.png")},
      {"a pattern that matches nothing",
       train,
       3,
       {"unseen"},
       with("visible/frame_*.png", "unseen/*.png"),
       "",
       0,
       {"run"}},
      {"no colour images", train, 3, {toml, "rgb.files"}, with("[rgb]\nfiles", "[rgb]\n# files")},
      {"a class without values",
       train,
       3,
       {toml, "masks", "got 3"},
       with("values = [3]", "values = []"),
       "",
       0,
       {"run"}},
      {"a value of two classes", train, 3, {toml, "13"}, with("values = [3]", "values = [3, 13]")},
      {"a value beyond 255", train, 3, {toml, "300"}, with("values = [3]", "values = [3, 300]")},
      {"a colour of two numbers",
       train,
       3,
       {toml, "colour"},
       with("values = [3]", "values = [3]\ncolour = [1, 2]\n# was:")},
      {"a fraction above one", train, 3, {toml, "splits.extra", "1.5"}, with("[splits]", "[splits]\nextra = 1.5")},
      {"fractions that sum to more than one", train, 3, {toml, "fractions"}, with("[splits]", "[splits]\nextra = 0.9")},
      {"a list that is not there", train, 3, {"absent.txt"}, with("[splits]", "[splits]\nextra = \"absent.txt\"")},
      {"an empty split",
       train + "--train-split extra",
       3,
       {toml, "extra"},
       with("[splits]", "[splits]\nextra = [\"zebra*\"]")},
      {"a split that does not exist",
       train + "--train-split extra",
       2,
       {toml, "'extra'"},
       with("[splits]", "[splits]")},
      {"a folder with nothing in it",
       "prepare folder {here}/own",
       3,
       {"{here}/own"},
       [](const fs::path& here) {
         fs::create_directory(here / "own");
       }},
      {"a folder with colour alone",
       "prepare folder {here}/own",
       3,
       {"{here}/own", "thermal"},
       [](const fs::path& here) {
         fs::create_directories(here / "own/visible");
         for (const char* name : {"1", "2"})
           datasets::write_png(here / "own/visible" / (std::string(name) + ".png"), datasets::Image8(32, 48, 3));
       }},
  });
}

TEST_CASE("own files that are not as described are refused with file, pixel and value") {
  const std::vector<std::string> left = {"run"};
  check_refused(std::vector<BadInput>{
      {"thermal of 8 bits described as 16",
       train,
       3,
       {"infrared", "16 bits", "8"},
       spoil("infrared", [](const fs::path& path) { datasets::write_png(path, datasets::Image8(32, 48, 1)); }),
       "",
       0,
       left},
      {"thermal of 16 bits described as 8",
       train,
       3,
       {"infrared", "8 bits", "16"},
       with("bits = 16", "bits = 8"),
       "",
       0,
       left},
      {"counts beyond the depth described",
       train,
       3,
       {"infrared", "10 bits", "x "},
       with("bits = 16", "bits = 10"),
       "",
       0,
       left},
      {"a thermal image of another size",
       train,
       3,
       {"infrared", "visible", "30"},
       spoil("infrared", [](const fs::path& path) { datasets::write_png(path, datasets::Image16(30, 48, 1)); }),
       "",
       0,
       left},
      {"a label value that no class has",
       train,
       3,
       {"masks", toml, "77", "x 3, y 2"},
       spoil("masks",
             [](const fs::path& path) {
               datasets::LabelMap mask = datasets::read_label(path);
               mask.at(2, 3) = 77;
               datasets::write_png(path, mask);
             }),
       "",
       0,
       left},
      {"labels without partners",
       train,
       3,
       {"masks", "No such file"},
       spoil("masks", [](const fs::path& path) { fs::remove(path); }),
       "",
       0,
       left},
      {"thermal without partners",
       train,
       3,
       {"infrared", "No such file"},
       spoil("infrared", [](const fs::path& path) { fs::remove(path); }),
       "",
       0,
       left},
      {"more problems than one",
       "check_data --dataset folder --data {here}/own/dataset.toml --threads 1 --report {here}/page.html",
       3,
       {"6 problems"},
       spoil("masks", [](const fs::path& path) { test::cut_file(path, 50); }),
       "",
       0,
       {"page.html"}},
  });
}
