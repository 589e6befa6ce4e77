// SPDX-License-Identifier: Apache-2.0
#include "train/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "datasets/png_codec.h"
#include "train/canvas.h"
#include "train/report_style.h"

namespace train {
namespace {

std::string base64(const std::vector<std::uint8_t>& bytes) {  // RFC 4648.
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? bytes[i + j] : 0u);
    for (std::size_t j = 0; j < 4; ++j) text += j <= count ? digits[(group >> (18 - 6 * j)) & 63] : '=';
  }
  return text;
}

}  // namespace

std::string html_head(const std::string& title) {
  const std::string text = escaped(title);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n"
      "<h1>{}</h1>\n",
      text, report_style, text);
}

std::string html_foot() {
  return "<footer>Written by Isotherm.</footer>\n</main>\n</body>\n</html>\n";
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '&')
      result += "&amp;";
    else if (letter == '<')
      result += "&lt;";
    else if (letter == '>')
      result += "&gt;";
    else if (letter == '"')
      result += "&quot;";
    else
      result += letter;
  }
  return result;
}

std::string image_tag(const datasets::Image8& image, const std::string& description) {
  const datasets::Image8 rgb = image.channels == 3 ? image : resized_rgb(image, image.height, image.width);
  const datasets::StoredImage png{rgb.height, rgb.width, datasets::PixelKind::rgb, 8, rgb.pixels};
  return fmt::format("<img width=\"{}\" height=\"{}\" alt=\"{}\" src=\"data:image/png;base64,{}\">", rgb.width,
                     rgb.height, escaped(description), base64(datasets::encode_png(png, description)));
}

std::string swatch(const datasets::ClassInfo& info) {
  return fmt::format("<span class=\"swatch\" style=\"background:#{:02x}{:02x}{:02x}\"></span>{}", info.colour[0],
                     info.colour[1], info.colour[2], escaped(info.name));
}

std::string card(const std::string& number, const std::string& meaning) {
  return fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>\n", number, meaning);
}

}  // namespace train
