// SPDX-License-Identifier: Apache-2.0
// A small typeface for pictures: printable ASCII on a grid of 5 x 7 squares, two more rows below the baseline. Written
// for this project, so that pictures are the same bytes wherever they are drawn.
#pragma once

#include <array>
#include <cstdint>

namespace train {

struct Glyph {
  static constexpr int rows = 9;          // 7 above the baseline, 2 below.
  static constexpr int capital_rows = 7;  // Height of capitals and digits.

  int width = 0;                         // Columns with ink; a space has 2.
  std::array<std::uint8_t, rows> ink{};  // Bit width - 1 is the leftmost column.

  bool at(int row, int column) const {
    return row >= 0 && row < rows && column >= 0 && column < width && ((ink[row] >> (width - 1 - column)) & 1) != 0;
  }
};

// Of any other character: that of '?'.
const Glyph& glyph_of(char character);

}  // namespace train
