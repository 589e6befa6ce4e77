// SPDX-License-Identifier: Apache-2.0
// Writing the description, with comments for the person who goes on with it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/folder_description.h"

namespace datasets {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      result += std::string("\\") + letter;
    else if (code < 32 || code == 127)
      result += fmt::format("\\u{:04X}", static_cast<int>(code));
    else
      result += letter;
  }
  return result + "\"";
}

std::string listed(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(quoted(text));
  return fmt::format("[{}]", fmt::join(all, ", "));
}

std::string image_tables(const FolderDescription& description) {
  std::string text;
  if (!description.images.empty())
    text += fmt::format("\n[images]  # Four channels: red, green, blue, thermal.\nfiles = {}\n\n[thermal]\n",
                        quoted(description.images));
  else
    text += fmt::format("\n[rgb]\nfiles = {}\n\n[thermal]\nfiles = {}\n", quoted(description.rgb),
                        quoted(description.thermal));
  text += fmt::format("bits = {}  # 8, or up to 16 in files of 16 bits; a larger count is an error.\n",
                      description.thermal_bits);
  if (description.thermal_low < description.thermal_high)
    text += fmt::format(
        "low = {}  # Counts that become 0 ...\nhigh = {}  # ... and 1: the same temperature is the same number in "
        "every "
        "image.\n",
        description.thermal_low, description.thermal_high);
  return text +
         fmt::format("convert = {}  # \"8 bit\": low to high become 0 to 255, for weights made with such images.\n",
                     description.convert == FolderDescription::Convert::none ? "\"none\"" : "\"8 bit\"");
}

std::string split_tables(const FolderDescription& description) {
  std::string text = fmt::format(
      "\n# Fractions (by the seed), a list of names (\"train.txt\"), or patterns of names ([\"drive1_*\"]).\n"
      "# Frames of one video belong into one split: patterns or lists, not fractions.\n[splits]\nseed = {}\n",
      description.seed);
  for (const FolderDescription::SplitRule& rule : description.splits) {
    text += rule.name + " = ";
    if (const auto* fraction = std::get_if<double>(&rule.which))
      text += fmt::format("{}", *fraction) + "\n";
    else if (const auto* list = std::get_if<FolderDescription::ListFile>(&rule.which))
      text += quoted(list->path.lexically_relative(description.root).generic_string()) + "\n";
    else
      text += listed(std::get<FolderDescription::Patterns>(rule.which)) + "\n";
  }
  if (!description.day.empty() || !description.night.empty())
    text += fmt::format("\n# Patterns of names, for scores by day and by night.\n[time]\nday = {}\nnight = {}\n",
                        listed(description.day), listed(description.night));
  return text;
}

}  // namespace

std::string to_toml(const FolderDescription& description, const std::string& root,
                    const std::vector<std::string>& notes) {
  std::string text =
      "# Registered RGB-thermal pairs for Isotherm. Patterns: each * stands for what the files of one sample share.\n";
  for (const std::string& note : notes) text += "# " + note + "\n";
  text += "root = " + quoted(root) + "  # Patterns and lists start here, relative to this file.\n";
  text += fmt::format("registered = {}  # Whether colour and thermal show the same pixels.\n", description.registered) +
          image_tables(description);
  if (!description.labels.empty())
    text += fmt::format("\n[labels]\nfiles = {}\nignored = [{}]  # Values that losses and scores skip.\n",
                        quoted(description.labels), fmt::join(description.ignored, ", "));
  if (!description.classes.empty())
    text += "\n# In the order of the network's channels. Several values may be one class.\n";
  for (const FolderDescription::Class& each : description.classes)
    text += fmt::format("[[classes]]\nname = {}\nvalues = [{}]\ncolour = [{}, {}, {}]\n\n", quoted(each.info.name),
                        fmt::join(each.values, ", "), each.info.colour[0], each.info.colour[1], each.info.colour[2]);
  if (!description.classes.empty()) text.pop_back();
  return text + split_tables(description);
}

}  // namespace datasets
