// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_groups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "datasets/name_pattern.h"

namespace datasets {
namespace {

constexpr const char* separators = "_-. ";

bool is_letter(char letter) {
  return std::isalpha(static_cast<unsigned char>(letter)) != 0;
}

std::string small(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

std::vector<std::string> letters_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char letter : text) {
    if (is_letter(letter))
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

struct Name {
  std::string folder, stem, ending;  // "rgb/", "0001", ".png".
};

Name split_path(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t dot = file.rfind('.');
  const std::size_t end = dot == std::string::npos || dot < begin ? file.size() : dot;
  return {file.substr(0, begin), file.substr(begin, end - begin), file.substr(end)};
}

bool is_image(const Name& name) {
  static const std::set<std::string> endings = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"};
  return endings.contains(small(name.ending));
}

// "_rgb" of "0001_rgb": what follows the last separator, where it is letters alone; else "".
std::string last_word(const std::string& stem) {
  const std::size_t at = stem.find_last_of(separators);
  if (at == std::string::npos || at == 0 || at + 1 == stem.size()) return "";
  return std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(at) + 1, stem.end(), is_letter) ? stem.substr(at) : "";
}

std::string first_word(const std::string& stem) {
  const std::size_t at = stem.find_first_of(separators);
  if (at == std::string::npos || at == 0 || at + 1 == stem.size()) return "";
  return std::all_of(stem.begin(), stem.begin() + static_cast<std::ptrdiff_t>(at), is_letter) ? stem.substr(0, at + 1)
                                                                                              : "";
}

// Words set kinds of images apart where there are two to six of them and each marks more than a few files.
template <class Word>
bool words_divide(const std::vector<Name>& names, const Word& word) {
  std::map<std::string, std::size_t> counts;
  for (const Name& name : names) ++counts[word(name.stem)];
  if (counts.size() < 2 || counts.size() > 6 || counts.contains("")) return false;
  return std::all_of(counts.begin(), counts.end(),
                     [&](const auto& entry) { return entry.second * 4 * counts.size() >= names.size(); });
}

FileGroup group_of(const std::string& pattern, const std::vector<Name>& names) {
  FileGroup group{pattern, {}, letters_of(split_path(pattern).folder + split_path(pattern).stem)};
  for (const Name& name : names) {
    const std::string file = name.folder + name.stem + name.ending;
    if (const auto parts = match(pattern, file)) group.files.emplace(fmt::format("{}", fmt::join(*parts, "_")), file);
  }
  return group;
}

// The folder with a star for the component that differs between folders of otherwise equal paths.
std::map<std::string, std::string> folder_patterns(const std::set<std::string>& folders) {
  std::map<std::string, std::string> patterns;
  for (const std::string& folder : folders) {
    patterns[folder] = folder;
    for (std::size_t begin = 0; begin < folder.size();) {
      const std::size_t end = folder.find('/', begin);
      const std::string general = folder.substr(0, begin) + "*" + folder.substr(end);
      // The last folder names the kind of image ("rgb"); those above it name drives, days or splits.
      const bool last = end + 1 == folder.size();
      const auto like = std::count_if(folders.begin(), folders.end(),
                                      [&](const std::string& other) { return matches(general, other); });
      if (!last && like > 1) {
        patterns[folder] = general;
        break;
      }
      begin = end + 1;
    }
  }
  return patterns;
}

std::string common_start(const std::vector<std::string>& texts) {
  std::string common = texts.front();
  for (const std::string& text : texts) {
    const auto end = std::mismatch(common.begin(), common.end(), text.begin(), text.end()).first;
    common.erase(end, common.end());
  }
  return common;
}

}  // namespace

std::vector<FileGroup> group_files(const std::vector<std::string>& files) {
  std::set<std::string> folders;
  std::vector<Name> images;
  for (const std::string& file : files) {
    const Name name = split_path(file);
    if (!is_image(name)) continue;
    images.push_back(name);
    folders.insert(name.folder);
  }
  const std::map<std::string, std::string> patterns = folder_patterns(folders);
  std::map<std::pair<std::string, std::string>, std::vector<Name>> places;  // Folder pattern and ending.
  for (const Name& name : images) places[{patterns.at(name.folder), name.ending}].push_back(name);

  std::vector<FileGroup> groups;
  for (const auto& [place, names] : places) {
    std::set<std::string> stems;
    const auto& [folder, ending] = place;
    if (words_divide(names, last_word)) {
      for (const Name& name : names) stems.insert("*" + last_word(name.stem));
    } else if (words_divide(names, first_word)) {
      for (const Name& name : names) stems.insert(first_word(name.stem) + "*");
    } else {
      stems.insert("*");
    }
    for (const std::string& stem : stems) groups.push_back(group_of(folder + stem + ending, names));
  }
  return groups;
}

FileGroup without_common_words(const FileGroup& group) {
  if (group.files.size() < 2) return group;
  const Name pattern = split_path(group.pattern);
  std::vector<std::string> stems, reversed;
  const auto star = pattern.stem.find('*');
  std::vector<Name> names;
  for (const auto& [key, file] : group.files) {
    names.push_back(split_path(file));
    const std::string& stem = names.back().stem;
    stems.push_back(stem.substr(star, stem.size() - (pattern.stem.size() - 1)));
    reversed.emplace_back(stems.back().rbegin(), stems.back().rend());
  }
  // Digits are part of a number and stay with the name.
  std::string start = common_start(stems), end = common_start(reversed);
  while (!start.empty() && std::isdigit(static_cast<unsigned char>(start.back()))) start.pop_back();
  while (!end.empty() && std::isdigit(static_cast<unsigned char>(end.back()))) end.pop_back();
  const std::size_t shortest = std::min_element(stems.begin(), stems.end(), [](const auto& a, const auto& b) {
                                 return a.size() < b.size();
                               })->size();
  if ((start.empty() && end.empty()) || start.size() + end.size() >= shortest) return group;
  std::string stem = pattern.stem;
  stem.replace(star, 1, start + "*" + std::string(end.rbegin(), end.rend()));
  return group_of(pattern.folder + stem + pattern.ending, names);
}

int names_in_common(const FileGroup& a, const FileGroup& b) {
  return static_cast<int>(
      std::count_if(a.files.begin(), a.files.end(), [&](const auto& entry) { return b.files.contains(entry.first); }));
}

}  // namespace datasets
