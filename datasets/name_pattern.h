// SPDX-License-Identifier: Apache-2.0
// Patterns of file names: "thermal/*_ir.tiff". Each * stands for one letter or more, but for no "/". What the stars
// stand for is what the files of one sample have in common.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace datasets {

// What the stars of `pattern` stand for in `text`; nothing where it does not match. The first stars take as little as
// they can.
std::optional<std::vector<std::string>> match(const std::string& pattern, const std::string& text);
bool matches(const std::string& pattern, const std::string& text);

// The pattern with its stars replaced. As many parts as there are stars.
std::string filled(const std::string& pattern, const std::vector<std::string>& parts);

int stars_of(const std::string& pattern);

// All files under a folder, whatever the depth, relative to it with "/" between, in order. Names that begin with a dot
// are left out. Throws FileError.
std::vector<std::string> files_under(const std::filesystem::path& folder);

}  // namespace datasets
