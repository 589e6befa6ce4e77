// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/printable.h"

#include <fmt/format.h>

#include <cstdint>

namespace engine {

std::string printable(std::string_view text, std::size_t longest) {
  std::string result;
  for (const char letter : text) {
    if (result.size() >= longest) return result + "...";
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 32 || byte > 126)
      result += fmt::format("\\x{:02x}", byte);
    else
      result += letter;
  }
  return result;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    if (first < 0x80) continue;
    const int following = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4) return false;
    std::uint32_t code = first & (0x3Fu >> following);
    for (int k = 0; k < following; ++k) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
      code = code << 6 | (static_cast<unsigned char>(text[i++]) & 0x3Fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    if (code < smallest[following] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  }
  return true;
}

}  // namespace engine
