// SPDX-License-Identifier: Apache-2.0
// Weight files and checkpoints that cannot be used: exit code 4, one line with file, tensor and value, nothing loaded
// and nothing written.
#include <cstring>
#include <limits>

#include "engine/formats/safetensors.h"
#include "tests/support/bad_input.h"
#include "tests/support/catch.h"
#include "tests/support/checkpoints.h"
#include "tests/support/temporary_folder.h"

namespace fs = std::filesystem;
using test::BadInput;
using test::check_refused;
using Prepare = std::function<void(const fs::path&)>;

namespace {

const std::string data = " --dataset mfnet --data {good}/data --device cpu --threads 1 --workers 1 ";
const std::string evaluate = "evaluate --weights {here}/w.safetensors --out {here}/scores" + data;
const std::string plain = evaluate + "--model mfnet --width 0.125 ";
const std::string train = "train --model mfnet --width 0.125 --batch 2 --epochs 1 --out {here}/run" + data;
const std::string convert_pth = "convert {here}/w.pth {here}/out.safetensors";

Prepare bytes_in(const std::string& name, const std::string& bytes) {
  return [=](const fs::path& here) {
    test::write_text(here / name, bytes);
  };
}

// A copy of a good file with something done to its bytes.
Prepare spoil(const std::string& good, const std::function<void(std::string&)>& how,
              const std::string& name = "w.safetensors") {
  return [=](const fs::path& here) {
    std::string bytes = test::read_text(good.starts_with("/") ? fs::path(good) : test::good_things() / good);
    how(bytes);
    test::write_text(here / name, bytes);
  };
}

void cut(std::string& bytes) {
  bytes.resize(bytes.size() - 100);
}

// The weights with the first value of `tensor` replaced.
Prepare with_value(const std::string& tensor, float value, const std::string& name = "w.safetensors") {
  return [=](const fs::path& here) {
    const auto file = engine::SafetensorsFile::open(test::good_things() / "start.safetensors");
    std::vector<engine::OwnedTensor> tensors;
    std::vector<engine::TensorToWrite> views;
    bool found = false;
    for (const auto& record : file.records()) {
      const auto* begin = static_cast<const std::byte*>(record.data);
      tensors.push_back({record.name, record.dtype, record.shape, {begin, begin + record.bytes}});
      if (record.name != tensor) continue;
      std::memcpy(tensors.back().data.data(), &value, sizeof value);
      found = true;
    }
    REQUIRE(found);
    for (const auto& each : tensors) views.push_back(each.view());
    engine::write_safetensors(here / name, views);
  };
}

std::string safetensors_of(const std::string& header, std::size_t data_bytes) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + std::string(data_bytes, '\0');
}

// A good run as HERE/run.
void copy_run(const fs::path& here) {
  fs::copy(test::good_things() / "run", here / "run", fs::copy_options::recursive);
}

void copy_damaged_run(const fs::path& here) {
  copy_run(here);
  test::cut_file(here / "run/last.safetensors", 5000);
}

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN(),
                infinity = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("damaged safetensors files are refused with file, tensor and reason", "[sanitize]") {
  const std::string file = "{here}/w.safetensors";
  check_refused(std::vector<BadInput>{
      {"a file of 0 bytes", plain, 4, {file}, bytes_in("w.safetensors", "")},
      {"a text", plain, 4, {file}, bytes_in("w.safetensors", "these are not the weights that you look for")},
      {"the end cut off", plain, 4, {file}, spoil("start.safetensors", cut)},
      {"bytes behind the end",
       plain,
       4,
       {file},
       spoil("start.safetensors", [](std::string& bytes) { bytes += "more"; })},
      {"a header longer than the file",
       plain,
       4,
       {file},
       spoil("start.safetensors", [](std::string& bytes) { bytes[6] = 1; })},
      {"a header that is not JSON", plain, 4, {file}, bytes_in("w.safetensors", safetensors_of("{\"a\": [", 0))},
      {"a tensor of an unknown type",
       plain,
       4,
       {file, "'a'", "F7"},
       bytes_in("w.safetensors", safetensors_of(R"({"a":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}})", 4))},
      {"a tensor larger than its bytes",
       plain,
       4,
       {file, "'a'"},
       bytes_in("w.safetensors",
                safetensors_of(R"({"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4]}})", 4))},
      {"two tensors over the same bytes",
       plain,
       4,
       {file},
       bytes_in(
           "w.safetensors",
           safetensors_of(
               R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
               4))},
      {"a shape below nothing",
       plain,
       4,
       {file, "'a'"},
       bytes_in("w.safetensors", safetensors_of(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4))},
      {"a flipped bit in a checkpoint",
       evaluate,
       4,
       {file, "checksum"},
       spoil("run/best.safetensors", [](std::string& bytes) { bytes[bytes.size() - 9] ^= 1; })},
      {"a checkpoint cut in half",
       evaluate,
       4,
       {file},
       spoil("run/best.safetensors", [](std::string& bytes) { bytes.resize(bytes.size() / 2); })},
      {"weights without a model", evaluate, 4, {file, "--model"}, spoil("start.safetensors", [](std::string&) {})},
      {"a folder", "evaluate --weights {good}/run --out {here}/scores" + data, 2, {"--weights", "{good}/run"}},
  });
}

TEST_CASE("weights of another network, of other classes or with values that are none are refused by tensor") {
  const std::string good = "evaluate --weights {good}/start.safetensors --out {here}/scores" + data;
  check_refused(std::vector<BadInput>{
      {"weights of another network",
       good + "--model rtfnet18 --width 0.125",
       4,
       {"{good}/start.safetensors", "missing", "encoder_thermal_conv1.weight"}},
      {"weights of another width",
       good + "--model mfnet --width 0.25",
       4,
       {"{good}/start.safetensors", "of another shape"}},
      {"weights of another number of classes",
       good + "--model mfnet --width 0.125 --classes 5",
       4,
       {"{good}/start.safetensors", "[5", "[9"}},
      {"a network of other classes than the data set's",
       "evaluate --weights {good}/run/best.safetensors --dataset synthetic --dataset-set labels=pst5 --device cpu "
       "--threads 1 --out {here}/scores",
       3,
       {"{good}/run/best.safetensors", "9 classes", "5"}},
      {"NaN among the weights",
       plain,
       4,
       {"{here}/w.safetensors", "conv1_rgb.conv.weight", "value 0", "finite"},
       with_value("conv1_rgb.conv.weight", not_a_number)},
      {"infinity among the statistics",
       plain,
       4,
       {"{here}/w.safetensors", "conv1_rgb.bn.running_var", "finite"},
       with_value("conv1_rgb.bn.running_var", infinity)},
      {"training from NaN",
       train + "--init {here}/w.safetensors",
       4,
       {"{here}/w.safetensors", "conv1_rgb.conv.weight"},
       with_value("conv1_rgb.conv.weight", not_a_number)},
      {"training from another network",
       "train --model rtfnet18 --width 0.125 --epochs 1 --out {here}/run --init {good}/start.safetensors" + data,
       4,
       {"{good}/start.safetensors", "missing"}},
      {"a comparison that finds differences",
       "convert {good}/start.safetensors --model rtfnet18 --width 0.125 --report",
       4,
       {"{good}/start.safetensors", "rtfnet18"}},
      {"trace of weights of another network",
       "trace --model rtfnet18 --width 0.125 --weights {good}/start.safetensors --inputs {here}/in.safetensors --out "
       "{here}/t.safetensors",
       4,
       {"{good}/start.safetensors", "missing"},
       [](const fs::path& here) {
         test::write_trace_inputs(here / "in.safetensors");
       }},
      {"trace of inputs that are weights",
       "trace --model mfnet --width 0.125 --weights {good}/start.safetensors --inputs {good}/start.safetensors --out "
       "{here}/t.safetensors",
       3,
       {"{good}/start.safetensors", "rgb, thermal, labels"}},
  });
}

TEST_CASE("checkpoints that cannot be continued from are refused, and the whole one is named") {
  check_refused(std::vector<BadInput>{
      {"a run that exists is begun again", train, 2, {"{here}/run", "--resume"}, copy_run},
      {"a damaged checkpoint", train + "--resume", 4, {"{here}/run/last.safetensors"}, copy_damaged_run},
      {"a checkpoint that is not there",
       train + "--resume {here}/absent.safetensors",
       4,
       {"{here}/absent.safetensors", "no such file"}},
      {"weights in place of a checkpoint",
       train + "--resume {good}/start.safetensors",
       4,
       {"{good}/start.safetensors", "checksum"}},
      {"a checkpoint of another network",
       "train --model mfnet --width 0.25 --epochs 2 --out {here}/run --resume" + data,
       4,
       {"{here}/run/last.safetensors", "of another shape"},
       copy_run},
      {"a page of a damaged log",
       "report --train {here}/run --out {here}/page.html",
       3,
       {"{here}/run/metrics.jsonl", "line 1"},
       [](const fs::path& here) {
         copy_run(here);
         test::write_text(here / "run/metrics.jsonl", "epoch 1 was fine\n");
       }},
  });
}

TEST_CASE("PyTorch files that run code, lie about sizes or are damaged are refused, and nothing is written",
          "[sanitize]") {
  const std::string file = "{here}/w.pth",
                    nested = std::string(ISOTHERM_SOURCE_DIR) + "/tests/fixtures/pth/nested_zip.pth";
  const std::string legacy = std::string(ISOTHERM_SOURCE_DIR) + "/tests/fixtures/pth/nested_legacy.pth";
  const auto archive = [](const std::string& opcodes) {
    return bytes_in("w.pth", test::checkpoint_of(opcodes));
  };
  const auto compressed = [](std::string& bytes) {
    // The first entry's method, in its local header and in the directory: deflate.
    bytes[8] = 8;
    bytes[bytes.find("PK\x01\x02") + 10] = 8;
  };
  const auto bomb = [](std::string& bytes) {
    // The first entry claims 4,000 million bytes.
    for (const std::size_t at : {bytes.find("PK\x01\x02") + 20, bytes.find("PK\x01\x02") + 24})
      bytes.replace(at, 4, std::string("\x00\x28\x6b\xee", 4));
  };
  constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;
  check_refused(std::vector<BadInput>{
      {"a pickle that calls the shell (zip)",
       "convert {pth}/malicious_zip.pth {here}/out.safetensors",
       4,
       {"malicious_zip.pth", "byte", "system", "refused"}},
      {"a pickle that calls the shell (legacy)",
       "convert {pth}/malicious_legacy.pth {here}/out.safetensors",
       4,
       {"malicious_legacy.pth", "byte", "system", "refused"}},
      {"evaluation of a pickle that calls the shell",
       "evaluate --weights {pth}/malicious_zip.pth --model mfnet --out {here}/scores" + data,
       4,
       {"malicious_zip.pth", "system"}},
      {"training from a pickle that calls the shell",
       train + "--init {pth}/malicious_legacy.pth",
       4,
       {"malicious_legacy.pth", "system"}},
      {"a pickle that evaluates a text",
       convert_pth,
       4,
       {file, "builtins.eval", "refused"},
       archive("cbuiltins\neval\n(X\x04\0\0\0"
               "1+1)tR.")},
      {"a pickle that builds an object",
       convert_pth,
       4,
       {file, "argparse.Namespace"},
       archive("cargparse\nNamespace\n)R.")},
      {"a pickle that ends too early", convert_pth, 4, {file}, archive("}(")},
      {"a tensor larger than its storage",
       convert_pth,
       4,
       {file, "a"},
       bytes_in("w.pth", test::checkpoint_of("}X\x01\0\0\0"
                                             "a" +
                                             test::tensor_opcodes("K\x50\x85", "K\x01\x85") + "s."))},
      {"an archive cut in half",
       convert_pth,
       4,
       {file},
       spoil(
           nested, [](std::string& bytes) { bytes.resize(bytes.size() / 2); }, "w.pth")},
      {"a legacy file cut in half",
       convert_pth,
       4,
       {file},
       spoil(
           legacy, [](std::string& bytes) { bytes.resize(bytes.size() / 2); }, "w.pth")},
      {"an archive with a flipped bit",
       convert_pth,
       4,
       {file, "CRC-32"},
       spoil(
           nested, [](std::string& bytes) { bytes[bytes.find("data/0") + 200] ^= 1; }, "w.pth")},
      {"a compressed archive", convert_pth, 4, {file, "compressed"}, spoil(nested, compressed, "w.pth"), "", gibibyte},
      {"an archive that claims 4,000 million bytes",
       convert_pth,
       4,
       {file},
       spoil(nested, bomb, "w.pth"),
       "",
       gibibyte},
      {"a picture called weights", "convert {good}/data/images/80000D.png {here}/out.safetensors", 4, {"80000D.png"}},
      {"a dictionary that is not there",
       "convert {pth}/nested_zip.pth {here}/out.safetensors --part encoder",
       4,
       {"nested_zip.pth", "encoder"}},
      {"a ResNet that is none",
       "convert {good}/start.safetensors {here}/out.pth --stem resnet18 --channels 1",
       4,
       {"{good}/start.safetensors", "missing"}},
  });
}
