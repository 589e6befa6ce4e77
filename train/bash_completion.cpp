// SPDX-License-Identifier: Apache-2.0
// Completion for bash: one function that looks at the words before the cursor.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "train/command_pages.h"

namespace train {

namespace {

std::string function_name(const Command& command) {
  std::string name = "_" + installed_name(command);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// Of one option or several: what fills COMPREPLY.
std::string proposal(const OptionEntry& option) {
  if (!option.values.empty())
    return fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$current\")", fmt::join(option.values, " "));
  if (option.files == Files::none) return ":";
  return fmt::format("compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -{} -- \"$current\")",
                     option.files == Files::files ? "f" : "d");
}

// The lines of `case $command:$flag`, for the options of one (sub)command.
std::string cases(const Command& command, const std::string& prefix) {
  std::string text;
  for (const OptionEntry& option : command.options)
    for (const std::string& name : option.names)
      if (!option.value.empty()) text += fmt::format("    {}:{}) {}; return ;;\n", prefix, name, proposal(option));
  return text;
}

// Names of options for which `wanted` holds, of a command and all below it.
template <class Wanted>
std::vector<std::string> names(const Command& command, const Wanted& wanted) {
  std::vector<std::string> found;
  for (const OptionEntry& option : command.options)
    if (wanted(option)) found.insert(found.end(), option.names.begin(), option.names.end());
  for (const Command& inner : command.commands)
    for (const std::string& name : names(inner, wanted))
      if (std::find(found.begin(), found.end(), name) == found.end()) found.push_back(name);
  return found;
}

std::string words_of(const Command& command) {
  std::vector<std::string> words;
  for (const Command& inner : command.commands) words.push_back(inner.name);
  for (const OptionEntry& option : command.options) words.insert(words.end(), option.names.begin(), option.names.end());
  return fmt::format("{}", fmt::join(words, " "));
}

bool takes_files(const Command& command) {
  return std::any_of(command.options.begin(), command.options.end(), [](const OptionEntry& option) {
    return !option.positional.empty() && option.files != Files::none;
  });
}

}  // namespace

std::string bash_completion(const Command& command) {
  const std::string function = function_name(command), name = installed_name(command);
  const auto switches = names(command, [](const OptionEntry& option) { return option.value.empty(); });
  const auto several = names(command, [](const OptionEntry& option) { return option.several; });
  std::vector<std::string> commands{"''"};
  std::string flags = fmt::format("    '') words='{}' files={} ;;\n", words_of(command), takes_files(command) ? 1 : 0);
  std::string all_cases = cases(command, "*");
  for (const Command& inner : command.commands) {
    flags += fmt::format("    {}) words='{}' files={} ;;\n", inner.name, words_of(inner), takes_files(inner) ? 1 : 0);
    all_cases = cases(inner, inner.name) + all_cases;
    commands.push_back(inner.name);
  }
  return fmt::format(R"(# Completion of {0} for bash, made from its options; do not edit.
{1}() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} command= flag= word words files i
  COMPREPLY=()
  [[ $current == = ]] && current=  # "--flag=value" comes as three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    case $word in
      =) ;;
      {2}) flag= ;;
      -*) flag=$word ;;
      *)
        case $flag in
          '') case $word in {3}) [[ $command ]] || command=$word ;; esac ;;
          {4}) ;;  # More values may follow.
          *) flag= ;;
        esac ;;
    esac
  done
  case $command in
{5}  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return
  fi
  case $command:$flag in
{6}  esac
  if ((files)); then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -F {1} {0} build/bin/{7} ./build/bin/{7}
)",
                     name, function, fmt::join(switches, "|"), fmt::join(commands, "|"),
                     several.empty() ? "''" : fmt::format("{}", fmt::join(several, "|")), flags, all_cases,
                     command.name);
}

}  // namespace train
