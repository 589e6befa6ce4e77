// SPDX-License-Identifier: Apache-2.0
// The form of a source file: its length, its first line, the include guard, its characters, its layout.
#include <array>
#include <cstdio>
#include <memory>

#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace house {
namespace {

constexpr std::size_t warned_lines = 400, refused_lines = 500;
const std::string licence = "SPDX-License-Identifier: Apache-2.0";

Complaints longer_than(const std::vector<SourceFile>& files, std::size_t limit) {
  Complaints complaints;
  for (const SourceFile& file : files) {
    if (!is_code(file) && !has_extension(file, {".py", ".cmake", "CMakeLists.txt"})) continue;
    const std::size_t lines = lines_of(file.text).size();
    if (lines > limit) complaints.push_back(file.path + ": " + std::to_string(lines) + " lines");
  }
  return complaints;
}

Complaints without_licence_line(const std::vector<SourceFile>& files) {
  Complaints complaints;
  for (const SourceFile& file : files)
    if (is_code(file) && !starts_with(file.text, "// " + licence + "\n"))
      complaints.push_back(file.path + ": the first line must be '// " + licence + "'");
  return complaints;
}

Complaints without_purpose(const std::vector<SourceFile>& files) {
  Complaints complaints;
  for (const SourceFile& file : files) {
    if (!has_extension(file, {".h", ".cuh"})) continue;
    const std::vector<std::string> lines = lines_of(file.text);
    if (lines.size() < 2 || !starts_with(lines[1], "// "))
      complaints.push_back(file.path + ": the second line must begin a comment that says what the file is");
  }
  return complaints;
}

Complaints without_pragma_once(const std::vector<SourceFile>& files) {
  Complaints complaints;
  for (const SourceFile& file : files)
    if (has_extension(file, {".h", ".cuh"}) && file.text.find("\n#pragma once\n") == std::string::npos)
      complaints.push_back(file.path + ": no #pragma once");
  return complaints;
}

// Sources and scripts are ASCII (text for people may not be, but nothing invisible is allowed there either).
Complaints surprising_characters(const std::vector<SourceFile>& files) {
  Complaints complaints;
  for (const SourceFile& file : files) {
    const std::vector<std::string> lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      const bool beyond_ascii =
          std::any_of(line.begin(), line.end(), [](char letter) { return static_cast<unsigned char>(letter) > 126; });
      // Byte order mark, zero-width and directional characters, no-break space.
      const bool invisible =
          line.find("\xEF\xBB\xBF") != std::string::npos || line.find("\xE2\x80\x8B") != std::string::npos ||
          line.find("\xE2\x80\xAE") != std::string::npos || line.find("\xC2\xA0") != std::string::npos;
      if (invisible || (beyond_ascii && !has_extension(file, {".md"})))
        complaints.push_back(place(file, i) + ": a character beyond ASCII");
      if (line.find('\r') != std::string::npos) complaints.push_back(place(file, i) + ": a carriage return");
      if (line.find('\t') != std::string::npos) complaints.push_back(place(file, i) + ": a tabulator");
    }
  }
  return complaints;
}

// The output of a command and whether it succeeded.
std::pair<std::string, bool> run(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"),
                                             [](FILE* file) { return file ? pclose(file) : 0; });
  if (!pipe) return {"popen failed", false};
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    output.append(buffer.data(), got);
  return {output, pclose(pipe.release()) == 0};
}

TEST_CASE("the source tree is read: code, scripts and text, and nothing that was built", "[house]") {
  const auto has = [](const std::string& path) {
    return std::any_of(source_tree().begin(), source_tree().end(), [&](const auto& file) { return file.path == path; });
  };
  for (const char* path :
       {"CMakeLists.txt", "README.md", ".ci/run", "scripts/setup", "kernels/error.h", "docs/trace.md"}) {
    INFO(path);
    CHECK(has(path));
  }
  CHECK(is_outside("build-asan"));
  CHECK(is_outside(".git"));
  CHECK_FALSE(is_outside("engine/build.h"));
}

TEST_CASE("no source file is longer than 500 lines", "[house]") {
  const Complaints long_files = longer_than(source_tree(), warned_lines);
  if (!long_files.empty()) WARN("over " << warned_lines << " lines, consider a split:" << listed(long_files));
  const Complaints complaints = longer_than(source_tree(), refused_lines);
  INFO(listed(complaints));
  CHECK(complaints.empty());
}

TEST_CASE("the length rule finds a file of 501 lines and lets 500 pass", "[house]") {
  const std::vector<SourceFile> files = {{"engine/a.cpp", std::string(501, '\n')},
                                         {"engine/b.cpp", std::string(500, '\n')}};
  const Complaints complaints = longer_than(files, refused_lines);
  REQUIRE(complaints.size() == 1);
  CHECK(starts_with(complaints[0], "engine/a.cpp"));
}

TEST_CASE("every source file begins with its licence", "[house]") {
  const Complaints complaints = without_licence_line(source_tree());
  INFO(listed(complaints));
  CHECK(complaints.empty());
  CHECK(without_licence_line({{"engine/a.cpp", "// Something.\n// " + licence + "\n"}}).size() == 1);
}

TEST_CASE("every header says what it is and includes itself once", "[house]") {
  Complaints complaints = without_purpose(source_tree());
  for (const std::string& complaint : without_pragma_once(source_tree())) complaints.push_back(complaint);
  INFO(listed(complaints));
  CHECK(complaints.empty());
  CHECK(without_purpose({{"engine/a.h", "// " + licence + "\n#pragma once\n"}}).size() == 1);
  CHECK(without_pragma_once({{"engine/a.h", "// " + licence + "\n// Speaks of #pragma once only.\n"}}).size() == 1);
}

TEST_CASE("sources are plain ASCII without tabulators", "[house]") {
  const Complaints complaints = surprising_characters(source_tree());
  INFO(listed(complaints));
  CHECK(complaints.empty());
  CHECK(surprising_characters({{"engine/a.cpp", "int \xCE\xB1;\n"}, {"docs/a.md", "\xCE\xB1\n"}}).size() == 1);
  CHECK(surprising_characters({{"docs/a.md", "zero\xE2\x80\x8Bwidth\n"}, {"engine/a.cpp", "\tint a;\r\n"}}).size() ==
        3);
}

TEST_CASE("sources have the layout of .clang-format", "[house]") {
  // Other versions of the program lay out a few constructs differently.
  if (run("clang-format --version").first.find("version 14.") == std::string::npos) {
    WARN("skipped: clang-format 14 is not installed");
    return;
  }
  const std::string root = ISOTHERM_SOURCE_DIR;
  std::string names;
  for (const SourceFile& file : source_tree())
    if (is_code(file)) names += " '" + root + "/" + file.path + "'";
  const auto [output, clean] = run("clang-format --dry-run --Werror --ferror-limit=1" + names);
  INFO(output);
  CHECK(clean);
  CHECK_FALSE(run("printf 'int   a ;' | clang-format --dry-run --Werror").second);
}

}  // namespace
}  // namespace house
