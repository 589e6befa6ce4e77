// SPDX-License-Identifier: Apache-2.0
// The scripts: they parse, explain themselves, and those that need a machine of their own can be walked through without
// it.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <memory>

#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace house {
namespace {

struct Answer {
  int code = -1;
  std::string output;  // Of both streams.
};

// Runs a command line in the project's folder.
Answer shell(const std::string& command) {
  Answer answer;
  const std::string line = "cd '" ISOTHERM_SOURCE_DIR "' && { " + command + "; } 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    answer.output.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) answer.code = WEXITSTATUS(status);
  return answer;
}

const std::array<const char*, 6> gpu_check_stages = {"build", "test", "bench", "peers mfnet", "sanitize", "pack"};

TEST_CASE("every script parses and has a help text", "[house]") {
  for (const char* script : {"setup", "test", "demo", "gpu_check", "race"}) {
    const std::string path = std::string("scripts/") + script;
    INFO(path);
    const bool in_bash = shell("head -n 1 " + path).output.find("bash") != std::string::npos;
    if (in_bash) CHECK(shell("bash -n " + path).code == 0);
    const Answer help = shell(path + " --help");
    INFO(help.output);
    CHECK(help.code == 0);
    CHECK(help.output.find(script) != std::string::npos);
  }
}

TEST_CASE("gpu_check can be walked through without running anything", "[house]") {
  for (const char* stage : gpu_check_stages) {
    const Answer walk = shell(std::string("scripts/gpu_check --dry-run ") + stage);
    INFO(stage << "\n" << walk.output);
    CHECK(walk.code == 0);
    CHECK(!walk.output.empty());
  }
}

TEST_CASE("gpu_check knows its stages and networks", "[house]") {
  for (const char* wrong : {"", "bild", "peers", "peers mfnett"}) {
    INFO(wrong);
    CHECK(shell(std::string("scripts/gpu_check --dry-run ") + wrong).code == 2);
  }
}

TEST_CASE("gpu_check without a GPU ends at once, with one line and exit code 5", "[house]") {
  if (shell("nvidia-smi").code == 0) {
    WARN("skipped: there is a GPU here");
    return;
  }
  for (const char* stage : {"test", "bench", "peers mfnet", "sanitize"}) {
    const Answer refused = shell(std::string("scripts/gpu_check ") + stage);
    INFO(stage << "\n" << refused.output);
    CHECK(refused.code == 5);
    CHECK(std::count(refused.output.begin(), refused.output.end(), '\n') == 1);
    CHECK(refused.output.find("GPU") != std::string::npos);
  }
}

}  // namespace
}  // namespace house
