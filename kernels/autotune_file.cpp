// SPDX-License-Identifier: Apache-2.0
#include "kernels/autotune_file.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "kernels/error.h"

namespace kernels {

namespace {

constexpr const char* format_name = "isotherm choices";
constexpr int format_version = 1;

}  // namespace

std::string default_choices_file() {
  const char *cache = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
  std::filesystem::path folder;
  if (cache != nullptr && *cache != '\0')
    folder = cache;
  else if (home != nullptr && *home != '\0')
    folder = std::filesystem::path(home) / ".cache";
  return folder.empty() ? std::string{} : (folder / "isotherm" / "choices.json").string();
}

std::map<std::string, std::string> read_choices(const std::filesystem::path& file) {
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return {};
  std::ifstream in(file);
  if (!in) throw FileError("{}: the autotuner's choices cannot be read", file.string());
  try {
    const nlohmann::json all = nlohmann::json::parse(in);
    if (all.at("format") != format_name || all.at("version") != format_version)
      throw FileError("{}: expected format '{}' version {}", file.string(), format_name, format_version);
    return all.at("choices").get<std::map<std::string, std::string>>();
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: damaged: {}", file.string(), error.what());
  }
}

std::map<std::string, std::string> add_choice(const std::filesystem::path& file, const std::string& problem,
                                              const std::string& candidate) {
  std::map<std::string, std::string> choices;
  try {
    choices = read_choices(file);
  } catch (const FileError&) {  // Whoever opened it first has warned.
  }
  choices[problem] = candidate;
  const nlohmann::json all = {{"format", format_name}, {"version", format_version}, {"choices", choices}};
  const std::filesystem::path beside = file.string() + "." + std::to_string(getpid());
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  std::ofstream out(beside);
  out << all.dump(1) << '\n';
  out.close();
  if (out) std::filesystem::rename(beside, file, failure);
  if (!out || failure) {
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    throw FileError("{}: the autotuner's choices cannot be written{}", file.string(),
                    failure ? ": " + failure.message() : "");
  }
  return choices;
}

}  // namespace kernels
