// SPDX-License-Identifier: Apache-2.0
#include "tests/support/bad_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include "engine/formats/safetensors.h"
#include "tests/support/catch.h"
#include "tests/support/own_data.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace test {
namespace fs = std::filesystem;
namespace {

std::string filled(std::string text, const fs::path& here) {
  const std::pair<std::string, std::string> places[] = {
      {"{good}", good_things().string()},
      {"{here}", here.string()},
      {"{pth}", (fs::path(ISOTHERM_SOURCE_DIR) / "tests/fixtures/pth").string()}};
  for (const auto& [place, path] : places)
    for (std::size_t at; (at = text.find(place)) != std::string::npos;) text.replace(at, place.size(), path);
  return text;
}

// A flag that comes again replaces the earlier one, so that a row can begin with a good command.
std::vector<std::string> last_flags(std::vector<std::string> line) {
  const auto is_flag = [](const std::string& word) {
    return word.starts_with("--") && word.size() > 2;
  };
  for (std::size_t i = line.size(); i-- > 0;) {
    if (!is_flag(line[i]) || line[i].ends_with("-set")) continue;
    const auto begin = line.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(begin + 1, line.end(), line[i]) == line.end()) continue;
    line.erase(begin, std::find_if(begin + 1, line.end(), is_flag));
  }
  return line;
}

// Path below a folder -> content; folders have none.
std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    contents[entry.path().lexically_relative(folder).string()] =
        entry.is_regular_file() ? read_text(entry.path()) : std::string();
  return contents;
}

bool begins_with_one_of(const std::string& text, const std::vector<std::string>& beginnings) {
  for (const std::string& beginning : beginnings)
    if (text.starts_with(beginning)) return true;
  return false;
}

// What differs from before, but for what is allowed.
std::string changes(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after,
                    const std::vector<std::string>& left, const std::vector<std::string>& altered) {
  std::string text;
  for (const auto& [path, content] : before) {
    const auto now = after.find(path);
    if (now == after.end())
      text += "\n  lost: " + path;
    else if (now->second != content && !begins_with_one_of(path, altered))
      text += "\n  changed: " + path;
  }
  for (const auto& [path, content] : after)
    if (!before.contains(path) && !begins_with_one_of(path, left)) text += "\n  new: " + path;
  return text;
}

// Without the lines of the log that only inform and those of progress.
std::vector<std::string> complaints_of(const std::string& errors) {
  static const std::regex progress("[0-9:]{8} info: .*|[^:]*[0-9]+/[0-9]+ \\([0-9]+ %\\)  .*");
  std::vector<std::string> complaints;
  std::istringstream stream(errors);
  for (std::string line; std::getline(stream, line);)
    if (!std::regex_match(line, progress)) complaints.push_back(line);
  return complaints;
}

class GoodThings {
 public:
  GoodThings() {
    const fs::path log = folder_ / "log";
    const auto run = [&](const std::string& command) {
      std::vector<std::string> line = words(command);
      const std::string program = line[0];
      line.erase(line.begin());
      run_to_end(program, line, log);
    };
    const std::string at = folder_.path().string();
    run("prepare synthetic --size 32x64 --train 2 --val 2 --test 2 --out " + at + "/data");
    write_own_data(folder_ / "own", {.pairs = 6, .height = 32, .width = 48});
    run("prepare folder " + at + "/own");
    run("train --model mfnet --width 0.125 --dataset mfnet --data " + at + "/data --out " + at +
        "/run --epochs 1 --batch 2 --device cpu --threads 1 --workers 1");
    const std::string trained =
        " --weights " + at + "/run/best.safetensors --device cpu --threads 1 --dataset mfnet --data " + at + "/data";
    run("evaluate --workers 1 --out " + at + "/run/test" + trained);
    run("predict --limit 1 --out " + at + "/run/sheets" + trained);
    run("convert " + at + "/run/best.safetensors " + at + "/start.safetensors");
    fs::remove(log);
  }
  const fs::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace

const fs::path& good_things() {
  static const GoodThings things;
  return things.path();
}

void copy_good_data(const fs::path& here) {
  fs::copy(good_things() / "data", here / "data", fs::copy_options::recursive);
}

void copy_own_data(const fs::path& here, const std::string& from, const std::string& to) {
  fs::copy(good_things() / "own", here / "own", fs::copy_options::recursive);
  std::string text = read_text(here / "own/dataset.toml");
  const std::size_t at = text.find(from);
  INFO(text << "\nlooked for in it: " << from);
  REQUIRE(at != std::string::npos);
  write_text(here / "own/dataset.toml", text.replace(at, from.size(), to));
}

void write_trace_inputs(const fs::path& path) {
  const std::vector<std::byte> zeros(std::size_t{3} * 32 * 64 * sizeof(float));
  const std::vector<engine::TensorToWrite> inputs{
      {"rgb", engine::FileDType::f32, {1, 3, 32, 64}, zeros},
      {"thermal", engine::FileDType::f32, {1, 1, 32, 64}, std::span(zeros).first(zeros.size() / 3)}};
  engine::write_safetensors(path, inputs);
}

void cut_file(const fs::path& path, std::uintmax_t bytes) {
  REQUIRE(fs::file_size(path) > bytes);
  fs::resize_file(path, bytes);
}

void check_refused(const BadInput& bad) {
  const TemporaryFolder folder;
  const fs::path& here = folder.path();
  if (bad.prepare) bad.prepare(here);
  std::vector<std::string> line = last_flags(words(filled(bad.command, here)));
  const std::string program = line[0];
  line.erase(line.begin());
  const auto before = contents_of(here), good_before = contents_of(good_things());
  const ProgramEnd end = watch_program(program, line, {.faults = bad.faults, .memory = bad.memory});
  const std::vector<std::string> complaints = complaints_of(end.errors);
  INFO(bad.name << ": " << bad.command << "\nstderr:\n" << end.errors);
  CHECK(end.code == bad.code);
  CHECK(complaints.size() == 1);
  const std::string said = complaints.empty() ? "" : complaints.back();
  CHECK_THAT(said, Catch::Matchers::StartsWith(program + ": "));
  for (const std::string& part : bad.told) CHECK_THAT(said, Catch::Matchers::Contains(filled(part, here)));
  CHECK(changes(before, contents_of(here), bad.left, bad.altered) == "");
  CHECK(changes(good_before, contents_of(good_things()), {}, {}) == "");
}

void check_refused(const std::vector<BadInput>& table) {
  for (const BadInput& bad : table) check_refused(bad);
}

}  // namespace test
