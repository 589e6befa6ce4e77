// SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace test {

pid_t start_program(const std::string& name, const std::vector<std::string>& arguments,
                    const std::filesystem::path& log) {
  std::vector<std::string> line{std::string(ISOTHERM_BINARY_DIR) + "/bin/" + name};
  line.insert(line.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : line) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  // The child: nothing but system calls, because the parent may have threads.
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), nothing = open("/dev/null", O_RDONLY);
  if (file < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0) _exit(99);
  execv(pointers[0], pointers.data());
  _exit(99);
}

int wait_for(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void run_to_end(const std::string& name, const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  const int code = wait_for(start_program(name, arguments, log));
  INFO(name << ", as logged in " << log << ":\n" << (std::filesystem::exists(log) ? read_text(log) : "nothing"));
  REQUIRE(code == 0);
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

}  // namespace test
