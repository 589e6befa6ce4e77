// SPDX-License-Identifier: Apache-2.0
#include "train/command_table.h"

#include <algorithm>

namespace train {

namespace {

constexpr const char* proposals = "proposals";

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

// "{a,b,c}", as CLI11 writes a set.
std::vector<std::string> members(const std::string& set) {
  if (set.size() < 3 || set.front() != '{' || set.back() != '}') return {};
  return split(set.substr(1, set.size() - 2), ',');
}

// CLI11 joins the type and what each check says with colons: "TEXT:FILE", "TEXT:{a,b}".
void read_type(const std::string& type, OptionEntry& entry) {
  const std::size_t brace = type.find('{');
  entry.values = members(type.substr(std::min(brace, type.size())));
  for (const std::string& part : split(type.substr(0, brace), ':')) {
    if (part.empty()) continue;
    if (part == "DIR") entry.files = Files::directories;
    if (part == "FILE" || part == "PATH" || part == "PATH(existing)") entry.files = Files::files;
    entry.value = part;
  }
  if (entry.value == "PATH(existing)") entry.value = "PATH";
  if (entry.files == Files::none) entry.value = split(type, ':').front();
}

std::vector<std::string> names_of(const std::set<CLI::Option*>& options) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options) names.push_back(option->get_name());
  std::sort(names.begin(), names.end());  // A set of pointers has no order that lasts.
  return names;
}

OptionEntry entry_of(CLI::Option& option) {
  OptionEntry entry;
  for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
  if (entry.names.empty()) entry.positional = option.get_name(true);
  if (option.get_type_size() != 0) read_type(option.get_type_name(), entry);
  try {
    CLI::Validator proposed = *option.get_validator(proposals);
    if (proposed.get_name() == proposals) entry.values = members(proposed.active().get_description());
  } catch (const CLI::OptionNotFound&) {  // Nothing is proposed.
  }
  entry.description = option.get_description();
  entry.standard = option.get_default_str();
  entry.environment = option.get_envname();
  entry.needs = names_of(option.get_needs());
  entry.excludes = names_of(option.get_excludes());
  entry.required = option.get_required();
  entry.several = option.get_type_size() != 0 && option.get_items_expected_max() > 1;
  return entry;
}

}  // namespace

CLI::Option* propose(CLI::Option* option, const std::vector<std::string>& values) {
  // A check that is not active refuses nothing and is not shown.
  CLI::Validator known = CLI::IsMember(values);
  return option->check(known.name(proposals).active(false));
}

Command command_table(CLI::App& app) {
  Command command{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) command.options.push_back(entry_of(*option));
  for (CLI::App* inner : app.get_subcommands([](CLI::App*) { return true; }))
    if (!inner->get_group().empty()) command.commands.push_back(command_table(*inner));
  return command;
}

}  // namespace train
