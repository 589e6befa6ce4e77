// SPDX-License-Identifier: Apache-2.0
// TensorBoard's event files: scalars and pictures over the steps of a run. A file is a row of TFRecords (length, masked
// CRC-32C of the length, data, masked CRC-32C of the data; whole numbers little-endian), each an Event in the encoding
// of protocol buffers. The fields are those of tensorflow/core/util/event.proto and framework/summary.proto; of their
// many kinds a run needs two, so that no library of protocol buffers is called for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace train {

struct EventImage {
  std::string tag;
  int height = 0, width = 0;
  std::string png;  // The bytes of the file, RGB.
};

struct Event {
  double time = 0;  // Seconds since 1970.
  std::int64_t step = 0;
  std::vector<std::pair<std::string, double>> scalars = {};  // Tag and value; kept as float32.
  std::vector<EventImage> images = {};
};

// A PNG file as an image of an event. Throws FileError, DataError.
EventImage event_image(const std::string& tag, const std::filesystem::path& png);

std::string encoded(const Event& event);       // As protocol buffers have it.
std::string record_of(std::string_view data);  // With its length and checksums.
// Castagnoli's polynomial, as in RFC 3720.
std::uint32_t crc32c(std::string_view data);

class EventFile {
 public:
  // Begins the file, replacing an earlier one. Throws FileError, as append does.
  EventFile(const std::filesystem::path& path, double time);
  void append(const Event& event);
  void flush();  // To the system, so that TensorBoard sees it.

 private:
  void write(const std::string& data);

  std::filesystem::path path_;
  std::ofstream stream_;
};

}  // namespace train
