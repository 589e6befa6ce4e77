// SPDX-License-Identifier: Apache-2.0
// Words that do not belong in the tree: promises instead of work, names that praise instead of name, and places that
// exist on one machine only.
#include <regex>

#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace house {
namespace {

struct WordRule {
  std::regex pattern;
  std::string why;
};

// One letter of each word stands in brackets, so that this file passes its own rules.
const std::vector<WordRule>& word_rules() {
  const auto any_case = std::regex::ECMAScript | std::regex::icase;
  static const std::vector<WordRule> rules = {
      {std::regex("\\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\\b"), "unfinished work belongs in an issue"},
      {std::regex("\\b(st[u]b|for n[o]w|not impl[e]mented yet)\\b", any_case), "unfinished work belongs in an issue"},
      {std::regex("\\bfa[s]t_\\w|\\w_fa[s]t\\b|opti[m]ized|\\b[a-z]\\w*_v[2]\\b", any_case),
       "name the algorithm instead"},
      {std::regex("(^|[\\s\"'(=:`])/(t[m]p|h[o]me|w[o]rk|r[o]ot|o[p]t|m[n]t)/"), "a path of one machine"},
      {std::regex("\\b(py[p]i|python[h]osted|deb\\.deb[i]an\\.org)\\b", any_case),
       "package hosts are not ours to name"},
      {std::regex("\\b((sub)?ag[e]nts?|ses[s]ions?|work[p]lace|sand[b]ox\\w*)\\b", any_case),
       "the project speaks of itself alone"},
  };
  return rules;
}

Complaints banned_words(const std::vector<SourceFile>& files) {
  Complaints complaints;
  for (const SourceFile& file : files) {
    if (file.path == "LICENSE") continue;
    const std::vector<std::string> lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i)
      for (const WordRule& rule : word_rules()) {
        std::smatch match;
        if (std::regex_search(lines[i], match, rule.pattern))
          complaints.push_back(place(file, i) + ": '" + match.str() + "' (" + rule.why + ")");
      }
  }
  return complaints;
}

TEST_CASE("no file holds a banned word", "[house]") {
  const Complaints complaints = banned_words(source_tree());
  INFO(listed(complaints));
  CHECK(complaints.empty());
}

TEST_CASE("the word rule finds each banned word and spares its neighbours", "[house]") {
  const auto complaints_about = [](std::string line) {
    line.erase(std::remove(line.begin(), line.end(), '~'), line.end());
    return banned_words({{"engine/a.cpp", line + "\n"}}).size();
  };
  for (const char* offender :
       {"// TO~DO: later", "// FIX~ME", "// XX~X", "// a HA~CK", "// a St~ub", "// enough for n~ow",
        "void fa~st_conv2d();", "void conv2d_fa~st();", "struct Opti~mizedConv;", "void conv2d_v~2();",
        "open(\"/t~mp/a\")", "# see /h~ome/someone", "from py~pi", "// written in a ses~sion"}) {
    INFO(offender);
    CHECK(complaints_about(offender) == 1);
  }
  for (const char* neighbour :
       {"std::uint_fa~st32_t count;", "// Catch2 v2", "\"torch._utils._rebuild_tensor_v~2\"", "// Breakfast",
        "build/t~mp/a", "// mkstemp wants XXXXXX", "// stubborn", "// the agency"}) {
    INFO(neighbour);
    CHECK(complaints_about(neighbour) == 0);
  }
}

}  // namespace
}  // namespace house
