// SPDX-License-Identifier: Apache-2.0
// Safetensors files: what is written comes back, foreign files are read, and every kind of damage is refused by name.
#include "engine/formats/safetensors.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "engine/formats/atomic_file.h"
#include "engine/formats/checksum.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::FileDType;
using engine::SafetensorsFile;
using engine::TensorToWrite;
using test::read_text;
using test::TemporaryFolder;

template <class T>
TensorToWrite to_write(const std::string& name, FileDType dtype, std::vector<std::int64_t> shape,
                       const std::vector<T>& values) {
  return {name, dtype, std::move(shape), std::as_bytes(std::span(values))};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// A file with this header over `data_bytes` zeros.
std::string file_with(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes + header + std::string(data_bytes, '\0');
}

// What the reader says about a damaged file; empty where it takes the file.
std::string complaint_about(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "weights.safetensors", bytes);
  try {
    SafetensorsFile::open(folder / "weights.safetensors");
  } catch (const kernels::CheckpointError& error) {
    const std::string text = error.what();
    INFO(text);
    CHECK(text.find("weights.safetensors") != std::string::npos);
    return text;
  }
  return {};
}

void check_complaint(const std::string& bytes, const std::vector<std::string>& words) {
  const std::string complaint = complaint_about(bytes);
  for (const std::string& word : words) {
    INFO("complaint: " << complaint << "\nwanted in it: " << word);
    CHECK(complaint.find(word) != std::string::npos);
  }
}

TEST_CASE("safetensors: every element type comes back bit for bit, in the order given", "[sanitize]") {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> mask = {1, 0, 2};
  const std::vector<double> doubles = {0.1, -1e300, std::numeric_limits<double>::quiet_NaN(), 5e-324, 2, 3};
  const std::vector<float> floats = {0.1f, -0.0f};
  const std::vector<std::uint16_t> halves = {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x7C00};  // 1, -2, 2^-24, 65504, inf
  const std::vector<kernels::bf16> brains = {kernels::bf16(3.0f), kernels::bf16(-0.5f)};
  const std::vector<std::int64_t> longs = {std::numeric_limits<std::int64_t>::min(), 7};
  const std::vector<std::int32_t> ints = {-3};
  const std::vector<std::uint8_t> bytes = {0, 255, 128, 7};
  const std::vector<float> nothing;
  write_safetensors(
      folder / "all.safetensors",
      std::vector<TensorToWrite>{
          to_write("mask", FileDType::boolean, {3}, mask), to_write("doubles", FileDType::f64, {2, 1, 3}, doubles),
          to_write("floats", FileDType::f32, {2}, floats), to_write("halves", FileDType::f16, {5}, halves),
          to_write("brains", FileDType::bf16, {1, 2}, brains), to_write("longs", FileDType::i64, {2}, longs),
          to_write("scalar", FileDType::i32, {}, ints), to_write("bytes", FileDType::u8, {4, 1}, bytes),
          to_write("nothing", FileDType::f32, {0, 5}, nothing)},
      {{"model", "mfnet"}, {"text", "quote \" and \n newline"}});

  const SafetensorsFile file = SafetensorsFile::open(folder / "all.safetensors");
  CHECK(file.names() == std::vector<std::string>{"mask", "doubles", "floats", "halves", "brains", "longs", "scalar",
                                                 "bytes", "nothing"});
  CHECK(file.metadata() == std::map<std::string, std::string>{{"model", "mfnet"}, {"text", "quote \" and \n newline"}});
  CHECK(file.at("doubles").shape == std::vector<std::int64_t>{2, 1, 3});
  CHECK(std::memcmp(file.at("doubles").data, doubles.data(), 48) == 0);
  CHECK(to_f32(file.at("floats")) == floats);
  CHECK(std::signbit(to_f64(file.at("floats"))[1]));
  CHECK(to_f32(file.at("halves")) ==
        std::vector<float>{1, -2, std::ldexp(1.0f, -24), 65504, std::numeric_limits<float>::infinity()});
  CHECK(to_f64(file.at("brains")) == std::vector<double>{3, -0.5});
  CHECK(to_i64(file.at("longs")) == longs);
  CHECK(to_i64(file.at("scalar")) == std::vector<std::int64_t>{-3});
  CHECK(file.at("scalar").shape.empty());
  CHECK(to_f32(file.at("bytes")) == std::vector<float>{0, 255, 128, 7});
  CHECK(to_i64(file.at("mask")) == std::vector<std::int64_t>{1, 0, 1});
  CHECK(to_f32(file.at("nothing")).empty());
  CHECK(file.find("absent") == nullptr);
  CHECK_THROWS_WITH(file.at("absent"), Catch::Contains("all.safetensors") && Catch::Contains("'absent'"));
  CHECK_THROWS_WITH(to_i64(file.at("floats")), Catch::Contains("'floats'") && Catch::Contains("F32"));
  for (const engine::TensorRecord& record : file.records()) {
    INFO(record.name);
    CHECK(reinterpret_cast<std::uintptr_t>(record.data) % size_of(record.dtype) == 0);
  }
  CHECK_FALSE(std::filesystem::exists(folder / "all.safetensors.partial"));
}

TEST_CASE("safetensors: every float16 is the float that IEEE 754 says", "[sanitize]") {
  const TemporaryFolder folder;
  std::vector<std::uint16_t> halves(65536);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  write_safetensors(folder / "half.safetensors",
                    std::vector<TensorToWrite>{to_write("h", FileDType::f16, {65536}, halves)});
  const std::vector<float> floats = to_f32(SafetensorsFile::open(folder / "half.safetensors").at("h"));
  int wrong = 0;
  for (std::uint32_t i = 0; i < 65536; ++i) {
    // The same value by exponent arithmetic on the bits of a float32.
    const std::uint32_t sign = (i & 0x8000u) << 16, exponent = (i >> 10) & 31u, mantissa = i & 1023u;
    float wanted = 0;
    if (exponent == 0)
      wanted = std::bit_cast<float>(sign | 0x33800000u) * static_cast<float>(mantissa);  // 2^-24
    else
      wanted = std::bit_cast<float>(sign | ((exponent == 31 ? 255u : exponent + 112u) << 23) | (mantissa << 13));
    const bool equal = std::isnan(wanted) ? std::isnan(floats[i]) : wanted == floats[i];
    wrong += equal && std::signbit(wanted) == std::signbit(floats[i]) ? 0 : !std::isnan(wanted);
  }
  CHECK(wrong == 0);
}

TEST_CASE("safetensors: a file of another writer is read, aligned or not", "[sanitize]") {
  const SafetensorsFile golden = SafetensorsFile::open(test::golden_path("cekd/metrics.safetensors"));
  CHECK(golden.metadata().at("case") == "metrics");
  CHECK(golden.at("confusion").shape == std::vector<std::int64_t>{9, 9});
  CHECK(golden.records().size() == 4);

  const TemporaryFolder folder;
  const std::string header =
      R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  std::string bytes = file_with(header, 9);
  const float values[] = {1.5f, -2.25f};
  std::memcpy(bytes.data() + bytes.size() - 8, values, 8);
  write_bytes(folder / "odd.safetensors", bytes);
  const SafetensorsFile odd = SafetensorsFile::open(folder / "odd.safetensors");
  CHECK(to_f64(odd.at("b")) == std::vector<double>{1.5, -2.25});
  CHECK(odd.names() == std::vector<std::string>{"b", "a"});
}

TEST_CASE("safetensors: a missing file is a file error that names it") {
  CHECK_THROWS_AS(SafetensorsFile::open("nowhere/a.safetensors"), kernels::FileError);
  CHECK_THROWS_WITH(SafetensorsFile::open("nowhere/a.safetensors"), Catch::Contains("nowhere/a.safetensors"));
}

TEST_CASE("safetensors: damaged files are refused with file, tensor, field and value", "[sanitize]") {
  check_complaint("", {"at least 8 bytes", "has 0"});
  check_complaint("1234567", {"has 7"});
  check_complaint(file_with("{}", 0).replace(0, 1, "\x03"), {"header length", "at most 2", "got 3"});
  check_complaint(std::string(8, '\xFF') + "{}", {"header length", "18446744073709551615"});
  check_complaint(file_with("{\"a\":", 0), {"expected JSON"});
  check_complaint(file_with("[1]", 0), {"JSON object", "array"});
  check_complaint(file_with(R"({"a":3})", 0), {"'a'", "got 3"});
  check_complaint(file_with(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), {"'a'", "dtype is missing"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), {"'a'", "shape is missing"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[1]}})", 4), {"'a'", "data_offsets is missing"});
  check_complaint(file_with(R"({"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", 1),
                  {"'a'", "dtype", "F8_E4M3"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), {"'a'", "shape", "-1"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4), {"'a'", "shape", "1.5"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":"1","data_offsets":[0,4]}})", 4), {"'a'", "shape"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", 4),
                  {"'a'", "data_offsets", "8"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), {"'a'", "[4, 0]"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), {"'a'", "[0]"});
  check_complaint(file_with(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), {"'a'", "[2]", "8", "4"});
  check_complaint(file_with(R"({"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0),
                  {"'a'", "2^63"});
  const std::string first = R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)";
  check_complaint(file_with(first + R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})", 6), {"'b'", "overlap"});
  check_complaint(file_with(first + R"("b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}})", 9), {"'b'", "hole"});
  check_complaint(file_with(first + R"("a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", 8), {"'a'", "twice"});
  check_complaint(file_with(first + R"("__metadata__":{"n":1}})", 4), {"__metadata__", "'n'"});
  check_complaint(file_with(first + R"("__metadata__":[]})", 4), {"__metadata__"});
  check_complaint(file_with(first.substr(0, first.size() - 1) + "}", 5), {"end at byte 4", "has 5"});
  CHECK(complaint_about(file_with(first.substr(0, first.size() - 1) + "}", 4)).empty());
  check_complaint(file_with("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", 0), {"nesting"});
  check_complaint(file_with(R"({"a\nb":3})", 0), {"'a\\x0ab'"});
  check_complaint(file_with(R"({"a":{"dtype":"F64","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}})", 0),
                  {"'a'", "2^63"});
}

TEST_CASE("safetensors: a file cut at any byte is refused", "[sanitize]") {
  const TemporaryFolder folder;
  const std::vector<float> values = {1, 2, 3};
  write_safetensors(folder / "whole.safetensors",
                    std::vector<TensorToWrite>{to_write("a", FileDType::f32, {3}, values)});
  const std::string whole = read_text(folder / "whole.safetensors");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO("the first " << length << " of " << whole.size() << " bytes");
    CHECK_FALSE(complaint_about(whole.substr(0, length)).empty());
  }
}

TEST_CASE("safetensors: tensors that contradict themselves are not written, and the old file stays", "[sanitize]") {
  const TemporaryFolder folder;
  const auto path = folder / "kept.safetensors";
  const std::vector<float> values = {1, 2, 3};
  const TensorToWrite good = to_write("a", FileDType::f32, {3}, values);
  write_safetensors(path, std::vector<TensorToWrite>{good});
  const std::string before = read_text(path);
  const auto refused = [&](const std::vector<TensorToWrite>& tensors, const std::string& word) {
    CHECK_THROWS_WITH(write_safetensors(path, tensors), Catch::Contains("kept.safetensors") && Catch::Contains(word));
  };
  refused({to_write("short", FileDType::f32, {4}, values)}, "'short'");
  refused({to_write("negative", FileDType::f32, {-3}, values)}, "'negative'");
  refused({good, good}, "taken");
  refused({to_write("__metadata__", FileDType::f32, {3}, values)}, "taken");
  CHECK(read_text(path) == before);
}

TEST_CASE("an atomic file leaves the old content until it is committed", "[sanitize]") {
  const TemporaryFolder folder;
  write_bytes(folder / "a", "old");
  {
    engine::AtomicFile file(folder / "a");
    file.write("new");
    CHECK(read_text(folder / "a") == "old");
  }
  CHECK(read_text(folder / "a") == "old");
  CHECK_FALSE(std::filesystem::exists(folder / "a.partial"));
  write_bytes(folder / "a.partial", "what a killed writer left, longer than the new content");
  engine::AtomicFile file(folder / "a");
  file.write("new");
  file.commit();
  CHECK(read_text(folder / "a") == "new");
  CHECK_THROWS_AS(engine::AtomicFile(folder / "none/a"), kernels::FileError);
}

TEST_CASE("a file's checksum is XXH3's and changes with any byte", "[sanitize]") {
  const TemporaryFolder folder;
  write_bytes(folder / "empty", "");
  CHECK(engine::file_checksum(folder / "empty") == 0x2D06800538D394C2u);  // XXH3_64 of nothing.
  std::string bytes(3'000'001, 'x');                                      // Longer than the buffer.
  write_bytes(folder / "long", bytes);
  const std::uint64_t before = engine::file_checksum(folder / "long");
  bytes[2'500'000] ^= 1;
  write_bytes(folder / "long", bytes);
  CHECK(engine::file_checksum(folder / "long") != before);
  CHECK_THROWS_AS(engine::file_checksum(folder / "none"), kernels::FileError);
}

}  // namespace
