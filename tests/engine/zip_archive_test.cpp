// SPDX-License-Identifier: Apache-2.0
// Zip archives: what is written is read, also beyond 4 GiB and 65535 entries, where zip64 begins.
#include "engine/formats/zip_archive.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>

#include "engine/formats/mapped_file.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/checkpoints.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::ZipArchive;

std::string text_of(const engine::ZipEntry& entry) {
  return {reinterpret_cast<const char*>(entry.data.data()), entry.data.size()};
}

TEST_CASE("zip: entries come back in order, at multiples of 64 bytes, with their checksums", "[sanitize]") {
  const std::string archive = test::archive_of({{"a", "first"}, {"folder/b", ""}, {"c", std::string(1000, 'c')}});
  const ZipArchive read = ZipArchive::parse("some.zip", test::bytes_of(archive));
  REQUIRE(read.entries().size() == 3);
  CHECK(read.entries()[1].name == "folder/b");
  CHECK(text_of(*read.find("a")) == "first");
  CHECK(text_of(*read.find("c")) == std::string(1000, 'c'));
  CHECK(read.find("b") == nullptr);
  for (const engine::ZipEntry& entry : read.entries()) {
    INFO(entry.name);
    CHECK(entry.offset % 64 == 0);
    CHECK_NOTHROW(read.verify(entry));
  }
}

TEST_CASE("zip: a directory of 70000 entries is written and read as zip64", "[sanitize]") {
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < 70'000; ++i) entries.emplace_back(std::to_string(i), "");
  const std::string archive = test::archive_of(entries);
  const ZipArchive read = ZipArchive::parse("some.zip", test::bytes_of(archive));
  CHECK(read.entries().size() == 70'000);
  CHECK(read.find("69999") != nullptr);
  // Every number of the zip64 end record that is too large is a complaint, not an address.
  const std::size_t end = archive.rfind("PK\x06\x06");
  for (const std::size_t field : {32, 40, 48}) {
    std::string damaged = archive;
    damaged[end + field + 6] = '\x7f';
    CHECK_THROWS_AS(ZipArchive::parse("some.zip", test::bytes_of(damaged)), kernels::CheckpointError);
  }
  std::string damaged = archive;
  damaged[archive.rfind("PK\x06\x07") + 15] = '\x7f';
  CHECK_THROWS_WITH(ZipArchive::parse("some.zip", test::bytes_of(damaged)), Catch::Contains("zip64 end record"));
}

TEST_CASE("zip: an entry of 4 GiB and what lies behind it are written and read as zip64", "[slow]") {
  const test::TemporaryFolder folder;
  const std::size_t huge = (std::size_t{1} << 32) + 3;
  // Zeros that take no memory, into a file that leaves holes for them.
  void* zeros = mmap(nullptr, huge, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(zeros != MAP_FAILED);
  std::FILE* file = std::fopen((folder / "big.zip").c_str(), "wb");
  REQUIRE(file != nullptr);
  engine::ZipWriter writer([&](const void* data, std::size_t bytes) {
    if (bytes == huge)
      fseeko(file, static_cast<off_t>(bytes), SEEK_CUR);
    else
      REQUIRE(std::fwrite(data, 1, bytes, file) == bytes);
  });
  writer.add("huge", std::span(static_cast<const std::byte*>(zeros), huge));
  writer.add("behind", std::string_view("small"));
  writer.finish();
  REQUIRE(std::fclose(file) == 0);
  munmap(zeros, huge);

  const engine::MappedFile mapped(folder / "big.zip");
  const ZipArchive read = ZipArchive::parse("big.zip", {mapped.data(), mapped.size()});
  REQUIRE(read.find("huge") != nullptr);
  CHECK(read.find("huge")->data.size() == huge);
  CHECK(read.find("huge")->offset % 64 == 0);
  CHECK_NOTHROW(read.verify(*read.find("huge")));
  CHECK(text_of(*read.find("behind")) == "small");
  CHECK(read.find("behind")->offset > huge);
}

}  // namespace
