// SPDX-License-Identifier: Apache-2.0
// Completion for zsh: the options as specifications of its function _arguments.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "train/command_pages.h"

namespace train {

namespace {

// Text inside of single quotes, with a backslash before what means something to _arguments.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\'') {
      result += "'\\''";
      continue;
    }
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') result += '\\';
    result += letter == '\n' ? ' ' : letter;
  }
  return result;
}

std::string action(const OptionEntry& option) {
  if (!option.values.empty()) return fmt::format("({})", fmt::join(option.values, " "));
  if (option.files == Files::none) return " ";
  return option.files == Files::files ? "_files" : "_files -/";
}

// 'EXCLUDED--name=[description]:VALUE:action' for each name of an option.
std::string specifications(const OptionEntry& option, const std::string& indent) {
  if (!option.positional.empty())
    return fmt::format("{}'{}:{}:{}'", indent,
                       option.several    ? "*"
                       : option.required ? ""
                                         : ":",
                       escaped(option.positional), action(option));
  std::string text;
  for (const std::string& name : option.names) {
    std::string excluded = fmt::format("({}{}{})", fmt::join(option.names, " "), option.excludes.empty() ? "" : " ",
                                       fmt::join(option.excludes, " "));
    if (option.several) excluded = "*";
    const bool is_long = name.starts_with("--");
    text += fmt::format("{}'{}{}{}[{}]", indent, excluded, name,
                        option.value.empty() ? ""
                        : is_long            ? "="
                                             : "+",
                        escaped(option.description));
    if (!option.value.empty()) text += fmt::format(":{}:{}", escaped(option.value), action(option));
    text += "'";
  }
  return text;
}

std::string arguments(const Command& command, const std::string& indent) {
  std::string text;
  for (const OptionEntry& option : command.options) text += specifications(option, " \\\n" + indent);
  return text;
}

}  // namespace

std::string zsh_completion(const Command& command) {
  const std::string name = installed_name(command);
  std::string text = fmt::format(
      "#compdef {0} -P */bin/{1}\n# Completion of {0} for zsh, made from its options; do not edit.\n\n_{0}() {{\n"
      "  local curcontext=\"$curcontext\" state line ret=1\n  typeset -A opt_args\n",
      name, command.name);
  if (command.commands.empty()) {
    text += "  _arguments -s -S" + arguments(command, "    ") + " && ret=0\n";
  } else {
    std::string known, cases;
    for (const Command& inner : command.commands) {
      known += fmt::format("{}{}\\:\"{}\"", known.empty() ? "" : " ", inner.name, escaped(inner.description));
      cases += fmt::format("      {})\n        _arguments -s -S{} && ret=0 ;;\n", inner.name,
                           arguments(inner, "          "));
    }
    text += "  _arguments -C -s -S" + arguments(command, "    ") +
            fmt::format(" \\\n    '1:command:(({}))' \\\n    '*::argument:->rest' && ret=0\n", known);
    text += "  if [[ $state == rest ]]; then\n    case $words[1] in\n" + cases + "    esac\n  fi\n";
  }
  return text + fmt::format("  return ret\n}}\n\n_{} \"$@\"\n", name);
}

}  // namespace train
