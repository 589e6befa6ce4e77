// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "datasets/image_io.h"
#include "datasets/synthetic/write.h"
#include "kernels/error.h"
#include "tests/support/catch.h"

namespace {

namespace fs = std::filesystem;
namespace synthetic = datasets::synthetic;

// A folder of this process, removed at the end.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("isotherm_synthetic_write_" + std::to_string(::getpid()));
  Folder() { fs::remove_all(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

synthetic::WriteOptions small_set() {
  synthetic::WriteOptions options;
  options.data.scene.height = 48;
  options.data.scene.width = 64;
  options.train_day = 2;
  options.train_night = 1;
  options.validation_day = 1;
  options.validation_night = 1;
  options.test_day = 1;
  options.test_night = 1;
  options.test_pairing = synthetic::Pairing::twins;
  return options;
}

}  // namespace

TEST_CASE("written street scenes read back as they were rendered", "[sanitize]") {
  const Folder folder;
  synthetic::WriteOptions options = small_set();
  options.thermal16 = options.depth = options.instances = true;
  int reported = 0;
  options.progress = [&](int done, int total) {
    CHECK(total == 7);
    reported = std::max(reported, done);
  };
  synthetic::write_mfnet_layout(folder.path, options);
  CHECK(reported == 7);

  CHECK(text_of(folder.path / "train.txt") == "00000D\n00002D\n00001N\n");
  CHECK(text_of(folder.path / "train_day.txt") == "00000D\n00002D\n");
  CHECK(text_of(folder.path / "train_night.txt") == "00001N\n");
  CHECK(text_of(folder.path / "val.txt") == "60000D\n60001N\n");
  CHECK(text_of(folder.path / "test.txt") == "80000D\n80000N\n");
  CHECK(text_of(folder.path / "README.md").find("256 counts per metre") != std::string::npos);
  CHECK(text_of(folder.path / "classes.txt").substr(0, 22) == "unlabelled\ncar\nperson\n");

  const synthetic::Scene scene = synthetic::render(0, 1, datasets::TimeOfDay::night, options.data.scene);
  const datasets::Image8 image = datasets::read_image8(folder.path / "images/00001N.png", 4);
  const datasets::Image16 depth = datasets::read_png16(folder.path / "depth/00001N.png");
  int differing = 0;
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x) {
      for (int c = 0; c < 3; ++c) differing += image.at(y, x, c) != scene.rgb.at(y, x, c);
      differing += image.at(y, x, 3) != scene.thermal.at(y, x);
      differing += std::abs(static_cast<float>(depth.at(y, x)) / 256.0f - scene.depth.at(y, x)) > 0.5f / 256.0f + 1e-4f;
    }
  CHECK(differing == 0);
  CHECK(datasets::read_label(folder.path / "labels/00001N.png") ==
        synthetic::translate(scene.fine, synthetic::label_table("mf9")));
  CHECK(datasets::read_png16(folder.path / "thermal16/00001N.png") == scene.thermal16);
  CHECK(datasets::read_png16(folder.path / "instances/00001N.png") == scene.instance);
}

TEST_CASE("the number of threads does not change what is written") {
  const Folder folder;
  synthetic::WriteOptions options = small_set();
  options.threads = 1;
  synthetic::write_mfnet_layout(folder.path / "one", options);
  options.threads = 3;
  synthetic::write_mfnet_layout(folder.path / "three", options);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path / "one")) {
    if (!entry.is_regular_file()) continue;
    const fs::path relative = fs::relative(entry.path(), folder.path / "one");
    INFO(relative.string());
    CHECK(text_of(entry.path()) == text_of(folder.path / "three" / relative));
    ++files;
  }
  CHECK(files == 2 * 7 + 9 + 2);
}

TEST_CASE("a place that cannot be written is named") {
  const Folder folder;
  fs::create_directories(folder.path);
  std::ofstream(folder.path / "file") << "no folder";
  CHECK_THROWS_WITH(synthetic::write_mfnet_layout(folder.path / "file", small_set()), Catch::Contains("file"));
}

TEST_CASE("a folder that holds a data set is refused unless it is to be replaced", "[sanitize]") {
  using Catch::Matchers::Contains;
  const Folder folder;
  synthetic::WriteOptions options = small_set();
  options.depth = true;
  CHECK_NOTHROW(synthetic::make_room(folder.path, synthetic::EarlierData::refused));  // Absent.
  synthetic::write_mfnet_layout(folder.path, options);
  std::ofstream(folder.path / "notes.txt") << "mine";
  CHECK_THROWS_AS(synthetic::make_room(folder.path, synthetic::EarlierData::refused), kernels::UsageError);
  CHECK_THROWS_WITH(synthetic::make_room(folder.path, synthetic::EarlierData::refused),
                    Contains(folder.path.string() + ": holds a data set already") && Contains("--replace"));
  CHECK(fs::exists(folder.path / "images"));
  synthetic::make_room(folder.path, synthetic::EarlierData::replaced);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder.path)) left.push_back(entry.path().filename().string());
  CHECK(left == std::vector<std::string>{"notes.txt"});
}

TEST_CASE("a data set that was not rendered here is never removed", "[sanitize]") {
  const Folder folder;
  fs::create_directories(folder.path / "images");
  std::ofstream(folder.path / "train.txt") << "00001D\n";
  CHECK_THROWS_WITH(synthetic::make_room(folder.path, synthetic::EarlierData::replaced),
                    Catch::Matchers::Contains("not rendered here"));
  CHECK(fs::exists(folder.path / "images"));
  CHECK(fs::exists(folder.path / "train.txt"));
}
