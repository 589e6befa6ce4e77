// SPDX-License-Identifier: Apache-2.0
// A program's man page, and its completion for bash and zsh, made of the table of its options.
#pragma once

#include <filesystem>
#include <string>

#include "train/command_table.h"

namespace train {

// The name that a program is installed under: "isotherm-train".
std::string installed_name(const Command& command);

std::string man_page(const Command& command, const std::string& version);  // Of man(7), in section 1.
std::string bash_completion(const Command& command);  // Of the installed name and of build/bin/NAME.
std::string zsh_completion(const Command& command);   // The same, as a function of zsh's fpath.

// FOLDER/man/man1/isotherm-NAME.1, FOLDER/bash-completion/completions/isotherm-NAME and
// FOLDER/zsh/site-functions/_isotherm-NAME, each whole or not at all. Throws FileError.
void write_command_pages(const Command& command, const std::string& version, const std::filesystem::path& folder);

}  // namespace train
