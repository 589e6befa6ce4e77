// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/zip_writer.h"

#include <zlib.h>

#include <algorithm>

namespace engine {
namespace {

constexpr std::uint64_t largest16 = 0xFFFF, largest32 = 0xFFFFFFFF;
constexpr std::size_t alignment = 64;

// Little-endian numbers one after the other.
class Fields {
 public:
  Fields& add(int width, std::uint64_t value) {
    for (int i = 0; i < width; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFF);
    return *this;
  }
  Fields& add(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Both headers of an entry share these fields: flags (names are UTF-8), method (stored), time and date (1 January
// 1980: the same content gives the same bytes), checksum, sizes.
void add_common(Fields& fields, std::uint32_t check, std::uint64_t size) {
  const std::uint64_t shown = std::min(size, largest32);
  fields.add(2, 0x800).add(2, 0).add(2, 0).add(2, 0x21).add(4, check).add(4, shown).add(4, shown);
}

}  // namespace

void ZipWriter::write(std::string_view bytes) {
  sink_(bytes.data(), bytes.size());
  position_ += bytes.size();
}

void ZipWriter::add(const std::string& name, std::span<const std::byte> data) {
  const auto check = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
  const std::uint64_t local = position_, size = data.size();
  const bool wide = size >= largest32;
  Fields extra;
  if (wide) extra.add(2, 1).add(2, 16).add(8, size).add(8, size);
  // An extra field "FB" of as many blanks as bring the data to its place.
  const std::uint64_t unpadded = local + 30 + name.size() + extra.bytes().size() + 4;
  const std::uint64_t padding = (alignment - unpadded % alignment) % alignment;
  extra.add("FB").add(2, padding).add(std::string(padding, ' '));
  Fields header;
  header.add(4, 0x04034B50).add(2, wide ? 45 : 20);
  add_common(header, check, size);
  header.add(2, name.size()).add(2, extra.bytes().size()).add(name).add(extra.bytes());
  write(header.bytes());
  sink_(data.data(), data.size());
  position_ += data.size();

  Fields wide_fields;
  if (wide) wide_fields.add(8, size).add(8, size);
  if (local >= largest32) wide_fields.add(8, local);
  Fields central_extra;
  if (!wide_fields.bytes().empty()) central_extra.add(2, 1).add(2, wide_fields.bytes().size()).add(wide_fields.bytes());
  Fields central;
  central.add(4, 0x02014B50).add(2, 45).add(2, central_extra.bytes().empty() ? 20 : 45);
  add_common(central, check, size);
  central.add(2, name.size()).add(2, central_extra.bytes().size()).add(2, 0).add(2, 0).add(2, 0).add(4, 0);
  central.add(4, std::min(local, largest32)).add(name).add(central_extra.bytes());
  directory_ += central.bytes();
  ++entries_;
}

void ZipWriter::finish() {
  const std::uint64_t begin = position_, size = directory_.size();
  write(directory_);
  if (begin >= largest32 || size >= largest32 || entries_ >= largest16) {
    const std::uint64_t end64 = position_;
    Fields wide;
    wide.add(4, 0x06064B50).add(8, 44).add(2, 45).add(2, 45).add(4, 0).add(4, 0);
    wide.add(8, entries_).add(8, entries_).add(8, size).add(8, begin);
    wide.add(4, 0x07064B50).add(4, 0).add(8, end64).add(4, 1);
    write(wide.bytes());
  }
  Fields end;
  end.add(4, 0x06054B50).add(2, 0).add(2, 0);
  end.add(2, std::min(entries_, largest16)).add(2, std::min(entries_, largest16));
  end.add(4, std::min(size, largest32)).add(4, std::min(begin, largest32)).add(2, 0);
  write(end.bytes());
}

}  // namespace engine
