// SPDX-License-Identifier: Apache-2.0
// A run that is killed at any instant and resumed ends with the weights of the run that was not.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/formats/safetensors.h"
#include "kernels/random.h"
#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/training.h"

using Catch::Matchers::Contains;
using test::differences;
using test::start_training;
using test::wait_for;

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
    INFO(test::log_of(broken));
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
  INFO(test::log_of(broken));
  REQUIRE(wait_for(start_training(broken)) == 0);
  CHECK(differences(whole / "last.safetensors", broken / "last.safetensors") == "");
  CHECK(differences(whole / "best.safetensors", broken / "best.safetensors") == "");
}

TEST_CASE("averages, clipping and a rate that changes in every step resume bit for bit") {
  const test::TemporaryFolder folder;
  const auto whole = folder.path() / "whole", broken = folder.path() / "broken", plain = folder.path() / "plain";
  const std::string flags = "--ema 0.9 --clip-norm 0.5 --schedule polynomial --warm-up 0.5 --accumulate 2";
  REQUIRE(wait_for(start_training(whole, {.epochs = 4, .more = flags})) == 0);
  int killed = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::error_code absent;
    const auto before = std::filesystem::last_write_time(broken / "last.safetensors", absent);
    const pid_t child = start_training(broken, {.epochs = 4, .more = flags});
    while (std::filesystem::last_write_time(broken / "last.safetensors", absent) == before)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    kill(child, SIGKILL);
    killed += wait_for(child) == 128 + SIGKILL;
  }
  CHECK(killed > 0);
  const int code = wait_for(start_training(broken, {.epochs = 4, .more = flags}));
  INFO(test::log_of(broken));
  REQUIRE(code == 0);
  CHECK(differences(whole / "last.safetensors", broken / "last.safetensors") == "");
  CHECK(differences(whole / "best.safetensors", broken / "best.safetensors") == "");
  // The flags do something: without them the run ends elsewhere, and the best weights are averages.
  REQUIRE(wait_for(start_training(plain, {.epochs = 4, .more = "--accumulate 2"})) == 0);
  CHECK(differences(whole / "last.safetensors", plain / "last.safetensors") != "");
  const auto best = engine::SafetensorsFile::open(whole / "best.safetensors");
  CHECK(engine::to_f64(best.at("decode1.conv.weight")) == engine::to_f64(best.at("average/decode1.conv.weight")));
  const auto last = engine::SafetensorsFile::open(whole / "last.safetensors");
  CHECK(engine::to_f64(last.at("decode1.conv.weight")) != engine::to_f64(last.at("average/decode1.conv.weight")));
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
  CHECK_THAT(test::log_of(out), Contains("last.safetensors") && Contains("previous.safetensors"));
  CHECK(wait_for(start_training(out, {.resume_from = (out / "previous.safetensors").string()})) == 0);
}

TEST_CASE("an interrupted run saves, says how to go on, and exits with 130") {
  const test::TemporaryFolder folder;
  const auto out = folder.path() / "run";
  const pid_t child = start_training(out, {.epochs = 500});
  while (!std::filesystem::exists(out / "last.safetensors")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(child, SIGTERM);
  CHECK(wait_for(child) == 130);
  CHECK_THAT(test::log_of(out), Contains("--resume"));
}
