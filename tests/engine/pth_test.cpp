// SPDX-License-Identifier: Apache-2.0
// PyTorch checkpoints: what PyTorch wrote is read bit for bit, in both formats, and what is written comes back.
#include "engine/formats/pth.h"

#include <cstring>

#include "engine/formats/weight_file.h"
#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/checkpoints.h"
#include "tests/support/temporary_folder.h"

namespace {

using engine::PthFile;
using engine::TensorFile;
using engine::TensorRecord;
using test::pth_fixture;

void check_equal(const TensorFile& found, const TensorFile& wanted) {
  CHECK(found.records().size() == wanted.records().size());
  for (const TensorRecord& record : wanted.records()) {
    INFO(record.name);
    const TensorRecord* mine = found.find(record.name);
    REQUIRE(mine != nullptr);
    CHECK(std::string(name_of(mine->dtype)) == name_of(record.dtype));
    CHECK(mine->shape == record.shape);
    REQUIRE(mine->bytes == record.bytes);
    CHECK((record.bytes == 0 || std::memcmp(mine->data, record.data, record.bytes) == 0));
  }
}

TEST_CASE("pth: every checkpoint that PyTorch wrote is read bit for bit", "[sanitize]") {
  for (const std::string name :
       {"everything_zip", "everything_legacy", "shared_zip", "shared_legacy", "strided_zip", "strided_legacy",
        "nested_zip", "nested_legacy", "protocol4", "half", "parameters", "unsigned", "without_checksums"}) {
    INFO(name);
    check_equal(engine::open_weight_file(pth_fixture(name + ".pth")),
                engine::SafetensorsFile::open(pth_fixture(name + ".safetensors")));
  }
}

TEST_CASE("pth: contiguous tensors are addresses in the file, and shared ones share", "[sanitize]") {
  const TensorFile file = engine::open_weight_file(pth_fixture("shared_zip.pth"));
  const std::byte* whole = file.at("whole").data;
  CHECK(reinterpret_cast<std::uintptr_t>(whole) % 64 == 0);
  CHECK(file.at("row").data == whole + 12 * 4);
  CHECK(file.at("later").data == whole + 5 * 4);
  CHECK(file.at("tied").data == whole);
}

TEST_CASE("pth: a training checkpoint is its state dict, and its other parts and numbers can be listed", "[sanitize]") {
  for (const std::string name : {"nested_zip.pth", "nested_legacy.pth"}) {
    INFO(name);
    const PthFile file = PthFile::open(pth_fixture(name));
    CHECK(file.zip == (name == "nested_zip.pth"));
    REQUIRE(file.parts.size() == 6);
    CHECK(file.parts[0].path == "state_dict");
    CHECK(file.parts[0].tensors[0].name == "module.0.weight");
    CHECK(file.parts[1].path == "optimizer.state.0");
    CHECK(file.values.at("epoch") == "7");
    CHECK(file.values.at("best_miou") == "0.5");
    CHECK(file.values.at("steps") == "-3");
    CHECK(file.values.at("arch") == "rtfnet50");
    CHECK(file.values.at("done") == "False");
    CHECK(file.values.at("none") == "None");
    CHECK(file.values.at("big") == "1099511627776");
    CHECK(file.values.at("scheduler.size.1") == "640");
    CHECK(file.values.at("optimizer.param_groups.0.lr") == "0.125");
    CHECK(engine::state_of(file).names()[0] == "0.weight");
    CHECK(engine::state_of(file, "optimizer.state.0").names() ==
          std::vector<std::string>{"step", "exp_avg", "exp_avg_sq"});
    CHECK_THROWS_WITH(engine::state_of(file, "ema"), Catch::Contains("'ema'") && Catch::Contains("state_dict (8"));
  }
}

TEST_CASE("pth: what is written comes back, aligned, and the same bytes every time", "[sanitize]") {
  const test::TemporaryFolder folder;
  for (const std::string name : {"everything_zip", "unsigned"}) {
    INFO(name);
    const auto wanted = engine::SafetensorsFile::open(pth_fixture(name + ".safetensors"));
    std::vector<engine::TensorToWrite> tensors;
    for (const TensorRecord& record : wanted.records())
      tensors.push_back({record.name, record.dtype, record.shape, {record.data, record.bytes}});
    engine::write_pth(folder / "a.pth", tensors);
    engine::write_pth(folder / "b.pth", tensors);
    CHECK(test::read_text(folder / "a.pth") == test::read_text(folder / "b.pth"));
    const TensorFile found = engine::open_weight_file(folder / "a.pth");
    check_equal(found, wanted);
    CHECK(found.names() == wanted.names());
    for (const TensorRecord& record : found.records()) CHECK(reinterpret_cast<std::uintptr_t>(record.data) % 64 == 0);
  }
  const std::vector<float> values = {1, 2};
  const engine::TensorToWrite good{"a", engine::FileDType::f32, {2}, std::as_bytes(std::span(values))};
  CHECK_THROWS_WITH(engine::write_pth(folder / "c.pth", std::vector{good, good}), Catch::Contains("taken"));
  engine::TensorToWrite longer = good;
  longer.shape = {3};
  CHECK_THROWS_WITH(engine::write_pth(folder / "c.pth", std::vector{longer}), Catch::Contains("[3]"));
  CHECK_FALSE(std::filesystem::exists(folder / "c.pth"));
}

TEST_CASE("weight files: the network's part of a checkpoint is found by its name, or asked for", "[sanitize]") {
  const auto part = [](const std::string& path, const std::string& tensor) {
    return engine::PthPart{path, {{.name = tensor, .dtype = engine::FileDType::f32, .shape = {0}}}};
  };
  PthFile file{.path = "some.pth"};
  CHECK_THROWS_WITH(engine::state_of(file), Catch::Contains("some.pth") && Catch::Contains("no tensors"));
  file.parts = {part("generator", "a"), part("optimizer.state.0", "step")};
  CHECK(engine::state_of(file).names() == std::vector<std::string>{"a"});
  file.parts.push_back(part("critic", "b"));
  CHECK_THROWS_WITH(engine::state_of(file), Catch::Contains("which") && Catch::Contains("critic (1 tensors)"));
  CHECK(engine::state_of(file, "critic").names() == std::vector<std::string>{"b"});
  file.parts.push_back(part("model", "_orig_mod.module.c"));
  file.parts.push_back(part("", "step"));
  CHECK(engine::state_of(file).names() == std::vector<std::string>{"c"});
  file.parts.back().tensors.push_back(part("", "weight").tensors[0]);
  CHECK(engine::state_of(file).names() == std::vector<std::string>{"step", "weight"});
}

TEST_CASE("weight files: the format is told by the name, or by the first bytes", "[sanitize]") {
  const test::TemporaryFolder folder;
  std::filesystem::copy(pth_fixture("shared_zip.pth"), folder / "weights");
  std::filesystem::copy(pth_fixture("shared_legacy.pth"), folder / "old.model");
  std::filesystem::copy(pth_fixture("shared_zip.safetensors"), folder / "new.model");
  CHECK(engine::is_pth(folder / "weights"));
  CHECK(engine::is_pth(folder / "old.model"));
  CHECK_FALSE(engine::is_pth(folder / "new.model"));
  check_equal(engine::open_weight_file(folder / "new.model"), engine::open_weight_file(folder / "weights"));
  CHECK_THROWS_AS(engine::is_pth(folder / "none"), kernels::FileError);
  CHECK_THROWS_AS(engine::open_weight_file(folder / "none.pth"), kernels::FileError);
}

}  // namespace
