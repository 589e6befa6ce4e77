// SPDX-License-Identifier: Apache-2.0
// Where letters beyond ASCII may stand in a TOML text: in comments, and in quoted values of one line.
#pragma once

#include <string>
#include <string_view>

namespace datasets {

// Throws DataError, with file and line, for a byte beyond ASCII anywhere else, a byte order mark at the start aside.
// TOML allows them in keys and in values of several lines too, but toml++ 3.3 has undefined behaviour wherever it asks
// whether such a letter is white space (found by tests/fuzz/list_fuzz.cpp): it must not see them there. What is beyond
// the first thing that is not TOML is not looked at; toml++ stops there as well.
void require_ascii_outside_values(const std::string& file, std::string_view text);

}  // namespace datasets
