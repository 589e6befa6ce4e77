// SPDX-License-Identifier: Apache-2.0
#include "datasets/toml_letters.h"

#include <algorithm>

#include "kernels/error.h"

namespace datasets {
namespace {

// Follows the text as far as it is well-formed. toml++ looks no further than the first word that is not, but reads that
// one to its end: a quote within a word begins nothing.
class Letters {
 public:
  Letters(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  void check() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      if (letter == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if ((letter == '"' || letter == '\'') && open_) {
        if (!quoted(letter)) return;
      } else {
        require_ascii();
        outside(letter);
        ++at_;
      }
    }
  }

 private:
  void require_ascii() const {
    if (static_cast<unsigned char>(text_[at_]) >= 128)
      throw kernels::DataError(
          "{}: line {}: a letter beyond ASCII: expected such letters in comments and in values within quotes on one "
          "line only",
          file_, 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
  }

  // What may begin after `letter`, which stands outside of quotes.
  void outside(char letter) {
    switch (letter) {
      case ' ':
      case '\t':
      case '\r':
        return;
      case '\n':
        open_ = true;
        if (brackets_.empty()) value_ = false;
        return;
      case '=':
        open_ = !value_;
        value_ = true;
        return;
      case ',':
        open_ = true;
        if (brackets_.ends_with('{')) value_ = false;
        return;
      case '[':
      case '{':
        if (!open_) return;
        brackets_ += letter;
        if (letter == '{') value_ = false;
        return;
      case ']':
      case '}':
        if (!brackets_.empty()) brackets_.pop_back();
        open_ = false;
        // The brackets around a brace are in a value again; those of a table's name end with it.
        value_ = value_ || !brackets_.empty();
        return;
      default:
        open_ = false;
    }
  }

  // Goes behind the quotes that begin here. False: they do not end where they must.
  bool quoted(char quote) {
    const std::string three(3, quote);
    const bool several_lines = text_.substr(at_, 3) == three;
    const bool any_letter = value_ && !several_lines;
    open_ = false;
    at_ += several_lines ? 3 : 1;
    while (at_ < text_.size()) {
      if (!any_letter) require_ascii();
      if (quote == '"' && text_[at_] == '\\') {
        ++at_;
        if (at_ < text_.size()) require_ascii();
        ++at_;
      } else if (several_lines && text_.substr(at_, 3) == three) {
        at_ += 3;
        // Up to two more quotes belong to the text: """a"""""
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
        return true;
      } else if (!several_lines && text_[at_] == quote) {
        ++at_;
        return true;
      } else if (!several_lines && text_[at_] == '\n') {
        return false;
      } else {
        ++at_;
      }
    }
    return false;
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool open_ = true;    // A key or a value may begin here.
  bool value_ = false;  // Behind the = of a key.
  std::string brackets_;
};

}  // namespace

void require_ascii_outside_values(const std::string& file, std::string_view text) {
  Letters(file, text).check();
}

}  // namespace datasets
