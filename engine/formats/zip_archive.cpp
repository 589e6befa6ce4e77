// SPDX-License-Identifier: Apache-2.0
// The end record, the central directory it points to, and the local headers that this points to.
#include "engine/formats/zip_archive.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/formats/printable.h"
#include "kernels/error.h"

namespace engine {
namespace {

constexpr std::uint32_t local_mark = 0x04034B50, central_mark = 0x02014B50, end_mark = 0x06054B50;
constexpr std::uint32_t end64_mark = 0x06064B50, locator64_mark = 0x07064B50;
constexpr std::size_t local_bytes = 30, central_bytes = 46, end_bytes = 22, end64_bytes = 56, locator64_bytes = 20;
constexpr std::uint64_t in_zip64 = 0xFFFFFFFF;  // The value stands in the zip64 field.

// Numbers at given places of the archive; a place beyond its end is a complaint.
class Reader {
 public:
  Reader(const std::string& file, std::span<const std::byte> bytes) : file_(file), bytes_(bytes) {}

  [[noreturn]] void refuse(std::size_t at, const std::string& what) const {
    throw kernels::CheckpointError("{}: byte {}: zip archive: {}", file_, at, what);
  }

  std::size_t size() const { return bytes_.size(); }

  std::span<const std::byte> range(std::uint64_t at, std::uint64_t length, const char* what) const {
    if (at > bytes_.size() || length > bytes_.size() - at)
      refuse(std::min<std::size_t>(at, bytes_.size()),
             fmt::format("{} of {} bytes reaches beyond the file's {} (truncated?)", what, length, bytes_.size()));
    return bytes_.subspan(at, length);
  }

  std::uint64_t number(std::uint64_t at, std::size_t width) const {
    std::uint64_t value = 0;
    std::memcpy(&value, range(at, width, "a field").data(), width);
    return value;
  }

 private:
  const std::string& file_;
  std::span<const std::byte> bytes_;
};

struct Directory {
  std::uint64_t begin = 0, bytes = 0, entries = 0;
};

// The end record is the last thing in the file but for a comment of up to 65535 bytes.
std::size_t find_end(const Reader& reader) {
  if (reader.size() < end_bytes) reader.refuse(0, fmt::format("{} bytes are too few (truncated?)", reader.size()));
  for (std::size_t back = 0; back <= 0xFFFF && back + end_bytes <= reader.size(); ++back) {
    const std::size_t at = reader.size() - end_bytes - back;
    if (reader.number(at, 4) == end_mark && reader.number(at + 20, 2) == back) return at;
  }
  reader.refuse(reader.size(), "no directory at the end of the file (truncated?)");
}

Directory find_directory(const Reader& reader) {
  const std::size_t end = find_end(reader);
  Directory directory{
      .begin = reader.number(end + 16, 4), .bytes = reader.number(end + 12, 4), .entries = reader.number(end + 10, 2)};
  if (end >= locator64_bytes && reader.number(end - locator64_bytes, 4) == locator64_mark) {
    const std::uint64_t at = reader.number(end - locator64_bytes + 8, 8);
    reader.range(at, end64_bytes, "the zip64 end record");
    if (reader.number(at, 4) != end64_mark) reader.refuse(at, "expected a zip64 end record");
    directory = {
        .begin = reader.number(at + 48, 8), .bytes = reader.number(at + 40, 8), .entries = reader.number(at + 32, 8)};
  }
  reader.range(directory.begin, directory.bytes, "the directory");
  if (directory.entries > directory.bytes / central_bytes)
    reader.refuse(directory.begin,
                  fmt::format("{} entries do not fit the directory's {} bytes", directory.entries, directory.bytes));
  return directory;
}

// Sizes and places that do not fit 32 bits stand in the extra field 1, in this order, each only where it is needed.
void read_zip64(const Reader& reader, std::uint64_t at, std::uint64_t end, std::span<std::uint64_t*> values) {
  while (at + 4 <= end) {
    const std::uint64_t id = reader.number(at, 2), length = reader.number(at + 2, 2);
    if (length > end - at - 4) reader.refuse(at, "an extra field reaches beyond its entry");
    if (id == 1) {
      std::uint64_t field = at + 4;
      for (std::uint64_t* value : values) {
        if (*value != in_zip64) continue;
        if (field + 8 > at + 4 + length) reader.refuse(at, "the zip64 field is too short");
        *value = reader.number(field, 8);
        field += 8;
      }
      return;
    }
    at += 4 + length;
  }
}

// Reads the entry at `at` and moves `at` behind it.
ZipEntry read_entry(const Reader& reader, std::uint64_t& at, std::uint64_t directory_end) {
  const std::uint64_t start = at;
  if (start + central_bytes > directory_end || reader.number(start, 4) != central_mark)
    reader.refuse(start, "expected an entry of the directory");
  const std::uint64_t flags = reader.number(start + 8, 2), method = reader.number(start + 10, 2);
  std::uint64_t packed = reader.number(start + 20, 4), size = reader.number(start + 24, 4);
  const std::uint64_t name_length = reader.number(start + 28, 2), extra_length = reader.number(start + 30, 2);
  std::uint64_t local = reader.number(start + 42, 4);
  const std::uint64_t extra = start + central_bytes + name_length;
  at = extra + extra_length + reader.number(start + 32, 2);
  if (at > directory_end) reader.refuse(start, "an entry reaches beyond the directory");

  ZipEntry entry;
  const auto name = reader.range(start + central_bytes, name_length, "a name");
  entry.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
  entry.check = static_cast<std::uint32_t>(reader.number(start + 16, 4));
  std::uint64_t* values[] = {&size, &packed, &local};
  read_zip64(reader, extra, extra + extra_length, values);
  const auto refuse = [&](const std::string& what) {
    reader.refuse(start, fmt::format("entry '{}': {}", printable(entry.name), what));
  };
  if ((flags & 1) != 0) refuse("it is encrypted");
  if (method != 0 || packed != size)
    refuse(fmt::format("it is compressed (method {}, {} bytes to {}); checkpoints store their entries as they are",
                       method, packed, size));
  reader.range(local, local_bytes, "a local header");
  if (reader.number(local, 4) != local_mark) refuse(fmt::format("no local header at byte {}", local));
  entry.offset = local + local_bytes + reader.number(local + 26, 2) + reader.number(local + 28, 2);
  entry.data = reader.range(entry.offset, size, "an entry");
  return entry;
}

}  // namespace

ZipArchive ZipArchive::parse(const std::string& file, std::span<const std::byte> bytes) {
  const Reader reader(file, bytes);
  const Directory directory = find_directory(reader);
  ZipArchive archive;
  archive.file_ = file;
  std::uint64_t at = directory.begin, total = 0;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    const std::uint64_t start = at;
    ZipEntry entry = read_entry(reader, at, directory.begin + directory.bytes);
    total += entry.data.size();
    if (total > bytes.size())
      reader.refuse(start, fmt::format("entry '{}' lies over another: together they exceed the file's {} bytes",
                                       printable(entry.name), bytes.size()));
    if (!archive.index_.emplace(entry.name, archive.entries_.size()).second)
      reader.refuse(start, fmt::format("two entries are named '{}'", printable(entry.name)));
    archive.entries_.push_back(std::move(entry));
  }
  return archive;
}

const ZipEntry* ZipArchive::find(const std::string& name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &entries_[found->second];
}

void ZipArchive::verify(const ZipEntry& entry) const {
  if (entry.check == 0) return;
  const auto found = crc32_z(0, reinterpret_cast<const Bytef*>(entry.data.data()), entry.data.size());
  if (found != entry.check)
    throw kernels::CheckpointError(
        "{}: byte {}: zip archive: entry '{}': CRC-32: expected {:08x}, its {} bytes give {:08x}", file_, entry.offset,
        printable(entry.name), entry.check, entry.data.size(), found);
}

bool looks_like_zip(std::span<const std::byte> bytes) {
  std::uint32_t mark = 0;
  if (bytes.size() < sizeof(mark)) return false;
  std::memcpy(&mark, bytes.data(), sizeof(mark));
  return mark == local_mark || mark == end_mark;
}

}  // namespace engine
