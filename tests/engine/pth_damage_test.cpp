// SPDX-License-Identifier: Apache-2.0
// Damaged and hostile checkpoints: each is refused in one line that names the file, the byte and what was found there.
#include <cstring>

#include "engine/formats/pth.h"
#include "engine/formats/weight_file.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/checkpoints.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::PthFile;
using test::checkpoint_of;
using test::tensor_opcodes;

std::string bytes(const char* text, std::size_t length) {
  return std::string(text, length);
}

// What the reader says; empty where it takes the file.
std::string complaint_about(const std::string& content) {
  try {
    PthFile::parse("some.pth", test::bytes_of(content));
  } catch (const kernels::CheckpointError& error) {
    const std::string text = error.what();
    INFO(text);
    CHECK(text.starts_with("some.pth: "));
    CHECK(text.find('\n') == std::string::npos);
    return text;
  }
  return {};
}

void check_complaint(const std::string& content, const std::vector<std::string>& words) {
  const std::string complaint = complaint_about(content);
  for (const std::string& word : words) {
    INFO("complaint: " << complaint << "\nwanted in it: " << word);
    CHECK(complaint.find(word) != std::string::npos);
  }
}

TEST_CASE("pth: pickles that would run code are refused with the name that they call", "[sanitize]") {
  for (const std::string name : {"malicious_zip.pth", "malicious_legacy.pth"}) {
    INFO(name);
    const auto path = test::pth_fixture(name);
    CHECK_THROWS_AS(PthFile::open(path), kernels::CheckpointError);
    CHECK_THROWS_WITH(PthFile::open(path), Catch::Contains(name + ": byte ") && Catch::Contains("'posix.system'"));
  }
  check_complaint(checkpoint_of("cos\nsystem\nX\x01" + bytes("\0\0\0a\x85R.", 7)), {"byte 66", "'os.system'"});
  check_complaint(checkpoint_of("c__builtin__\neval\n."), {"'__builtin__.eval'"});
  check_complaint(checkpoint_of("X\x02" + bytes("\0\0\0osX\x06\0\0\0system\x93.", 17)), {"'os.system'"});
  check_complaint(checkpoint_of("(ios\nsystem\n."), {"0x69", "INST"});
  check_complaint(checkpoint_of("(cos\nsystem\no."), {"'os.system'"});
  check_complaint(checkpoint_of("ccollections\nOrderedDict\n)\x81."), {"0x81", "NEWOBJ"});
  check_complaint(checkpoint_of("\x82\x01."), {"0x82", "EXT1"});
  check_complaint(checkpoint_of("ctorch\nload\n."), {"'torch.load'"});
  check_complaint(checkpoint_of("ctorch.storage\n_load_from_bytes\n."), {"'torch.storage._load_from_bytes'"});
  check_complaint(checkpoint_of("cline\tand\x1b[31m\nb\n."), {"line\\x09and\\x1b[31m.b"});
  check_complaint(checkpoint_of("ctorch\nFloatStorage\n)R."), {"torch.FloatStorage", "not called"});
  check_complaint(checkpoint_of("K\x01)R."), {"REDUCE", "integer"});
  check_complaint(checkpoint_of("]}b."), {"BUILD of a list"});
}

TEST_CASE("pth: broken pickles are refused where they break", "[sanitize]") {
  check_complaint(checkpoint_of(""), {"ends in the middle"});
  check_complaint(checkpoint_of("."), {"STOP with 0 values"});
  check_complaint(checkpoint_of("NN."), {"STOP with 2 values"});
  check_complaint(checkpoint_of("(."), {"1 open marks"});
  check_complaint(checkpoint_of("\xff."), {"0xff", "does not exist"});
  check_complaint(checkpoint_of("t."), {"no mark"});
  check_complaint(checkpoint_of("(K\x01"
                                "s."),
                  {"nothing is on the stack"});
  check_complaint(checkpoint_of("}(K\x01u."), {"key without a value"});
  check_complaint(checkpoint_of("]K\x01K\x02s."), {"expected a dictionary", "list"});
  check_complaint(checkpoint_of("}K\x01"
                                "a."),
                  {"expected a list", "dictionary"});
  check_complaint(checkpoint_of("Nr" + bytes("\xff\xff\xff\xff", 4) + "."), {"memo index 4294967295"});
  check_complaint(checkpoint_of("h\x07."), {"memo index 7", "nothing"});
  check_complaint(checkpoint_of("X" + bytes("\xff\xff\xff\xff", 4) + "abc."), {"4294967295 bytes", "4 are left"});
  check_complaint(checkpoint_of("\x8d" + bytes("\xff\xff\xff\xff\xff\xff\xff\xff", 8) + "."), {"18446744073709551615"});
  check_complaint(checkpoint_of("X\x02" + bytes("\0\0\0\xc3\x28.", 6)), {"not UTF-8"});
  check_complaint(checkpoint_of("\x8a\x09" + std::string(9, 'a') + "."), {"integer of 9 bytes"});
  check_complaint(checkpoint_of("\x80\x07N."), {"protocol 7"});
  check_complaint(checkpoint_of("cabc"), {"name without an end"});
  check_complaint(checkpoint_of("]q" + bytes("\0h\0a.", 5)), {"within itself"});
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "]";
  check_complaint(checkpoint_of(deep + std::string(999, 'a') + "."), {"deeper than 32"});
  // Lists that hold the one before twice: 2^30 visits in 300 bytes.
  std::string laughs = "](";
  for (char i = 0; i < 30; ++i)
    laughs += std::string("]q") + i +
              (i == 0 ? "" : std::string("(h") + static_cast<char>(i - 1) + "h" + static_cast<char>(i - 1) + "e");
  check_complaint(checkpoint_of(laughs + "e."), {"entries"});
}

TEST_CASE("pth: tensors that lie about their size are refused", "[sanitize]") {
  const std::string side1("K\x01\x85", 3), side16("K\x10\x85", 3), side17("K\x11\x85", 3), zero("K\0\x85", 3);
  CHECK(complaint_about(checkpoint_of(tensor_opcodes(side16, side1) + ".")).empty());
  check_complaint(checkpoint_of(tensor_opcodes(side17, side1) + "."), {"[17]", "16 elements"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, side1, "torch\nFloatStorage", "K\x01") + "."), {"offset 1"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, side16) + "."), {"strides [16]"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, ")") + "."), {"1 sides and 0 strides"});
  check_complaint(checkpoint_of(tensor_opcodes("J\xff\xff\xff\xff\x85", side1) + "."), {"from 0, got -1"});
  check_complaint(checkpoint_of(tensor_opcodes("N\x85", side1) + "."), {"got None"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, side1, "torch\nComplexFloatStorage") + "."),
                  {"'torch.ComplexFloatStorage'"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, side1, "torch.storage\nUntypedStorage") + "."), {"untyped"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, side1, "collections\nOrderedDict") + "."), {"is none"});
  const std::string huge = "\x8a\x07" + bytes("\0\0\0\0\0\0\x40", 7);  // 2^54
  check_complaint(checkpoint_of(tensor_opcodes(huge + "\x85", zero) + "."), {"far larger than the file"});
  check_complaint(checkpoint_of(tensor_opcodes(huge + huge + "\x86", bytes("K\0K\0\x86", 5)) + "."),
                  {"far larger than the file"});
  check_complaint(checkpoint_of(tensor_opcodes(huge + "\x85", huge + "\x85") + "."), {"reaches beyond"});
  check_complaint(checkpoint_of(tensor_opcodes(side16, side1) + ".", "short"), {"'tensor'", "has 5", "truncated"});
  check_complaint(test::archive_of({{"a/data.pkl", "\x80\x02" + tensor_opcodes(side16, side1) + "."}}),
                  {"storage '0' is missing"});
  check_complaint(checkpoint_of("})" + tensor_opcodes(side16, side1) + "s."), {"keys", "tuple"});
}

TEST_CASE("pth: archives that are no checkpoints are refused", "[sanitize]") {
  check_complaint("", {"0 bytes", "begins with ''"});
  check_complaint("GIF89a, says somebody", {"legacy magic number", "GIF89a"});
  check_complaint(test::archive_of({}), {"without data.pkl"});
  check_complaint(test::archive_of({{"data.pkl", "N."}}), {"without data.pkl"});
  check_complaint(test::archive_of({{"a/data.pkl", "N."}, {"a/constants.pkl", "N."}}), {"TorchScript"});
  check_complaint(test::archive_of({{"a/data.pkl", "N."}, {"a/byteorder", "big"}}), {"byteorder", "big"});
  const std::string whole = checkpoint_of("N.");
  const auto with = [&](std::size_t at, const std::string& replacement) {
    std::string damaged = whole;
    return damaged.replace(at, replacement.size(), replacement);
  };
  const std::size_t central = whole.find("PK\x01\x02"), end = whole.rfind("PK\x05\x06");
  check_complaint(with(central + 8, "\x01"), {"'a/data.pkl'", "encrypted"});
  check_complaint(with(central + 10, "\x08"), {"'a/data.pkl'", "compressed (method 8"});
  check_complaint(with(central + 24, bytes("\xfe\xff\xff\xff", 4)), {"compressed", "4294967294"});
  check_complaint(with(central + 20, bytes("\xfe\xff\xff\xff\xfe\xff\xff\xff", 8)), {"4294967294", "beyond"});
  check_complaint(with(central + 42, bytes("\xf0\xff\xff\xff", 4)), {"local header", "beyond"});
  check_complaint(with(central + 42, "\x04"), {"no local header at byte 4"});
  check_complaint(with(central, "PX"), {"expected an entry"});
  check_complaint(with(central + 28, "\xff\xff"), {"reaches beyond the directory"});
  check_complaint(with(end + 10, "\xff\x7f"), {"32767 entries"});
  check_complaint(with(end + 12, bytes("\xff\xff\xff\x7f", 4)), {"the directory of 2147483647 bytes"});
  check_complaint(with(central + 16, "wxyz"), {"CRC-32", "7a797877"});
  check_complaint(test::archive_of({{"a/data.pkl", "N."}, {"a/data.pkl", "N."}}), {"two entries", "'a/data.pkl'"});
  // The second entry's size and place become those of both together, the third's likewise: a bomb of overlaps.
  std::string bomb = test::archive_of({{"a/data.pkl", "N."}, {"a/x", std::string(4000, 'x')}, {"a/y", ""}});
  const std::size_t second = bomb.find("PK\x01\x02", bomb.find("PK\x01\x02") + 4), third = bomb.rfind("PK\x01\x02");
  for (const std::size_t field : {16, 20, 24, 42}) bomb.replace(third + field, 4, bomb.substr(second + field, 4));
  check_complaint(bomb, {"'a/y'", "lies over another"});
}

TEST_CASE("pth: a checkpoint cut at any byte is refused", "[sanitize]") {
  for (const std::string name : {"shared_zip.pth", "nested_legacy.pth"}) {
    const std::string whole = test::read_text(test::pth_fixture(name));
    int accepted = 0;
    for (std::size_t length = 0; length < whole.size(); ++length)
      accepted += complaint_about(whole.substr(0, length)).empty() ? 1 : 0;
    INFO(name);
    CHECK(accepted == 0);
    CHECK(complaint_about(whole).empty());
  }
}

TEST_CASE("pth: a changed byte of an archive is found, or changes no value", "[sanitize]") {
  const std::string whole = test::read_text(test::pth_fixture("shared_zip.pth"));
  const auto values_of = [](const std::string& content) {
    const PthFile file = PthFile::parse("some.pth", test::bytes_of(content));
    std::string values;
    for (const engine::PthPart& part : file.parts)
      for (const engine::TensorRecord& record : part.tensors)
        values += record.name + std::string(reinterpret_cast<const char*>(record.data), record.bytes);
    return values;
  };
  const std::string wanted = values_of(whole);
  int changed = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    if (complaint_about(damaged).empty()) changed += values_of(damaged) == wanted ? 0 : 1;
  }
  CHECK(changed == 0);
}

}  // namespace
