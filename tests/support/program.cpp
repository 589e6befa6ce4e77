// SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace test {

namespace {

// Which reserves more address space than any limit leaves.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool address_sanitizer = true;
#else
constexpr bool address_sanitizer = false;
#endif

// Null-terminated, as execve wants it.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> command_line(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<std::string> line{std::string(ISOTHERM_BINARY_DIR) + "/bin/" + name};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return line;
}

std::vector<std::string> environment_with(const std::string& faults) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) variables.push_back(*each);
  if (!faults.empty())
    variables.insert(variables.end(),
                     {"ISOTHERM_FAULTS=" + faults, "LD_PRELOAD=" ISOTHERM_BINARY_DIR "/lib/libisotherm_faults.so",
                      "ASAN_OPTIONS=verify_asan_link_order=0"});  // The last: of a build under AddressSanitizer.
  return variables;
}

}  // namespace

pid_t start_program(const std::string& name, const std::vector<std::string>& arguments,
                    const std::filesystem::path& log, const std::string& faults) {
  std::vector<std::string> line = command_line(name, arguments), variables = environment_with(faults);
  const std::vector<char*> words = pointers_to(line), environment = pointers_to(variables);
  const pid_t child = fork();
  if (child != 0) return child;
  // The child: nothing but system calls, because the parent may have threads.
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), nothing = open("/dev/null", O_RDONLY);
  if (file < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0) _exit(99);
  execve(words[0], words.data(), environment.data());
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

ProgramEnd watch_program(const std::string& name, const std::vector<std::string>& arguments,
                         const ProgramCircumstances& circumstances) {
  const TemporaryFolder folder;
  const std::string kept = (folder / "output").string();
  const std::string output = circumstances.output.empty() ? kept : circumstances.output,
                    errors = (folder / "errors").string();
  std::vector<std::string> line = command_line(name, arguments), variables = environment_with(circumstances.faults);
  const std::vector<char*> words = pointers_to(line), environment = pointers_to(variables);
  const pid_t child = fork();
  if (child == 0) {
    const auto redirect = [](const char* path, int flags, int descriptor) {
      const int file = open(path, flags, 0644);
      if (file < 0 || dup2(file, descriptor) < 0) _exit(99);
    };
    redirect("/dev/null", O_RDONLY, 0);
    redirect(output.c_str(), O_WRONLY | O_CREAT, 1);
    redirect(errors.c_str(), O_WRONLY | O_CREAT, 2);
    const rlimit memory{circumstances.memory, circumstances.memory};
    if (circumstances.memory > 0 && !address_sanitizer && setrlimit(RLIMIT_AS, &memory) != 0) _exit(99);
    execve(words[0], words.data(), environment.data());
    _exit(99);
  }
  ProgramEnd end;
  end.code = wait_for(child);
  if (circumstances.output.empty()) end.output = read_text(output);
  end.errors = read_text(errors);
  return end;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

}  // namespace test
