// SPDX-License-Identifier: Apache-2.0
#include "datasets/name_pattern.h"

#include <algorithm>

#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

bool match_from(const std::string& pattern, std::size_t at, const std::string& text, std::size_t from,
                std::vector<std::string>& parts) {
  while (at < pattern.size() && pattern[at] != '*') {
    if (from >= text.size() || text[from] != pattern[at]) return false;
    ++at;
    ++from;
  }
  if (at == pattern.size()) return from == text.size();
  for (std::size_t length = 1; from + length <= text.size() && text[from + length - 1] != '/'; ++length) {
    parts.push_back(text.substr(from, length));
    if (match_from(pattern, at + 1, text, from + length, parts)) return true;
    parts.pop_back();
  }
  return false;
}

}  // namespace

std::optional<std::vector<std::string>> match(const std::string& pattern, const std::string& text) {
  std::vector<std::string> parts;
  if (!match_from(pattern, 0, text, 0, parts)) return {};
  return parts;
}

bool matches(const std::string& pattern, const std::string& text) {
  return match(pattern, text).has_value();
}

std::string filled(const std::string& pattern, const std::vector<std::string>& parts) {
  std::string result;
  std::size_t next = 0;
  for (const char letter : pattern) {
    if (letter == '*')
      result += parts.at(next++);
    else
      result += letter;
  }
  return result;
}

int stars_of(const std::string& pattern) {
  return static_cast<int>(std::count(pattern.begin(), pattern.end(), '*'));
}

std::vector<std::string> files_under(const fs::path& folder) {
  std::error_code code;
  std::vector<std::string> files;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::follow_directory_symlink, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    std::error_code ignored;
    const bool hidden = entry->path().filename().string().starts_with(".");
    if (hidden && entry->is_directory(ignored)) entry.disable_recursion_pending();
    if (entry.depth() > 16) entry.disable_recursion_pending();  // A link that leads back up.
    if (!hidden && entry->is_regular_file(ignored))
      files.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  if (code) throw kernels::FileError("{}: cannot be read as a folder: {}", folder.string(), code.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace datasets
