// SPDX-License-Identifier: Apache-2.0
// Man pages and completions: that nothing of --help is missing in them, and that the tools that read them do.
#include "train/command_pages.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <regex>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

using Catch::Matchers::Contains;
using test::read_text;
using test::TemporaryFolder;

namespace {

// What a line of shell prints, and its exit code.
struct Said {
  std::string text;
  int code = -1;
};

Said shell(const std::string& line) {
  Said said;
  FILE* pipe = popen((line + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    said.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return said;
}

bool has_tool(const std::string& name) {
  if (shell("command -v " + name).code == 0) return true;
  WARN(name << " is not installed: what it says of the pages is not checked");
  return false;
}

const std::string programs_folder = std::string(ISOTHERM_BINARY_DIR) + "/bin/";

std::vector<std::string> programs() {
  std::vector<std::string> names{"bench", "step_bench"};
  for (const auto& entry : std::filesystem::directory_iterator(std::string(ISOTHERM_SOURCE_DIR) + "/train/main"))
    if (entry.path().extension() == ".cpp") names.push_back(entry.path().stem().string());
  return names;
}

std::vector<std::string> subcommands(const std::string& program) {
  return program == "prepare" ? std::vector<std::string>{"synthetic", "folder"} : std::vector<std::string>{};
}

// Long options in the left column of --help.
std::set<std::string> options_of_help(const std::string& help) {
  std::set<std::string> options;
  const std::regex line("(^|\n)  (-[a-z],)?(--[a-z0-9-]+)");
  for (std::sregex_iterator at(help.begin(), help.end(), line), end; at != end; ++at) options.insert((*at)[3]);
  return options;
}

std::filesystem::path pages_of(const std::string& program, const TemporaryFolder& folder) {
  const Said said = shell(programs_folder + program + " --command-pages " + folder.path().string());
  INFO(said.text);
  REQUIRE(said.code == 0);
  CHECK(said.text.empty());
  return folder.path();
}

std::string man_of(const std::string& program) {
  return "man/man1/isotherm-" + program + ".1";
}
std::string bash_of(const std::string& program) {
  return "bash-completion/completions/isotherm-" + program;
}
std::string zsh_of(const std::string& program) {
  return "zsh/site-functions/_isotherm-" + program;
}

std::string with_roff_hyphens(const std::string& text) {
  return std::regex_replace(text, std::regex("-"), "\\-");
}

// What bash proposes for the last of `words`.
std::vector<std::string> completed(const std::filesystem::path& script, const std::string& words,
                                   const std::string& folder = "/") {
  const Said said = shell("cd " + folder + " && bash -c 'source " + script.string() + R"(
COMP_WORDS=()" + words + R"(); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
entry=$(complete -p "${COMP_WORDS[0]}"); entry=${entry#*-F }; "${entry%% *}"
printf "%s\n" "${COMPREPLY[@]}"')");
  INFO(said.text);
  REQUIRE(said.code == 0);
  return test::words(said.text);
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("every option of every program stands in its man page and in both completions") {
  const TemporaryFolder folder;
  for (const std::string& program : programs()) {
    pages_of(program, folder);
    const std::string man = read_text(folder / man_of(program)), bash = read_text(folder / bash_of(program)),
                      zsh = read_text(folder / zsh_of(program));
    std::string help = shell(programs_folder + program + " --help").text;
    for (const std::string& inner : subcommands(program)) {
      help += shell(programs_folder + program + " " + inner + " --help").text;
      CHECK_THAT(man, Contains("isotherm\\-" + program + " " + inner));
    }
    const std::set<std::string> options = options_of_help(help);
    INFO(program);
    CHECK(options.size() >= 5);
    CHECK(options.contains("--help"));
    CHECK(options.contains("--config"));
    for (const std::string& option : options) {
      INFO(option);
      CHECK_THAT(man, Contains("\\fB" + with_roff_hyphens(option) + "\\fR"));
      CHECK(std::regex_search(bash, std::regex("words='([^']* )?" + option + "[ ']")));
      CHECK(std::regex_search(zsh, std::regex(option + "=?\\[")));
    }
  }
}

TEST_CASE("bash accepts every completion, and man pages give no warning") {
  const TemporaryFolder folder;
  for (const std::string& program : programs()) pages_of(program, folder);
  const Said parsed = shell("for each in " + folder.path().string() +
                            "/bash-completion/completions/*; do bash -n $each || exit 1; done");
  INFO(parsed.text);
  CHECK(parsed.code == 0);
  CHECK(parsed.text.empty());
  if (has_tool("groff"))
    for (const std::string& program : programs()) {
      INFO(program);
      const Said page = shell("groff -ww -man -Tascii " + (folder / man_of(program)).string() + " >/dev/null");
      CHECK(page.text == "");
      CHECK(page.code == 0);
    }
  if (has_tool("zsh")) {
    const Said loaded = shell("cd " + (folder / "zsh/site-functions").string() +
                              " && for each in _*; do zsh -f -n $each || exit 1; done");
    INFO(loaded.text);
    CHECK(loaded.code == 0);
    CHECK(loaded.text.empty());
  }
}

TEST_CASE("bash completion proposes flags, known values, files and folders") {
  const TemporaryFolder folder;
  for (const std::string program : {"train", "convert", "prepare"}) pages_of(program, folder);
  test::write_text(folder / "place/weights.safetensors", "x");
  test::write_text(folder / "place/inner/more.txt", "x");
  const std::string place = (folder / "place").string();
  using Words = std::vector<std::string>;
  const auto train = [&](const std::string& words) {
    return completed(folder / bash_of("train"), "isotherm-train " + words, place);
  };
  CHECK(contains(train("--dev"), "--device"));
  CHECK(train("--devi") == Words{"--device"});
  CHECK(train("--conv \"\"") == Words{"native", "library", "auto"});
  CHECK(train("--conv = l") == Words{"library"});  // "--conv=l", as bash splits it.
  CHECK(train("--conv =") == Words{"native", "library", "auto"});
  CHECK(train("--device c") == Words{"cpu", "cuda"});
  CHECK(contains(train("--model mf"), "mfnet_4channel"));
  CHECK(train("--init weights") == Words{"weights.safetensors"});
  CHECK(contains(train("--init \"\""), "inner"));
  CHECK(train("--out \"\"") == Words{"inner"});
  CHECK(train("--epochs \"\"").empty());
  CHECK(contains(train("--epochs 3 --thr"), "--threads"));
  CHECK(contains(train("--quiet \"\""), "--device"));  // A flag without a value.
  CHECK(completed(folder / bash_of("train"), "build/bin/train --conv n") == Words{"native"});

  const auto prepare = [&](const std::string& words) {
    return completed(folder / bash_of("prepare"), "isotherm-prepare " + words, place);
  };
  CHECK(contains(prepare("\"\""), "synthetic"));
  CHECK(prepare("f") == Words{"folder"});
  CHECK(contains(prepare("synthetic --tw"), "--twins"));
  CHECK(prepare("folder --tw").empty());
  CHECK(prepare("synthetic --labels heat") == Words{"heatnet13"});
  CHECK(prepare("folder in") == Words{"inner"});
  const auto convert = completed(folder / bash_of("convert"), "isotherm-convert wei", place);
  CHECK(convert == Words{"weights.safetensors"});
}

TEST_CASE("a bash with a terminal completes by the script") {
  const TemporaryFolder folder;
  pages_of("train", folder);
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    execlp("bash", "bash", "--norc", "--noprofile", "-i", nullptr);
    _exit(99);
  }
  const std::string line = "source " + (folder / bash_of("train")).string() + "\nisotherm-train --schedule poly\t";
  REQUIRE(write(terminal, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  std::string shown;
  pollfd waiting{terminal, POLLIN, 0};
  constexpr int longest_silence = 20000;  // Milliseconds.
  while (shown.find("--schedule polynomial") == std::string::npos && poll(&waiting, 1, longest_silence) == 1) {
    std::array<char, 512> buffer{};
    const ssize_t got = read(terminal, buffer.data(), buffer.size());
    if (got <= 0) break;
    shown.append(buffer.data(), static_cast<std::size_t>(got));
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(terminal);
  CHECK_THAT(shown, Contains("--schedule polynomial"));
}

TEST_CASE("the pages escape what their readers would take for commands", "[sanitize]") {
  CLI::App app("Says \"it's\": .done\\.", "teller");
  std::string text, word, hidden;
  app.add_option("--text", text, "It's [a] text: with \\ and -\n.lines")->required();
  train::propose(app.add_option("-w,--word", word, "One of two"), {"left", "right"});
  app.add_option("--hidden", hidden, "Not shown")->group("");
  const train::Command command = train::command_table(app);
  REQUIRE(command.options.size() == 3);  // --help, --text, --word
  CHECK(command.options[2].values == std::vector<std::string>{"left", "right"});
  CHECK_THAT(app.help(), !Contains("left"));

  const std::string man = train::man_page(command, "1.2");
  CHECK_THAT(man, Contains(".TH \"ISOTHERM-TELLER\" 1 \"\" \"isotherm 1.2\" \"Isotherm\"\n"));
  CHECK_THAT(man, Contains("It's [a] text: with \\e and \\-\n.br\n\\&.lines.\nRequired.\n"));
  CHECK_THAT(man, Contains("\\fB\\-\\-word\\fR, \\fB\\-w\\fR \\fITEXT\\fR\nOne of two.\nValues: left, right.\n"));
  CHECK_THAT(man, !Contains("hidden"));
  CHECK_THAT(train::zsh_completion(command),
             Contains("--text=[It'\\''s \\[a\\] text\\: with \\\\ and - .lines]:TEXT: '"));
  CHECK_THAT(train::zsh_completion(command), Contains("(--word -w)--word=[One of two]:TEXT:(left right)'"));
  const TemporaryFolder folder;
  train::write_command_pages(command, "1.2", folder.path());
  CHECK(completed(folder / bash_of("teller"), "isotherm-teller -w ri") == std::vector<std::string>{"right"});
  if (has_tool("groff"))
    CHECK(shell("groff -ww -man -Tascii " + (folder / man_of("teller")).string() + " >/dev/null").text == "");
}

TEST_CASE("a proposed value refuses no other", "[sanitize]") {
  CLI::App app("Takes words.", "taker");
  std::string word;
  train::propose(app.add_option("--word", word, "Any"), {"left", "right"});
  app.parse("--word straight");
  CHECK(word == "straight");
}

TEST_CASE("pages that cannot be written are an error with the file's name") {
  const TemporaryFolder folder;
  test::write_text(folder / "man", "a file where a folder is needed");
  const Said said = shell(programs_folder + "info --command-pages " + folder.path().string());
  CHECK(said.code == 3);
  CHECK_THAT(said.text, Contains("info: " + (folder / "man/man1").string() + ": cannot be created"));
}
