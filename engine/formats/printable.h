// SPDX-License-Identifier: Apache-2.0
// Text of a file that nobody vouches for, in a form that fits one line of a message.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// Control characters and bytes beyond ASCII as \xNN; what exceeds `longest` letters is left out, marked by "...".
std::string printable(std::string_view text, std::size_t longest = 120);

bool is_utf8(std::string_view text);

}  // namespace engine
