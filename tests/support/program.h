// SPDX-License-Identifier: Apache-2.0
// Programs of this project, run as their users run them. Each is started in a process of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace test {

// Starts build/bin/NAME; what it says on stdout and stderr is added to `log`. A program cannot ask for input.
// `faults`: rules of tests/faults/rules.h.
pid_t start_program(const std::string& name, const std::vector<std::string>& arguments,
                    const std::filesystem::path& log, const std::string& faults = {});

// Waits for the end of a program: its exit code, or 128 + the signal that ended it.
int wait_for(pid_t child);

// Runs a program to its end; fails the test case, with the program's last words, unless the exit code is 0.
void run_to_end(const std::string& name, const std::vector<std::string>& arguments, const std::filesystem::path& log);

// How a program ended, and what it said.
struct ProgramEnd {
  int code = -1;  // The exit code, or 128 + the signal.
  std::string output, errors;
};

struct ProgramCircumstances {
  std::string faults = {};   // Rules of tests/faults/rules.h.
  std::uint64_t memory = 0;  // Bytes of address space that it may have; 0: any.
  std::string output = {};   // The file that stdout is; empty: one that is read afterwards.
};

// Runs a program to its end, whatever that is.
ProgramEnd watch_program(const std::string& name, const std::vector<std::string>& arguments,
                         const ProgramCircumstances& circumstances = {});

// A command line as it is typed; words are separated by blanks.
std::vector<std::string> words(const std::string& line);

}  // namespace test
