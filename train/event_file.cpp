// SPDX-License-Identifier: Apache-2.0
#include "train/event_file.h"

#include <array>
#include <bit>
#include <iterator>

#include "kernels/error.h"

namespace train {

namespace {

// The table of the reflected polynomial, one entry per byte.
constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78u : 0u);
    table[byte] = value;
  }
  return table;
}();

// A checksum beside the data that it covers: turned and shifted, so that data which hold checksums stay covered.
std::uint32_t masked(std::uint32_t crc) {
  return std::rotr(crc, 15) + 0xa282ead8u;
}

template <class Integer>
std::string little_endian(Integer value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

enum class Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

std::string key(int field, Wire wire) {
  return varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire));
}

std::string whole_field(int field, std::int64_t value) {
  return key(field, Wire::varint) + varint(static_cast<std::uint64_t>(value));
}

std::string double_field(int field, double value) {
  return key(field, Wire::fixed64) + little_endian(std::bit_cast<std::uint64_t>(value));
}

std::string float_field(int field, float value) {
  return key(field, Wire::fixed32) + little_endian(std::bit_cast<std::uint32_t>(value));
}

std::string bytes_field(int field, std::string_view bytes) {
  return key(field, Wire::bytes) + varint(bytes.size()) + std::string(bytes);
}

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

}  // namespace

EventImage event_image(const std::string& tag, const std::filesystem::path& png) {
  std::ifstream stream(png, std::ios::binary);
  if (!stream) throw kernels::FileError("{}: cannot be opened", png.string());
  EventImage image{tag, 0, 0, std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>())};
  // Signature (8 bytes), length and name of the header (8), width (4), height (4).
  if (image.png.size() < 24 || !image.png.starts_with("\x89PNG\r\n\x1a\n"))
    throw kernels::DataError("{}: is not a PNG file", png.string());
  image.width = static_cast<int>(big_endian(image.png, 16));
  image.height = static_cast<int>(big_endian(image.png, 20));
  return image;
}

std::uint32_t crc32c(std::string_view data) {
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : data) crc = (crc >> 8) ^ crc_table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~crc;
}

std::string record_of(std::string_view data) {
  const std::string length = little_endian(static_cast<std::uint64_t>(data.size()));
  return length + little_endian(masked(crc32c(length))) + std::string(data) + little_endian(masked(crc32c(data)));
}

std::string encoded(const Event& event) {
  std::string summary;
  for (const auto& [tag, value] : event.scalars)
    summary += bytes_field(1, bytes_field(1, tag) + float_field(2, static_cast<float>(value)));
  for (const EventImage& image : event.images) {
    constexpr int rgb = 3;
    summary += bytes_field(
        1, bytes_field(1, image.tag) + bytes_field(4, whole_field(1, image.height) + whole_field(2, image.width) +
                                                          whole_field(3, rgb) + bytes_field(4, image.png)));
  }
  return double_field(1, event.time) + whole_field(2, event.step) + bytes_field(5, summary);
}

EventFile::EventFile(const std::filesystem::path& path, double time)
    : path_(path), stream_(path, std::ios::binary | std::ios::trunc) {
  if (!stream_) throw kernels::FileError("{}: cannot be opened for writing", path.string());
  write(double_field(1, time) + bytes_field(3, "brain.Event:2"));  // The version, which every file begins with.
  flush();
}

void EventFile::append(const Event& event) {
  write(encoded(event));
}

void EventFile::write(const std::string& data) {
  stream_ << record_of(data);
  if (!stream_) throw kernels::FileError("{}: cannot be written", path_.string());
}

void EventFile::flush() {
  if (!stream_.flush()) throw kernels::FileError("{}: cannot be written", path_.string());
}

}  // namespace train
