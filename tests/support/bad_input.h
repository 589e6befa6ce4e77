// SPDX-License-Identifier: Apache-2.0
// What users get wrong, as rows of tables: a command line, what is wrong with the files that it reads, and what the
// program must say. Every row is run as a user runs it, in a process of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace test {

// In command, told and left, {good} stands for a folder of good things that all rows share and {here} for an empty
// folder of this row: {good}/data (MFNet layout, 32 x 64, two pairs in each list), {good}/own (pairs with a
// dataset.toml, 16-bit thermal), {good}/run (a run of train on data, with its evaluation in test and predictions in
// sheets), {good}/start.safetensors (weights alone), {pth} for the fixtures that PyTorch wrote.
struct BadInput {
  std::string name;
  std::string command;  // The program, then its arguments, separated by blanks. Of equal flags the last counts.
  int code = 0;         // The documented exit code.
  std::vector<std::string> told;  // Parts of the one line on stderr: file, field and value.
  std::function<void(const std::filesystem::path& here)> prepare = {};  // Makes the bad files.
  std::string faults = {};                                              // Rules of tests/faults/rules.h.
  std::uint64_t memory = 0;               // Bytes of address space that the program may have; 0: any.
  std::vector<std::string> left = {};     // What the program may leave: whole files, by the beginning of their paths.
  std::vector<std::string> altered = {};  // Files from before that it may change: what it replaces as a whole.
};

// Fails the test case unless the program ends with the code and one line on stderr beside its progress, which holds
// every part of `told`; every file from before is as it was, and nothing is new but what `left` names.
void check_refused(const BadInput& bad);
void check_refused(const std::vector<BadInput>& table);

const std::filesystem::path& good_things();

// The good data set, copied to HERE/data.
void copy_good_data(const std::filesystem::path& here);
// The good description and images, copied to HERE/own, with `from` in dataset.toml replaced by `to`.
void copy_own_data(const std::filesystem::path& here, const std::string& from = "", const std::string& to = "");
// Inputs of trace for one image of 32 x 64.
void write_trace_inputs(const std::filesystem::path& path);
// The file with everything behind its first `bytes` cut off.
void cut_file(const std::filesystem::path& path, std::uintmax_t bytes);

}  // namespace test
