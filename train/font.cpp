// SPDX-License-Identifier: Apache-2.0
// The glyphs, one text of nine digits of base 32 each: a digit is a row, its five bits the squares from left to right.
#include "train/font.h"

namespace train {
namespace {

constexpr std::array<const char*, 95> rows_from_space_to_tilde = {
    "000000000",                                                                                             // space
    "GGGGG0G00", "KK0000000", "AAVAVAA00", "4FKE5U400", "OP248J300", "CIK8LID00", "GG0000000",               // !"#$%&'
    "48GGG8400", "G84448G00", "04LEL4000", "044V44000", "00000088G", "000U00000", "000000G00", "11248GG00",  // ()*+,-./
    "CIIIIIC00", "4C4444E00", "EH1248V00", "V2421HE00", "26AIV2200",                                         // 01234
    "VGU11HE00", "68GUHHE00", "V12488800", "EHHEHHE00", "EHHF12C00",                                         // 56789
    "00G000G00", "00800088G", "248G84200", "00U0U0000", "G84248G00", "EH1240400", "EHNLNGE00",               // :;<=>?@
    "EHHVHHH00", "UHHUHHU00", "EHGGGHE00", "UHHHHHU00", "VGGUGGV00", "VGGUGGG00", "EHGNHHF00",               // ABCDEFG
    "HHHVHHH00", "S88888S00", "72222IC00", "HIKOKIH00", "GGGGGGV00", "HRLLHHH00", "HHPLJHH00",               // HIJKLMN
    "EHHHHHE00", "UHHUGGG00", "EHHHLID00", "UHHUKIH00", "FGGE11U00", "V44444400", "HHHHHHE00",               // OPQRSTU
    "HHHHHA400", "HHHLLLA00", "HHA4AHH00", "HHHA44400", "V1248GV00",                                         // VWXYZ
    "SGGGGGS00", "GG8421100", "S44444S00", "4AH000000", "0000000V0", "G80000000",                            // [\]^_`
    "00E1FHF00", "GGUHHHU00", "00EHGHE00", "11FHHHF00", "00EHVGE00", "68S888800", "00FHHHF1E",               // abcdefg
    "GGMPHHH00", "G0GGGGG00", "4044444K8", "GGIKOKI00", "GGGGGG800", "00QLLLL00", "00MPHHH00",               // hijklmn
    "00EHHHE00", "00UHHHUGG", "00FHHHF11", "00MPGGG00", "00FGE1U00", "88S888600", "00HHHJD00",               // opqrstu
    "00HHHA400", "00HHLLA00", "00HA4AH00", "00HHHHF1E", "00V248V00",                                         // vwxyz
    "688G88600", "GGGGGGGGG", "O44244O00", "0008L2000",                                                      // {|}~
};

Glyph decode(const char* text) {
  Glyph glyph;
  unsigned columns = 0;  // With ink in any row.
  for (int row = 0; row < Glyph::rows; ++row) {
    const char digit = text[row];
    glyph.ink[row] = static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'A' + 10);
    columns |= glyph.ink[row];
  }
  if (columns == 0) {
    glyph.width = 2;
    return glyph;
  }
  int right = 0, left = 4;  // Bits of the outermost columns with ink.
  while (((columns >> right) & 1) == 0) ++right;
  while (((columns >> left) & 1) == 0) --left;
  glyph.width = left - right + 1;
  for (std::uint8_t& row : glyph.ink) row = static_cast<std::uint8_t>(row >> right);
  return glyph;
}

std::array<Glyph, 95> decode_all() {
  std::array<Glyph, 95> glyphs;
  for (std::size_t i = 0; i < glyphs.size(); ++i) glyphs[i] = decode(rows_from_space_to_tilde[i]);
  return glyphs;
}

}  // namespace

const Glyph& glyph_of(char character) {
  static const std::array<Glyph, 95> glyphs = decode_all();
  const bool printable = character >= ' ' && character <= '~';
  return glyphs[static_cast<std::size_t>((printable ? character : '?') - ' ')];
}

}  // namespace train
