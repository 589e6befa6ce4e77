// SPDX-License-Identifier: Apache-2.0
// The options of a program as plain data, read from the same CLI11 table that --help prints: what man pages and
// completions are made of.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace train {

// Values that completion proposes for an option beyond those that a check on it names. Nothing else is refused, and
// --help stays as it is.
CLI::Option* propose(CLI::Option* option, const std::vector<std::string>& values);

enum class Files { none, files, directories };  // What the value of an option may name.

struct OptionEntry {
  std::vector<std::string> names = {};   // "--help", "-h"; empty for a positional argument.
  std::string positional = {};           // Its name.
  std::string value = {};                // What stands for the value: "FILE", "TEXT", "INT"; empty: takes none.
  std::vector<std::string> values = {};  // Known ones.
  Files files = Files::none;
  std::string description = {}, standard = {}, environment = {};  // standard: the value without the flag.
  std::vector<std::string> needs = {}, excludes = {};             // Names of other options.
  bool required = false;
  bool several = false;  // May be given more than one value.
};

struct Command {
  std::string name, description, footer;
  std::vector<OptionEntry> options;  // Without hidden ones.
  std::vector<Command> commands;     // Subcommands.
};

Command command_table(CLI::App& app);

}  // namespace train
