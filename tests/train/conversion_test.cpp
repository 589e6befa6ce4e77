// SPDX-License-Identifier: Apache-2.0
// convert: formats there and back, ImageNet stems, reports, and the exit codes of the program.
#include "train/conversion.h"

#include <algorithm>
#include <cstring>

#include "engine/formats/weight_file.h"
#include "engine/nn/weights.h"
#include "kernels/error.h"
#include "models/resnet.h"
#include "tests/support/catch.h"
#include "tests/support/checkpoints.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "train/imagenet_stem.h"
#include "train/network.h"

namespace {

using test::pth_fixture;
using test::TemporaryFolder;

// A ResNet-18 of random weights with the classifier that ImageNet files have.
void write_resnet18(const std::filesystem::path& path) {
  engine::nn::ParameterStore store(std::make_shared<kernels::Queue>(kernels::parse_device("cpu")), 5);
  const models::ResNet network(store.root(), {.depth = 18, .prefix = ""});
  store.add_parameter("fc.weight", {10, 512}, {});
  store.add_parameter("fc.bias", {10}, {});
  save_weights(store, path);
}

// Runs convert; the exit code and what it said.
std::pair<int, std::string> run_convert(const TemporaryFolder& folder, const std::vector<std::string>& arguments) {
  const auto log = folder / "log.txt";
  std::filesystem::remove(log);
  const int code = test::wait_for(test::start_program("convert", arguments, log));
  return {code, test::read_text(log)};
}

TEST_CASE("convert: a checkpoint to safetensors and back is the same state") {
  const TemporaryFolder folder;
  const auto there = folder / "a.safetensors", back = folder / "b.pth", again = folder / "c.safetensors";
  train::convert({.in = pth_fixture("nested_legacy.pth"), .out = there});
  train::convert({.in = there, .out = back});
  train::convert({.in = back, .out = again});
  CHECK(test::read_text(there) == test::read_text(again));
  // PyTorch keeps the order of the state, the safetensors package has one of its own.
  const auto sorted_names = [](const std::filesystem::path& path) {
    std::vector<std::string> names = engine::SafetensorsFile::open(path).names();
    std::sort(names.begin(), names.end());
    return names;
  };
  CHECK(sorted_names(there) == sorted_names(pth_fixture("nested_legacy.safetensors")));
  train::convert({.in = pth_fixture("nested_zip.pth"), .out = there, .part = "optimizer.state.1"});
  CHECK(engine::SafetensorsFile::open(there).names() == std::vector<std::string>{"step", "exp_avg", "exp_avg_sq"});
  train::convert({.in = pth_fixture("nested_zip.pth"), .out = there, .every_part = true});
  CHECK(engine::SafetensorsFile::open(there).find("state_dict.module.0.weight") != nullptr);
  CHECK_THROWS_AS(train::convert({.in = there, .out = folder / "a.bin"}), kernels::UsageError);
}

TEST_CASE("convert: an ImageNet stem becomes its mean, itself, or both") {
  const std::vector<double> stem = {1, 2, 3, 4, 5, 12, /**/ -1, 0, 0, 6, 7, 3};  // Two outputs, three inputs of 1x2.
  CHECK(train::stem_for_channels(stem, 2, 1) == std::vector<double>{3, 6, 2, 3});
  CHECK(train::stem_for_channels(stem, 2, 3) == stem);
  CHECK(train::stem_for_channels(stem, 2, 4) == std::vector<double>{1, 2, 3, 4, 5, 12, 3, 6, -1, 0, 0, 6, 7, 3, 2, 3});
  CHECK_THROWS_WITH(train::stem_for_channels(stem, 2, 2), Catch::Contains("--channels 2"));
  CHECK_THROWS_WITH(train::resnet_depth("resnet51"), Catch::Contains("resnet51"));
}

TEST_CASE("convert: a ResNet's stem is rewritten and its classifier left out") {
  const TemporaryFolder folder;
  write_resnet18(folder / "imagenet.safetensors");
  train::convert({.in = folder / "imagenet.safetensors", .out = folder / "one.pth", .stem = "resnet18", .channels = 1});
  const auto one = engine::open_weight_file(folder / "one.pth");
  const auto whole = engine::open_weight_file(folder / "imagenet.safetensors");
  CHECK(one.at("conv1.weight").shape == std::vector<std::int64_t>{64, 1, 7, 7});
  CHECK(one.find("fc.weight") == nullptr);
  CHECK(one.records().size() == whole.records().size() - 2);
  const auto mean = to_f32(one.at("conv1.weight")), rgb = to_f32(whole.at("conv1.weight"));
  const double sum = static_cast<double>(rgb[3]) + rgb[49 + 3] + rgb[98 + 3];
  CHECK(mean[3] == static_cast<float>(sum / 3));
  CHECK(to_f32(one.at("layer4.1.conv2.weight")) == to_f32(whole.at("layer4.1.conv2.weight")));
  CHECK_THROWS_WITH(
      train::convert(
          {.in = folder / "imagenet.safetensors", .out = folder / "x.pth", .stem = "resnet34", .channels = 1}),
      Catch::Contains("missing") && Catch::Contains("layer1.2"));
  CHECK_FALSE(std::filesystem::exists(folder / "x.pth"));
}

TEST_CASE("convert: RTFNet starts from a ResNet in both encoders, thermal from the mean") {
  const TemporaryFolder folder;
  write_resnet18(folder / "imagenet.safetensors");
  train::ConversionOptions options{.in = folder / "imagenet.safetensors", .out = folder / "start.safetensors"};
  options.model = "rtfnet18";
  options.stem = "resnet18";
  train::convert(options);
  const auto start = engine::open_weight_file(options.out), whole = engine::open_weight_file(options.in);
  CHECK(to_f32(start.at("encoder_rgb_conv1.weight")) == to_f32(whole.at("conv1.weight")));
  CHECK(start.at("encoder_thermal_conv1.weight").shape == std::vector<std::int64_t>{64, 1, 7, 7});
  CHECK(to_f32(start.at("encoder_thermal_layer2.0.downsample.0.weight")) ==
        to_f32(whole.at("layer2.0.downsample.0.weight")));
  CHECK(train::report_fit({.in = options.out, .out = {}, .model = "rtfnet18"}).fits);
  options.model = "mfnet";
  CHECK_THROWS_WITH(train::convert(options), Catch::Contains("no ResNet encoders"));
  options.model = "rtfnet34";
  CHECK_THROWS_WITH(train::convert(options), Catch::Contains("another depth"));
}

TEST_CASE("convert: contents are listed with part, type and shape") {
  const std::string text = train::list_contents(pth_fixture("nested_zip.pth"));
  for (const char* word : {"state_dict.module.0.weight", "F32   [4, 3, 3, 3] 432 bytes", "epoch = 7", "zip format",
                           "optimizer.state.0 (3 tensors)"}) {
    INFO(text << "\nwanted in it: " << word);
    CHECK(text.find(word) != std::string::npos);
  }
}

TEST_CASE("train --init takes a PyTorch checkpoint, and refuses one of another network with the same report") {
  const TemporaryFolder folder;
  const auto network = train::open_network("mfnet", {.classes = 9, .width = 0.125},
                                           std::make_shared<kernels::Queue>(kernels::parse_device("cpu")), 3);
  save_weights(network->store, folder / "start.safetensors");
  train::convert({.in = folder / "start.safetensors", .out = folder / "start.pth"});
  const auto run = [&](const std::string& init, const std::string& out) {
    std::vector<std::string> arguments = test::words(
        "--model mfnet --width 0.125 --dataset synthetic --dataset-set height=64 --dataset-set width=96 "
        "--dataset-set day=1 --dataset-set night=1 --batch 2 --epochs 1 --no-validation --threads 1 --device cpu");
    arguments.insert(arguments.end(), {"--init", init, "--out", (folder / out).string()});
    return test::wait_for(test::start_program("train", arguments, folder / (out + ".log")));
  };
  CHECK(run((folder / "start.pth").string(), "a") == 0);
  CHECK(run((folder / "start.safetensors").string(), "b") == 0);
  const auto a = engine::open_weight_file(folder / "a/last.safetensors");
  const auto b = engine::open_weight_file(folder / "b/last.safetensors");
  for (const engine::TensorRecord& record : b.records()) {
    INFO(record.name);
    CHECK(std::memcmp(a.at(record.name).data, record.data, record.bytes) == 0);
  }
  CHECK(run(pth_fixture("nested_zip.pth").string(), "c") == 4);
  const std::string said = test::read_text(folder / "c.log");
  INFO(said);
  CHECK(said.find("does not fit the network: ") != std::string::npos);
  CHECK(said.find(" missing, 8 unexpected, 0 of another shape") != std::string::npos);
  CHECK(said.find("(the file has ") != std::string::npos);
}

TEST_CASE("convert: the program's exit codes say what went wrong, and nothing is written then") {
  const TemporaryFolder folder;
  const std::string out = (folder / "out.safetensors").string();
  const auto refused = [&](std::vector<std::string> arguments, int wanted, const std::vector<std::string>& told) {
    const auto [code, text] = run_convert(folder, arguments);
    INFO(text);
    CHECK(code == wanted);
    for (const std::string& word : told) {
      INFO("wanted in it: " << word);
      CHECK(text.find(word) != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(out));
    CHECK_FALSE(std::filesystem::exists(out + ".partial"));
  };
  const std::string nested = pth_fixture("nested_zip.pth").string();
  test::write_text(folder / "cut.pth", test::read_text(nested).substr(0, 3000));
  refused({pth_fixture("malicious_zip.pth").string(), out}, 4, {"posix.system", "malicious_zip.pth"});
  refused({pth_fixture("malicious_legacy.pth").string(), out}, 4, {"posix.system"});
  refused({(folder / "cut.pth").string(), out}, 4, {"cut.pth", "truncated"});
  refused({nested, out, "--part", "ema"}, 4, {"no part 'ema'"});
  refused({nested, out, "--model", "mfnet"}, 4, {"missing", "conv1_rgb"});
  refused({nested, "--model", "mfnet", "--report"}, 4, {"(the file has ", "unexpected:\n  0.bias"});
  refused({nested, out, "--report"}, 2, {"--model"});
  refused({nested, out, "--channels", "1"}, 2, {"--stem"});
  refused({nested, (folder / "out.bin").string()}, 2, {"out.bin", ".safetensors"});
  refused({(folder / "none.pth").string(), out}, 2, {"none.pth"});
  CHECK(run_convert(folder, {nested}).first == 0);
  CHECK(run_convert(folder, {nested, out}).first == 0);
  CHECK(std::filesystem::exists(out));
}

}  // namespace
