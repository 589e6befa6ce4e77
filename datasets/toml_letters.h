// SPDX-License-Identifier: Apache-2.0
// Where letters beyond ASCII may stand in a TOML text: within quotes and comments, nowhere else.
#pragma once

#include <string>
#include <string_view>

namespace datasets {

// Throws DataError, with file and line, for a byte beyond ASCII outside of quotes and comments, a byte order mark at
// the start aside. TOML wants no less, but toml++ 3.3 has undefined behaviour there: such a text must not reach it.
// Returns at the first newline within single-line quotes, where toml++ goes no further either.
void require_ascii_outside_quotes(const std::string& file, std::string_view text);

}  // namespace datasets
