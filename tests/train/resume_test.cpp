// SPDX-License-Identifier: Apache-2.0
// A run that is killed at any instant and resumed ends with the weights of the run that was not.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/formats/safetensors.h"
#include "kernels/random.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using Catch::Matchers::Contains;

namespace {

// Starts build/bin/train on a tiny problem; messages go to OUT.log.
pid_t start_training(const std::filesystem::path& out, const std::string& resume_from = "", int epochs = 3) {
  std::vector<std::string> words{std::string(ISOTHERM_BINARY_DIR) + "/bin/train",
                                 "--model",
                                 "mfnet",
                                 "--width",
                                 "0.125",
                                 "--dataset",
                                 "synthetic",
                                 "--dataset-set",
                                 "height=64",
                                 "--dataset-set",
                                 "width=96",
                                 "--dataset-set",
                                 "day=5",
                                 "--dataset-set",
                                 "night=4",
                                 "--epochs",
                                 std::to_string(epochs),
                                 "--batch",
                                 "2",
                                 "--checkpoint-every",
                                 "1",
                                 "--seed",
                                 "5",
                                 "--threads",
                                 "1",
                                 "--device",
                                 "cpu",
                                 "--out",
                                 out.string(),
                                 "--resume"};
  if (!resume_from.empty()) words.push_back(resume_from);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string log = out.string() + ".log";
  const pid_t child = fork();
  if (child == 0) {
    if (freopen(log.c_str(), "a", stderr) == nullptr) _exit(99);
    execv(arguments[0], arguments.data());
    _exit(99);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Names whose bytes differ between two checkpoints.
std::string differences(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto left = engine::SafetensorsFile::open(a), right = engine::SafetensorsFile::open(b);
  std::string names;
  if (left.names() != right.names()) names += "the lists of tensors differ; ";
  for (const auto& record : left.records()) {
    const auto* other = right.find(record.name);
    if (other == nullptr || other->bytes != record.bytes || std::memcmp(other->data, record.data, record.bytes) != 0)
      names += record.name + " ";
  }
  return names;
}

std::string read_log(const std::filesystem::path& out) {
  std::ifstream stream(out.string() + ".log");
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("a run killed at ten random instants and resumed ends with bit-identical weights") {
  const test::TemporaryFolder folder;
  const auto whole = folder.path() / "whole", broken = folder.path() / "broken";
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(wait_for(start_training(whole)) == 0);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  kernels::RandomStream random(static_cast<std::uint64_t>(getpid()), "kill");
  int killed = 0;
  for (int attempt = 0; attempt < 40 && killed < 10; ++attempt) {
    const pid_t child = start_training(broken);
    std::this_thread::sleep_for(std::chrono::duration<double>(random.uniform(0.1, 0.35) * seconds));
    kill(child, SIGKILL);
    const int code = wait_for(child);
    INFO(read_log(broken));
    REQUIRE((code == 0 || code == 128 + SIGKILL));
    if (code == 0) {
      // It got to the end before the kill: begin again, so that ten kills are reached.
      CHECK(differences(whole / "last.safetensors", broken / "last.safetensors") == "");
      std::filesystem::remove_all(broken);
    } else {
      ++killed;
    }
  }
  CHECK(killed == 10);
  INFO(read_log(broken));
  REQUIRE(wait_for(start_training(broken)) == 0);
  CHECK(differences(whole / "last.safetensors", broken / "last.safetensors") == "");
  CHECK(differences(whole / "best.safetensors", broken / "best.safetensors") == "");
}

TEST_CASE("a damaged checkpoint is refused on resume, and the previous one is named") {
  const test::TemporaryFolder folder;
  const auto out = folder.path() / "run";
  REQUIRE(wait_for(start_training(out)) == 0);
  std::fstream file(out / "last.safetensors", std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-100, std::ios::end);
  const char byte = static_cast<char>(file.peek() ^ 1);
  file.put(byte);
  file.close();
  CHECK(wait_for(start_training(out)) == 4);
  CHECK_THAT(read_log(out), Contains("last.safetensors") && Contains("previous.safetensors"));
  CHECK(wait_for(start_training(out, (out / "previous.safetensors").string())) == 0);
}

TEST_CASE("an interrupted run saves, says how to go on, and exits with 130") {
  const test::TemporaryFolder folder;
  const auto out = folder.path() / "run";
  const pid_t child = start_training(out, "", 500);
  while (!std::filesystem::exists(out / "last.safetensors")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(child, SIGTERM);
  CHECK(wait_for(child) == 130);
  CHECK_THAT(read_log(out), Contains("--resume"));
}
