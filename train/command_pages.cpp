// SPDX-License-Identifier: Apache-2.0
#include "train/command_pages.h"

#include "engine/formats/atomic_file.h"

namespace train {

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  engine::create_folder(path.parent_path());
  engine::write_file(path, text);
}

}  // namespace

std::string installed_name(const Command& command) {
  return "isotherm-" + command.name;
}

void write_command_pages(const Command& command, const std::string& version, const std::filesystem::path& folder) {
  const std::string name = installed_name(command);
  write(folder / "man/man1" / (name + ".1"), man_page(command, version));
  write(folder / "bash-completion/completions" / name, bash_completion(command));
  write(folder / "zsh/site-functions" / ("_" + name), zsh_completion(command));
}

}  // namespace train
