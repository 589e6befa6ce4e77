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

TEST_CASE("a build knows its commit, that files were changed, and that a copy without history has none", "[house]") {
  if (shell("git --version").code != 0) {
    WARN("skipped: git is not installed");
    return;
  }
  const std::string folder = shell("mktemp -d | tr -d '\\n'").output;
  const auto commit_of = [&](const std::string& sources) {
    const Answer answer =
        shell("cmake -D SOURCE=" + sources + " -D OUTPUT=" + folder +
              "/commit.cpp -P cmake/WriteCommit.cmake && grep -o '\"[^\"]*\";' " + folder + "/commit.cpp");
    INFO(answer.output);
    REQUIRE(answer.code == 0);
    return answer.output;
  };
  const std::string git = "git -c user.name=A -c user.email=a@example.org -C " + folder;
  CHECK(commit_of(folder) == "\"unknown\";\n");
  REQUIRE(shell(git + " init -q && touch " + folder + "/a && mkdir " + folder + "/copy && touch " + folder +
                "/copy/b && " + git + " add a copy && " + git + " commit -qm first")
              .code == 0);
  std::string head = shell(git + " rev-parse HEAD").output;
  head.pop_back();
  CHECK(commit_of(folder) == "\"" + head + "\";\n");
  REQUIRE(shell("echo 1 > " + folder + "/a").code == 0);
  CHECK(commit_of(folder) == "\"" + head + " with changes\";\n");
  CHECK(commit_of(folder + "/copy") == "\"unknown\";\n");
  shell("rm -rf " + folder);
}

}  // namespace
}  // namespace house
