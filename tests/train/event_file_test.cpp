// SPDX-License-Identifier: Apache-2.0
// Event files are read back by a reader written here, from the format's description; the bytes of one event and the
// checksums are those of TensorBoard's own code.
#include "train/event_file.h"

#include <cstring>
#include <filesystem>

#include "datasets/image_io.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/training.h"
#include "train/metrics_log.h"

namespace {

namespace fs = std::filesystem;

std::uint64_t number_at(const std::string& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, size);
  return value;
}

std::uint32_t unmasked(std::uint64_t masked) {
  const auto turned = static_cast<std::uint32_t>(masked) - 0xa282ead8u;
  return turned << 15 | turned >> 17;
}

// The data of each record, after its checksums were compared.
std::vector<std::string> records_of(const std::string& file) {
  std::vector<std::string> records;
  std::size_t at = 0;
  while (at < file.size()) {
    REQUIRE(file.size() >= at + 16);
    const auto length = static_cast<std::size_t>(number_at(file, at, 8));
    REQUIRE(file.size() >= at + 16 + length);
    CHECK(unmasked(number_at(file, at + 8, 4)) == train::crc32c(file.substr(at, 8)));
    records.push_back(file.substr(at + 12, length));
    CHECK(unmasked(number_at(file, at + 12 + length, 4)) == train::crc32c(records.back()));
    at += 16 + length;
  }
  return records;
}

fs::path events_in(const fs::path& run) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(run / "tensorboard")) found.push_back(entry.path());
  REQUIRE(found.size() == 1);
  CHECK(found[0].filename().string().starts_with("events.out.tfevents."));
  return found[0];
}

// How many of the records hold the tag.
int count_of(const std::vector<std::string>& records, const std::string& tag) {
  int count = 0;
  for (const std::string& record : records) count += record.find(tag) != std::string::npos;
  return count;
}

TEST_CASE("event file: checksums are those of RFC 3720", "[sanitize]") {
  CHECK(train::crc32c("123456789") == 0xe3069283u);
  CHECK(train::crc32c(std::string(32, '\0')) == 0x8a9136aau);
  CHECK(train::crc32c(std::string(32, '\xff')) == 0x62a8ab43u);
}

TEST_CASE("event file: an event has the bytes that protocol buffers give it", "[sanitize]") {
  const train::Event scalar{1.5, 300, {{"a/b", 0.25}}};
  CHECK(train::encoded(scalar) ==
        std::string("\x09\0\0\0\0\0\0\xf8\x3f\x10\xac\x02\x2a\x0c\x0a\x0a\x0a\x03\x61/b\x15\0\0\x80\x3e", 26));
  const train::Event image{2, 1, {}, {{"i", 3, 200, "PNG"}}};
  CHECK(train::encoded(image) ==
        std::string(
            "\x09\0\0\0\0\0\0\0\x40\x10\x01\x2a\x13\x0a\x11\x0a\x01i\x22\x0c\x08\x03\x10\xc8\x01\x18\x03\x22\x03PNG",
            32));
}

TEST_CASE("event file: records follow each other, the version first", "[sanitize]") {
  const test::TemporaryFolder folder;
  datasets::write_png(folder / "picture.png", datasets::Image8(5, 7, 3, 9));
  {
    train::EventFile file(folder / "events", 12.0);
    file.append({13, 1, {{"loss", 2.5}, {"rate", 0.1}}});
    file.append({14, 2, {}, {train::event_image("sample", folder / "picture.png")}});
  }
  const auto records = records_of(test::read_text(folder / "events"));
  REQUIRE(records.size() == 3);
  CHECK(records[0].substr(9) ==
        "\x1a\x0d"
        "brain.Event:2");
  CHECK(records[1] == train::encoded({13, 1, {{"loss", 2.5}, {"rate", 0.1}}}));
  CHECK(train::event_image("", folder / "picture.png").height == 5);
  CHECK(train::event_image("", folder / "picture.png").width == 7);
  CHECK_THROWS_AS(train::EventFile(folder / "none/events", 0), kernels::FileError);
  CHECK_THROWS_AS(train::event_image("", folder / "none.png"), kernels::FileError);
  CHECK_THROWS_WITH(train::event_image("", folder / "events"), Catch::Contains("events: is not a PNG file"));
}

TEST_CASE("event file: a run killed and resumed has each step and epoch once") {
  const test::TemporaryFolder folder;
  const fs::path run = folder / "run";
  const std::string flags = "--tensorboard --samples 1";
  REQUIRE(test::train(run, {.epochs = 3, .more = flags, .faults = "kill write losses.jsonl 9"}) == 128 + 9);
  CHECK(count_of(records_of(test::read_text(events_in(run))), "step/loss") == 8);
  // The second kill: after the line of an epoch, before its checkpoint.
  REQUIRE(test::train(run, {.epochs = 3, .more = flags, .faults = "kill create last.safetensors.partial 3"}) ==
          128 + 9);
  REQUIRE(test::train(run, {.epochs = 3, .more = flags}) == 0);
  const auto records = records_of(test::read_text(events_in(run)));
  CHECK(count_of(records, "step/loss") == 15);
  CHECK(count_of(records, "validation/miou") == 3);
  CHECK(count_of(records, "samples/60000D") == 3);
  CHECK(records.size() == 1 + 15 + 3);
  // A run that asks for it later has it from its beginning.
  fs::remove_all(run / "tensorboard");
  REQUIRE(test::train(run, {.epochs = 3, .more = flags}) == 0);
  CHECK(records_of(test::read_text(events_in(run))).size() == records.size());
}

}  // namespace
