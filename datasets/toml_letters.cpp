// SPDX-License-Identifier: Apache-2.0
#include "datasets/toml_letters.h"

#include <algorithm>

#include "kernels/error.h"

namespace datasets {

void require_ascii_outside_quotes(const std::string& file, std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t at = 0;
  while (at < text.size()) {
    const char letter = text[at];
    if (letter == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    // A quote within a word, as in 1"a, begins nothing; toml++ reads such a word to its end before it complains.
    const bool begins = at == 0 || std::string_view(" \t\r\n=[,{.").find(text[at - 1]) != std::string_view::npos;
    if ((letter != '"' && letter != '\'') || !begins) {
      if (static_cast<unsigned char>(letter) >= 128)
        throw kernels::DataError(
            "{}: line {}: a letter beyond ASCII outside of quotes: names and keys that have one need quotes", file,
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      ++at;
      continue;
    }
    const std::string three(3, letter);
    const bool several_lines = text.substr(at, 3) == three;
    at += several_lines ? 3 : 1;
    while (at < text.size()) {
      if (letter == '"' && text[at] == '\\') {
        at += 2;
      } else if (several_lines && text.substr(at, 3) == three) {
        at += 3;
        // Up to two more quotes belong to the text: """a"""""
        for (int more = 0; more < 2 && at < text.size() && text[at] == letter; ++more) ++at;
        break;
      } else if (!several_lines && text[at] == letter) {
        ++at;
        break;
      } else if (!several_lines && text[at] == '\n') {
        return;
      } else {
        ++at;
      }
    }
  }
}

}  // namespace datasets
