// SPDX-License-Identifier: Apache-2.0
#include "train/settings.h"

#include <fmt/ranges.h>

#include <charconv>

#include "kernels/error.h"

namespace train {

namespace {

double parse_number(const std::string& what, std::string_view text) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size())
    throw kernels::UsageError("{}: expected a number, got '{}'", what, text);
  return value;
}

}  // namespace

std::map<std::string, std::string> parse_pairs(const std::string& flag, const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> values;
  for (const std::string& pair : pairs) {
    const auto at = pair.find('=');
    if (at == std::string::npos || at == 0) throw kernels::UsageError("{} {}: expected KEY=VALUE", flag, pair);
    if (!values.emplace(pair.substr(0, at), pair.substr(at + 1)).second)
      throw kernels::UsageError("{} {}: the key was given before", flag, pair);
  }
  return values;
}

Settings::Settings(const std::vector<std::string>& pairs) : values_(parse_pairs("--set", pairs)) {}

double Settings::number(const std::string& key, double otherwise) {
  known_.insert(key);
  const auto found = values_.find(key);
  return found == values_.end() ? otherwise : parse_number("--set " + key, found->second);
}

std::string Settings::word(const std::string& key, const std::string& otherwise) {
  known_.insert(key);
  const auto found = values_.find(key);
  return found == values_.end() ? otherwise : found->second;
}

void Settings::finish() const {
  for (const auto& [key, value] : values_)
    if (!known_.contains(key))
      throw kernels::UsageError("--set {}={}: no such key here; known: {}", key, value,
                                known_.empty() ? "none" : fmt::format("{}", fmt::join(known_, ", ")));
}

kernels::Size2 parse_size(const std::string& text, const std::string& flag) {
  const auto at = text.find('x');
  int h = 0, w = 0;
  if (at != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), text.data() + at, h);
    const auto second = std::from_chars(text.data() + at + 1, end, w);
    if (first.ptr != text.data() + at || second.ptr != end) h = 0;
  }
  if (h <= 0 || w <= 0) throw kernels::UsageError("{} {}: expected HEIGHTxWIDTH, for example 480x640", flag, text);
  return {h, w};
}

std::function<std::string(const std::string&)> at_least(double smallest) {
  return [smallest](const std::string& text) {
    double value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool number = status == std::errc() && end == text.data() + text.size();
    return number && value >= smallest ? std::string() : fmt::format("expected at least {}, got {}", smallest, text);
  };
}

std::vector<double> parse_numbers(const std::string& what, const std::string& text) {
  std::vector<double> values;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    values.push_back(parse_number(what, std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return values;
}

}  // namespace train
