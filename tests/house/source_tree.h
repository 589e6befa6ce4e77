// SPDX-License-Identifier: Apache-2.0
// The project's own text files, as the house tests read them: every file below the source directory that is neither
// built, fetched, recorded nor binary. A rule is a function from files to complaints, so that each test file can also
// show it a made-up offender.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace house {

struct SourceFile {
  std::string path;  // Relative to the source directory, with '/'.
  std::string text;
};

using Complaints = std::vector<std::string>;

inline bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

inline bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

inline bool has_extension(const SourceFile& file, std::initializer_list<std::string_view> extensions) {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return ends_with(file.path, extension); });
}

// C++ and CUDA sources, the files that the rules on form are about.
inline bool is_code(const SourceFile& file) {
  return has_extension(file, {".h", ".cpp", ".cu", ".cuh"});
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The top-level name of a path: "kernels/cpu/conv2d.cpp" -> "kernels".
inline std::string room_of(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

inline std::string place(const SourceFile& file, std::size_t line_index) {
  return file.path + ":" + std::to_string(line_index + 1);
}

// What lies in the source directory without being source: built, fetched, recorded, or somebody's editor's.
inline bool is_outside(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (starts_with(path, "."))
    return name != ".ci" && path != ".ci/run" && !starts_with(name, ".clang-") && name != ".gitignore";
  return starts_with(path, "build") || path == "runs" || path == "Testing" || path == "compile_commands.json" ||
         path == "tests/golden" || path == "tests/fuzz/corpus" || path == "bench/results" || name == "__pycache__";
}

// All of the project's text, sorted by path. Throws std::runtime_error where a file cannot be read.
inline std::vector<SourceFile> read_source_tree(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string path = fs::relative(entry->path(), root).generic_string();
    if (is_outside(path)) {
      if (entry->is_directory()) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    std::ifstream stream(entry->path(), std::ios::binary);
    if (!stream) throw std::runtime_error(path + ": cannot be read");
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (text.find('\0') != std::string::npos) continue;  // Binary.
    files.push_back({path, std::move(text)});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

inline const std::vector<SourceFile>& source_tree() {
  static const std::vector<SourceFile> files = read_source_tree(ISOTHERM_SOURCE_DIR);
  return files;
}

// One line per complaint, for a failure message that names them all.
inline std::string listed(const Complaints& complaints) {
  std::string all;
  for (const std::string& complaint : complaints) all += "\n  " + complaint;
  return all;
}

}  // namespace house
