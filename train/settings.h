// SPDX-License-Identifier: Apache-2.0
// KEY=VALUE pairs of --set, and small values that flags are made of.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernels/shape.h"

namespace train {

class Settings {
 public:
  // Throws UsageError where a pair has no '=' or a key stands twice.
  explicit Settings(const std::vector<std::string>& pairs);

  // The value of a key, or the default. Asking makes the key known. Throws UsageError where it does not parse.
  double number(const std::string& key, double otherwise);
  std::string word(const std::string& key, const std::string& otherwise);
  // Throws UsageError that lists the known keys where one was given that nobody asked for.
  void finish() const;

 private:
  std::map<std::string, std::string> values_;
  std::set<std::string> known_;
};

// {KEY: VALUE} of KEY=VALUE texts. Throws UsageError, naming the flag.
std::map<std::string, std::string> parse_pairs(const std::string& flag, const std::vector<std::string>& pairs);
// "480x640" is height x width. Throws UsageError, naming the flag.
kernels::Size2 parse_size(const std::string& text, const std::string& flag = "--size");
// "1,2,0.5". Throws UsageError.
std::vector<double> parse_numbers(const std::string& what, const std::string& text);

// A check of a flag (CLI11): empty, or what is wrong with the text.
std::function<std::string(const std::string&)> at_least(double smallest);

}  // namespace train
