// SPDX-License-Identifier: Apache-2.0
// Images, labels and lists that cannot be used: exit code 3, one line with file, place and value, nothing written. The
// data set has the layout of MFNet's; samples are called NAME + D (day) or N (night).
#include <zlib.h>

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

const std::string evaluate =
    "evaluate --weights {good}/run/best.safetensors --dataset mfnet --data {here}/data --device cpu --threads 1 "
    "--workers 1 --out {here}/scores ";
const std::string train =
    "train --model mfnet --width 0.125 --dataset mfnet --data {here}/data --device cpu --threads 1 --workers 1 --batch "
    "2 "
    "--epochs 1 --out {here}/run ";
const std::string check =
    "check_data --dataset mfnet --data {here}/data --split test --threads 1 --report {here}/page.html ";
// What a program that has begun may leave: the flags that it was given, a page that tells the problems.
const std::vector<std::string> flags = {"scores", "run"};
const std::vector<std::string> page = {"page.html"};

// The good data set with one file spoiled.
Prepare spoil(const std::string& file, const std::function<void(const fs::path&)>& how) {
  return [=](const fs::path& here) {
    test::copy_good_data(here);
    how(here / "data" / file);
  };
}

Prepare text_in(const std::string& file, const std::string& text) {
  return spoil(file, [text](const fs::path& path) { test::write_text(path, text); });
}

Prepare picture_in(const std::string& file, int height, int width, int channels) {
  return spoil(file,
               [=](const fs::path& path) { datasets::write_png(path, datasets::Image8(height, width, channels)); });
}

void remove_file(const fs::path& path) {
  fs::remove(path);
}

void make_folder(const fs::path& path) {
  fs::remove(path);
  fs::create_directory(path);
}

void cut_in_half(const fs::path& path) {
  test::cut_file(path, fs::file_size(path) / 2);
}

// One byte in the middle of the pixels.
void flip_a_bit(const fs::path& path) {
  std::string bytes = test::read_text(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  test::write_text(path, bytes);
}

// A label of the scenes' size that holds `value` at x 5, y 3.
Prepare label_with(int value) {
  return spoil("labels/80000D.png", [value](const fs::path& path) {
    datasets::LabelMap label(32, 64, 1);
    label.at(3, 5) = static_cast<std::uint8_t>(value);
    datasets::write_png(path, label);
  });
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

std::string chunk(const std::string& name, const std::string& content) {
  const std::string named = name + content;
  const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(named.data()), static_cast<uInt>(named.size()));
  return big_endian(static_cast<std::uint32_t>(content.size())) + named +
         big_endian(static_cast<std::uint32_t>(checksum));
}

// A PNG of 8-bit grey or RGBA that claims a size; its pixels are `zeros` zero bytes, deflated.
std::string claiming_png(std::uint32_t height, std::uint32_t width, char colour_type, std::size_t zeros) {
  const std::string pixels(zeros, '\0');
  std::string packed(compressBound(static_cast<uLong>(zeros)), '\0');
  auto length = static_cast<uLongf>(packed.size());
  REQUIRE(compress(reinterpret_cast<Bytef*>(packed.data()), &length, reinterpret_cast<const Bytef*>(pixels.data()),
                   static_cast<uLong>(zeros)) == Z_OK);
  packed.resize(length);
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(width) + big_endian(height) + '\x08' + colour_type + std::string(3, '\0')) +
         chunk("IDAT", packed) + chunk("IEND", "");
}

}  // namespace

TEST_CASE("images that cannot be read are refused with their file", "[sanitize]") {
  const std::string file = "{here}/data/images/80000D.png";
  const char* image = "images/80000D.png";
  check_refused(std::vector<BadInput>{
      {"an image cut in half", evaluate, 3, {file, "PNG"}, spoil(image, cut_in_half), "", 0, flags},
      {"an image cut within its signature",
       evaluate,
       3,
       {file},
       spoil(image, [](const fs::path& path) { test::cut_file(path, 6); }),
       "",
       0,
       flags},
      {"an image of 0 bytes", evaluate, 3, {file}, text_in(image, ""), "", 0, flags},
      {"a flipped bit, which the checksum shows", evaluate, 3, {file, "PNG"}, spoil(image, flip_a_bit), "", 0, flags},
      {"a text in place of an image", evaluate, 3, {file}, text_in(image, "see the other folder\n"), "", 0, flags},
      {"a folder in place of an image", evaluate, 3, {file, "folder"}, spoil(image, make_folder), "", 0, flags},
      {"an image without its thermal channel",
       evaluate,
       3,
       {file, "4 channels", "3"},
       picture_in(image, 32, 64, 3),
       "",
       0,
       flags},
      {"a grey image", evaluate, 3, {file, "4 channels", "1"}, picture_in(image, 32, 64, 1), "", 0, flags},
      {"an image of 16 bits",
       evaluate,
       3,
       {file, "8 bits", "16"},
       spoil(image, [](const fs::path& path) { datasets::write_png(path, datasets::Image16(32, 64, 1)); }),
       "",
       0,
       flags},
      {"a missing image", evaluate, 3, {file, "No such file"}, spoil(image, remove_file), "", 0, flags},
      {"an image that may not be read",
       evaluate,
       3,
       {file, "Permission denied"},
       test::copy_good_data,
       "EACCES open images/80000D",
       0,
       flags},
      {"a disk that cannot read an image",
       evaluate,
       3,
       {file, "Input/output error"},
       test::copy_good_data,
       "EIO read images/80000D",
       0,
       flags},
      {"an image that claims 3,600 million pixels",
       evaluate,
       3,
       {file, "60000"},
       text_in(image, claiming_png(60000, 60000, 6, 1000)),
       "",
       0,
       flags},
      {"an image that claims more than its bytes can hold",
       evaluate,
       3,
       {file, "16000"},
       text_in(image, claiming_png(16000, 16000, 6, 1000)),
       "",
       0,
       flags},
      {"an image without rows", evaluate, 3, {file}, text_in(image, claiming_png(0, 64, 6, 1000)), "", 0, flags},
      {"training meets an image cut in half",
       train + "--train-split test",
       3,
       {file, "epoch 0, batch 0"},
       spoil(image, cut_in_half),
       "",
       0,
       flags},
      {"a check of an image cut in half",
       check,
       3,
       {"1 problem", "{here}/page.html"},
       spoil(image, cut_in_half),
       "",
       0,
       page},
  });
}

TEST_CASE("labels that cannot be used are refused with file, pixel and value") {
  const std::string file = "{here}/data/labels/80000D.png";
  const char* label = "labels/80000D.png";
  std::vector<BadInput> table{
      {"a label cut in half", evaluate, 3, {file}, spoil(label, cut_in_half), "", 0, flags},
      {"a label of 0 bytes", evaluate, 3, {file}, text_in(label, ""), "", 0, flags},
      {"a missing label", evaluate, 3, {file, "No such file"}, spoil(label, remove_file), "", 0, flags},
      {"a label in colours", evaluate, 3, {file, "class ids", "RGB"}, picture_in(label, 32, 64, 3), "", 0, flags},
      {"a label of another size",
       evaluate,
       3,
       {file, "height 32 and width 64", "16 and 64"},
       picture_in(label, 16, 64, 1),
       "",
       0,
       flags},
      {"a label as JPEG",
       evaluate,
       3,
       {file, "JPEG"},
       spoil(label, [](const fs::path& path) { test::write_jpeg(path, datasets::Image8(32, 64, 1)); }),
       "",
       0,
       flags},
      {"a label of 16 bits with a value above 255",
       evaluate,
       3,
       {file, "500", "x 7, y 1"},
       spoil(label,
             [](const fs::path& path) {
               datasets::Image16 wide(32, 64, 1);
               wide.at(1, 7) = 500;
               datasets::write_png(path, wide);
             }),
       "",
       0,
       flags},
      {"training meets a label out of range",
       train + "--train-split test",
       3,
       {file, "0 to 8", "got 99 at x 5, y 3"},
       label_with(99),
       "",
       0,
       flags},
      {"a check of a label out of range", check, 3, {"1 problem"}, label_with(200), "", 0, page},
      {"a bomb of 268 million pixels as a label",
       evaluate,
       3,
       {file, "height 32 and width 64", "16384"},
       text_in(label, claiming_png(16384, 16384, 0, std::size_t{16385} * 16384)),
       "",
       std::uint64_t{2} << 30,
       flags}};
  // 255 is what many data sets mean by "ignored"; MFNet's has no such value.
  for (const int value : {9, 10, 31, 100, 127, 128, 200, 254, 255})
    table.push_back({"a label of " + std::to_string(value),
                     evaluate,
                     3,
                     {file, "class ids 0 to 8", "got " + std::to_string(value) + " at x 5, y 3"},
                     label_with(value),
                     "",
                     0,
                     flags});
  check_refused(table);
}

TEST_CASE("lists that cannot be used are refused with file, line and name") {
  const std::string file = "{here}/data/test.txt";
  check_refused(std::vector<BadInput>{
      {"a missing list", evaluate, 3, {file}, spoil("test.txt", remove_file)},
      {"an empty list", evaluate, 3, {file, "at least one"}, text_in("test.txt", "")},
      {"a list of empty lines", evaluate, 3, {file, "at least one"}, text_in("test.txt", "\n\r\n  \n")},
      {"a folder in place of a list", evaluate, 3, {file}, spoil("test.txt", make_folder)},
      {"a list of paths",
       evaluate,
       3,
       {file, "line 2", "../images/80001N"},
       text_in("test.txt", "80000D\n../images/80001N\n")},
      {"a list with two names in a line",
       evaluate,
       3,
       {file, "line 1", "80000D 80001N"},
       text_in("test.txt", "80000D 80001N\n")},
      {"a name that no image has",
       evaluate,
       3,
       {"images/90000D.png"},
       text_in("test.txt", "80000D\n90000D\n"),
       "",
       0,
       flags},
      {"training on an empty list", train, 3, {"{here}/data/train.txt"}, text_in("train.txt", "")},
      {"a data set that is not there",
       "evaluate --weights {good}/run/best.safetensors --dataset mfnet --data {here}/data",
       3,
       {file}},
      {"images of two sizes in one batch",
       train,
       3,
       {"00000D", "00001N", "32", "48"},
       [](const fs::path& here) {
         picture_in("images/00001N.png", 48, 64, 4)(here);
         datasets::write_png(here / "data/labels/00001N.png", datasets::LabelMap(48, 64, 1));
       },
       "",
       0,
       flags},
  });
}
