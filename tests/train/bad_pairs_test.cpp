// SPDX-License-Identifier: Apache-2.0
// Pairs, folders and lists that predict cannot use: exit code 3, one line with file, place and value, no picture
// written.
#include "datasets/image_io.h"
#include "tests/support/bad_input.h"
#include "tests/support/catch.h"
#include "tests/support/picture_files.h"
#include "tests/support/temporary_folder.h"

namespace fs = std::filesystem;
using test::BadInput;
using test::check_refused;
using Prepare = std::function<void(const fs::path&)>;

namespace {

const std::string predict = "predict --weights {good}/run/best.safetensors --device cpu --threads 1 --out {here}/out ";
const std::vector<std::string> flags = {"out"};  // The flags that it was given may be left.

}  // namespace

TEST_CASE("pairs that do not fit each other are refused by predict with file and value", "[sanitize]") {
  const std::string pair = predict + "--rgb {here}/a.png --thermal {here}/b.png";
  const auto files = [](int height, int width, int rgb_channels,
                        const std::function<void(const fs::path&)>& thermal) -> Prepare {
    return [=](const fs::path& here) {
      datasets::write_png(here / "a.png", datasets::Image8(height, width, rgb_channels));
      thermal(here / "b.png");
    };
  };
  const auto grey = [](const fs::path& path) {
    datasets::write_png(path, datasets::Image8(32, 64, 1));
  };
  check_refused(std::vector<BadInput>{
      {"a thermal image of another size",
       pair,
       3,
       {"{here}/b.png", "{here}/a.png", "48", "32"},
       files(48, 64, 3, grey),
       "",
       0,
       flags},
      {"a thermal image in colours",
       pair,
       3,
       {"{here}/b.png", "grey", "200", "x 9, y 4"},
       files(32, 64, 3,
             [](const fs::path& path) {
               datasets::Image8 colour(32, 64, 3);
               colour.at(4, 9, 1) = 200;
               datasets::write_png(path, colour);
             }),
       "",
       0,
       flags},
      {"a thermal JPEG cut in half",
       pair,
       3,
       {"{here}/b.png", "JPEG"},
       files(32, 64, 3,
             [](const fs::path& path) {
               test::write_jpeg(path, datasets::Image8(32, 64, 1));
               test::cut_file(path, fs::file_size(path) - 20);
             }),
       "",
       0,
       flags},
      {"a thermal JPEG of inks",
       pair,
       3,
       {"{here}/b.png", "4 components"},
       files(32, 64, 3, [](const fs::path& path) { test::write_jpeg(path, datasets::Image8(32, 64, 4)); }),
       "",
       0,
       flags},
      {"a thermal TIFF cut in half",
       pair,
       3,
       {"{here}/b.png", "TIFF"},
       files(37, 53, 3,
             [](const fs::path& path) {
               test::write_tiff(path, {});
               test::cut_file(path, fs::file_size(path) / 2);
             }),
       "",
       0,
       flags},
      {"a thermal TIFF of real numbers",
       pair,
       3,
       {"{here}/b.png", "floating point"},
       files(37, 53, 3,
             [](const fs::path& path) { test::write_tiff(path, {.bits = 32, .format = SAMPLEFORMAT_IEEEFP}); }),
       "",
       0,
       flags},
      {"a thermal TIFF of two pages",
       pair,
       3,
       {"{here}/b.png", "one page"},
       files(37, 53, 3, [](const fs::path& path) { test::write_tiff(path, {.pages = 2}); }),
       "",
       0,
       flags},
      {"a thermal TIFF lying on its side",
       pair,
       3,
       {"{here}/b.png", "orientation"},
       files(37, 53, 3, [](const fs::path& path) { test::write_tiff(path, {.orientation = ORIENTATION_LEFTTOP}); }),
       "",
       0,
       flags},
      {"a folder without pictures",
       predict + "--rgb {here} --thermal {here}",
       3,
       {"{here}", "pictures"},
       {},
       "",
       0,
       {}},
      {"a picture without its partner",
       predict + "--rgb {here}/a --thermal {here}/b",
       3,
       {"{here}/a/2.png", "{here}/b"},
       [](const fs::path& here) {
         for (const char* part : {"a", "b"}) {
           fs::create_directory(here / part);
           datasets::write_png(here / part / "1.png", datasets::Image8(32, 64, 1));
         }
         datasets::write_png(here / "a/2.png", datasets::Image8(32, 64, 1));
       }},
      {"two pictures of one name",
       predict + "--rgb {here}/a --thermal {here}/a",
       3,
       {"{here}/a", "1.png", "1.bmp"},
       [](const fs::path& here) {
         fs::create_directory(here / "a");
         datasets::write_png(here / "a/1.png", datasets::Image8(32, 64, 3));
         test::write_bmp(here / "a/1.bmp", datasets::Image8(32, 64, 3));
       }},
      {"a list with three words in a line",
       predict + "--list {here}/list.txt",
       3,
       {"{here}/list.txt", "line 2", "x y z"},
       [](const fs::path& here) {
         test::write_text(here / "list.txt", "# pairs\nx y z\n");
       }},
      {"a list of nothing",
       predict + "--list {here}/list.txt",
       3,
       {"{here}/list.txt", "at least one"},
       [](const fs::path& here) {
         test::write_text(here / "list.txt", "\n");
       }},
      {"a list of files that are not there",
       predict + "--list {here}/list.txt",
       3,
       {"{here}/a.png", "No such file"},
       [](const fs::path& here) { test::write_text(here / "list.txt", "a.png b.png\n"); },
       "",
       0,
       flags},
      {"a BMP whose pixels end too early",
       predict + "--rgb {here}/a.bmp --thermal {here}/a.bmp",
       3,
       {"{here}/a.bmp", "BMP"},
       [](const fs::path& here) {
         test::write_bmp(here / "a.bmp", datasets::Image8(32, 64, 3));
         test::cut_file(here / "a.bmp", 1000);
       },
       "",
       0,
       flags},
  });
}
