// SPDX-License-Identifier: Apache-2.0
// A man page in the macros of man(7).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>

#include "train/command_pages.h"

namespace train {

namespace {

// Text as roff prints it: no control lines, no escapes, and hyphens that can be searched for and copied.
std::string escaped(const std::string& text) {
  std::string result;
  bool line_begins = true;
  for (const char letter : text) {
    if (line_begins && (letter == '.' || letter == '\'')) result += "\\&";
    line_begins = letter == '\n';
    if (letter == '\\')
      result += "\\e";
    else if (letter == '-')
      result += "\\-";
    else
      result += letter;
  }
  return result;
}

// Lines that stay lines.
std::string paragraph(const std::string& text) {
  std::string result;
  for (const char letter : escaped(text)) result += letter == '\n' ? "\n.br\n" : std::string(1, letter);
  return result + "\n";
}

std::string bold(const std::string& text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + escaped(text) + "\\fR";
}

std::string head(const OptionEntry& option) {
  std::string text = option.positional.empty() ? "" : italic(option.positional);
  for (const std::string& name : option.names) text += (text.empty() ? "" : ", ") + bold(name);
  if (!option.names.empty() && !option.value.empty()) text += " " + italic(option.value);
  return text + (option.several ? " ..." : "");
}

std::string with_stop(std::string text) {
  const char last = text.empty() ? '.' : text.back();
  return text + (last == '.' || last == '?' || last == '!' ? "" : ".");
}

std::string entry(const OptionEntry& option) {
  std::string text = ".TP\n" + head(option) + "\n" + paragraph(with_stop(option.description));
  const auto say = [&](const std::string& what, const std::vector<std::string>& values) {
    if (!values.empty()) text += escaped(fmt::format("{} {}.\n", what, fmt::join(values, ", ")));
  };
  if (option.required) text += "Required.\n";
  say("Values:", option.values);
  if (!option.standard.empty() && option.standard != "\"\"" && option.standard != "[]")
    say("Default:", {option.standard});
  if (!option.environment.empty()) say("Environment variable:", {option.environment});
  say("Needs", option.needs);
  say("Excludes", option.excludes);
  return text;
}

std::string synopsis(const Command& command, const std::string& name) {
  std::string text = bold(name);
  for (const OptionEntry& option : command.options)
    if (option.required && option.positional.empty())
      text += " " + bold(option.names[0]) + " " + italic(option.value) + (option.several ? " ..." : "");
  text += " [" + italic("OPTIONS") + "]";
  for (const OptionEntry& option : command.options)
    if (!option.positional.empty())
      text += option.required ? " " + italic(option.positional) : " [" + italic(option.positional) + "]";
  return text + "\n";
}

std::string options_of(const Command& command) {
  std::string text;
  for (const OptionEntry& option : command.options) text += entry(option);
  return text;
}

// "Trains a network." -> "trains a network": how lists of pages show it.
std::string in_a_list(std::string text) {
  if (!text.empty() && text.back() == '.') text.pop_back();
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace

std::string man_page(const Command& command, const std::string& version) {
  const std::string name = installed_name(command);
  std::string title;
  for (const char letter : name) title += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  std::string text = fmt::format(
      ".\\\" Made from the options of {0}; do not edit.\n.TH \"{1}\" 1 \"\" \"isotherm {2}\" \"Isotherm\"\n"
      ".SH NAME\n{3} \\- {4}\n.SH SYNOPSIS\n",
      name, title, version, escaped(name), escaped(in_a_list(command.description)));
  if (command.commands.empty()) text += synopsis(command, name);
  for (const Command& inner : command.commands)
    text += (&inner == &command.commands.front() ? "" : ".br\n") + synopsis(inner, name + " " + inner.name);
  text += ".SH DESCRIPTION\n" + paragraph(command.description) + ".SH OPTIONS\n" + options_of(command);
  for (const Command& inner : command.commands)
    text += ".SH OPTIONS OF " + bold(inner.name) + "\n" + paragraph(with_stop(inner.description)) + options_of(inner);
  if (!command.footer.empty()) text += ".SH NOTES\n" + paragraph(command.footer);
  return text;
}

}  // namespace train
