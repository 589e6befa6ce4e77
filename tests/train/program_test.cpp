// SPDX-License-Identifier: Apache-2.0
// What every program shares: saved flags that can be read again, exit codes, device flags.
#include "train/program.h"

#include <filesystem>

#include "kernels/error.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

struct Flags {
  std::filesystem::path weights, init;
  std::vector<std::string> settings;
  int epochs = 7;
  double rate = 0.5;
  bool quiet = false;

  void add_to(CLI::App& app) {
    app.add_option("--weights", weights, "A file")->required();
    app.add_option("--init", init, "Another file, over\ntwo lines")->check(CLI::ExistingFile);
    app.add_option("--setting", settings, "KEY=VALUE")->check([](const std::string& text) {
      return text.find('=') == std::string::npos ? std::string("no =") : std::string();
    });
    app.add_option("--epochs", epochs, "Passes")->capture_default_str();
    app.add_option("--rate", rate, "Learning rate")->capture_default_str();
    app.add_flag("--quiet", quiet, "No words");
  }
};

struct Run {
  int code = -1;
  Flags flags;
  std::string saved;
};

Run run(
    std::vector<std::string> arguments, const std::function<void()>& body = [] {}) {
  Run result;
  CLI::App app("A program for tests.", "tester");
  result.flags.add_to(app);
  arguments.insert(arguments.begin(), "tester");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  result.code = train::run_program(app, static_cast<int>(argv.size()), argv.data(), [&] {
    result.saved = train::resolved_flags(app);
    body();
  });
  return result;
}

TEST_CASE("program: saved flags give the same run again, and flags override them", "[sanitize]") {
  const test::TemporaryFolder folder;
  const Run first = run({"--weights", "a b.safetensors", "--setting", "x=1", "y=2", "--rate", "0.25", "--quiet"});
  REQUIRE(first.code == 0);
  INFO(first.saved);
  CHECK(first.saved.find("=\"\"") == std::string::npos);
  CHECK(first.saved.find("epochs=7") != std::string::npos);
  test::write_text(folder / "config.toml", first.saved);
  const Run again = run({"--config", (folder / "config.toml").string(), "--epochs", "9"});
  REQUIRE(again.code == 0);
  CHECK(again.flags.weights == "a b.safetensors");
  CHECK(again.flags.init.empty());
  CHECK(again.flags.settings == std::vector<std::string>{"x=1", "y=2"});
  CHECK(again.flags.rate == 0.25);
  CHECK(again.flags.quiet);
  CHECK(again.flags.epochs == 9);
}

TEST_CASE("program: each kind of failure has its exit code", "[sanitize]") {
  const std::vector<std::string> flags = {"--weights", "w"};
  CHECK(run(flags).code == 0);
  CHECK(run({}).code == 2);
  CHECK(run({"--weights", "w", "--no-such-flag"}).code == 2);
  CHECK(run(flags, [] { throw std::runtime_error("x"); }).code == 1);
  CHECK(run(flags, [] { throw kernels::UsageError("x"); }).code == 2);
  CHECK(run(flags, [] { throw kernels::DataError("x"); }).code == 3);
  CHECK(run(flags, [] { throw kernels::FileError("x"); }).code == 3);
  CHECK(run(flags, [] { throw kernels::CheckpointError("x"); }).code == 4);
  CHECK(run(flags, [] { throw kernels::DeviceError("x"); }).code == 5);
  CHECK(run(flags, [] { throw std::bad_alloc(); }).code == 5);
}

TEST_CASE("program: precisions that a device does not have are refused", "[sanitize]") {
  const auto type_of = [](const char* device, const char* precision) {
    train::DeviceFlags flags{.device = device, .precision = precision, .threads = 1};
    return flags.compute_dtype(*flags.open());
  };
  CHECK(type_of("cpu", "f32") == kernels::DType::f32);
  CHECK(type_of("cpu", "bf16") == kernels::DType::bf16);
  CHECK(type_of("reference", "f32") == kernels::DType::f64);
  CHECK_THROWS_AS(type_of("cpu", "tf32"), kernels::UsageError);
  CHECK_THROWS_AS(type_of("reference", "bf16"), kernels::UsageError);
  CHECK_THROWS_AS(type_of("cpu", "f16"), kernels::UsageError);
}

TEST_CASE("program: --conv is read, and a library is refused on a device that has none", "[sanitize]") {
  const auto open = [](const char* device, const char* convolutions) {
    return train::DeviceFlags{.device = device, .threads = 1, .convolutions = convolutions, .choices = "unused"}.open();
  };
  CHECK(open("cpu", "")->autotuner().options().provider == kernels::Provider::unset);
  CHECK(open("cpu", "native")->autotuner().options().provider == kernels::Provider::native);
  CHECK_THROWS_AS(open("cpu", "library"), kernels::UsageError);
  CHECK_THROWS_AS(open("cpu", "cudnn"), kernels::UsageError);
}

}  // namespace
