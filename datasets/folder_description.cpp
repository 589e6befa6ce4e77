// SPDX-License-Identifier: Apache-2.0
// Reading the description; the one place that holds toml++. Every key is asked for by name, so that one that nobody
// asked for can be refused.
#include "datasets/folder_description.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "datasets/class_colours.h"
#include "datasets/name_pattern.h"
#include "datasets/toml_letters.h"
#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

// One table of the file, and which of its keys have been asked for.
class Section {
 public:
  Section(std::string file, std::string name, const toml::table& table)
      : file_(std::move(file)), name_(std::move(name)), table_(table) {}

  template <class... Args>
  [[noreturn]] void refuse(const toml::node& node, const std::string& key, fmt::format_string<Args...> text,
                           Args&&... args) const {
    throw kernels::DataError("{}: line {}: {}: {}", file_, node.source().begin.line, full(key),
                             fmt::format(text, std::forward<Args>(args)...));
  }

  const toml::node* find(const std::string& key) {
    known_.insert(key);
    return table_.get(key);
  }

  std::string text(const std::string& key, const std::string& otherwise) {
    const toml::node* node = find(key);
    if (!node) return otherwise;
    if (!node->is_string()) refuse(*node, key, "expected a text in quotes");
    return **node->as_string();
  }

  bool yes(const std::string& key, bool otherwise) {
    const toml::node* node = find(key);
    if (!node) return otherwise;
    if (!node->is_boolean()) refuse(*node, key, "expected true or false");
    return **node->as_boolean();
  }

  double number(const std::string& key, double otherwise) {
    const toml::node* node = find(key);
    return node ? number_of(*node, key) : otherwise;
  }

  int whole(const std::string& key, int low, int high, int otherwise) {
    const toml::node* node = find(key);
    return node ? whole_of(*node, key, low, high) : otherwise;
  }

  std::vector<int> wholes(const std::string& key, int low, int high) {
    std::vector<int> values;
    const toml::node* node = find(key);
    if (!node) return values;
    if (!node->is_array()) return {whole_of(*node, key, low, high)};
    for (const toml::node& each : *node->as_array()) values.push_back(whole_of(each, key, low, high));
    return values;
  }

  std::vector<std::string> texts(const std::string& key) {
    const toml::node* node = find(key);
    return node ? texts_of(*node, key) : std::vector<std::string>{};
  }

  std::vector<std::string> texts_of(const toml::node& node, const std::string& key) const {
    if (node.is_string()) return {**node.as_string()};
    std::vector<std::string> values;
    if (!node.is_array()) refuse(node, key, "expected a text in quotes, or several in brackets");
    for (const toml::node& each : *node.as_array()) {
      if (!each.is_string()) refuse(each, key, "expected texts in quotes");
      values.push_back(**each.as_string());
    }
    return values;
  }

  double number_of(const toml::node& node, const std::string& key) const {
    if (node.is_floating_point()) return **node.as_floating_point();
    if (node.is_integer()) return static_cast<double>(**node.as_integer());
    refuse(node, key, "expected a number");
  }

  int whole_of(const toml::node& node, const std::string& key, int low, int high) const {
    if (!node.is_integer()) refuse(node, key, "expected a whole number");
    const std::int64_t value = **node.as_integer();
    if (value < low || value > high) refuse(node, key, "expected {} to {}, got {}", low, high, value);
    return static_cast<int>(value);
  }

  // A pattern of files, or "" where the key is missing.
  std::string pattern(const std::string& key) {
    const std::string pattern = text(key, "");
    const toml::node* node = table_.get(key);
    constexpr int most_stars = 4;  // Each multiplies the ways in which a name may match.
    if (node && (stars_of(pattern) == 0 || stars_of(pattern) > most_stars || pattern.find("**") != std::string::npos))
      refuse(*node, key, "expected a pattern with single *, such as \"thermal/*.png\", got \"{}\"", pattern);
    return pattern;
  }

  Section section(const std::string& key) {
    static const toml::table nothing;
    const toml::node* node = find(key);
    if (node && !node->is_table()) refuse(*node, key, "expected a table [{}]", key);
    return {file_, full(key), node ? *node->as_table() : nothing};
  }

  const toml::table& table() const { return table_; }

  void finish() const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        refuse(node, std::string(key.str()), "is unknown; known here: {}", fmt::join(known_, ", "));
  }

 private:
  std::string full(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }

  std::string file_, name_;
  const toml::table& table_;
  std::set<std::string> known_;
};

void read_images(Section& top, FolderDescription& description, const std::string& file) {
  Section images = top.section("images"), rgb = top.section("rgb"), thermal = top.section("thermal");
  description.images = images.pattern("files");
  description.rgb = rgb.pattern("files");
  description.thermal = thermal.pattern("files");
  const bool pairs = !description.rgb.empty() && !description.thermal.empty();
  if (pairs == !description.images.empty() || description.rgb.empty() != description.thermal.empty())
    throw kernels::DataError("{}: expected rgb.files and thermal.files, or images.files alone", file);
  description.thermal_bits = thermal.whole("bits", 8, 16, 8);
  if (!description.images.empty() && description.thermal_bits != 8)
    throw kernels::DataError("{}: thermal.bits: expected 8 with images.files, got {}", file, description.thermal_bits);
  if (!description.images.empty() && !description.registered)
    throw kernels::DataError("{}: registered: expected true with images.files, whose channels share their pixels",
                             file);
  description.thermal_low = thermal.number("low", 0);
  description.thermal_high = thermal.number("high", description.thermal_low);
  if (description.thermal_low > description.thermal_high)
    throw kernels::DataError("{}: thermal.low and thermal.high: expected low below high, got {} and {}", file,
                             description.thermal_low, description.thermal_high);
  const std::string convert = thermal.text("convert", "none");
  if (convert != "none" && convert != "8 bit")
    thermal.refuse(*thermal.find("convert"), "convert", "expected \"none\" or \"8 bit\", got \"{}\"", convert);
  description.convert = convert == "none" ? FolderDescription::Convert::none : FolderDescription::Convert::eight_bits;
  images.finish();
  rgb.finish();
  thermal.finish();
}

Colour read_colour(Section& section, std::size_t number) {
  const toml::node* node = section.find("colour");
  if (!node) return distinct_colour(static_cast<int>(number));
  const std::vector<int> values = section.wholes("colour", 0, 255);
  if (values.size() != 3)
    section.refuse(*node, "colour", "expected three numbers [red, green, blue], got {}", values.size());
  return {static_cast<std::uint8_t>(values[0]), static_cast<std::uint8_t>(values[1]),
          static_cast<std::uint8_t>(values[2])};
}

void read_classes(Section& top, FolderDescription& description, const std::string& file) {
  const toml::node* node = top.find("classes");
  if (node && !node->is_array()) top.refuse(*node, "classes", "expected tables [[classes]]");
  std::array<std::string, 256> owner;
  const auto own = [&](int value, const std::string& name) {
    if (!owner[static_cast<std::size_t>(value)].empty())
      throw kernels::DataError("{}: label value {}: belongs to {} and to {}", file, value,
                               owner[static_cast<std::size_t>(value)], name);
    owner[static_cast<std::size_t>(value)] = name;
  };
  if (node)
    for (const toml::node& each : *node->as_array()) {
      if (!each.is_table()) top.refuse(each, "classes", "expected tables [[classes]]");
      const std::size_t number = description.classes.size();
      Section section(file, fmt::format("classes {}", number), *each.as_table());
      FolderDescription::Class& entry = description.classes.emplace_back();
      entry.info.name = section.text("name", fmt::format("class {}", number));
      entry.info.colour = read_colour(section, number);
      entry.values = section.wholes("values", 0, 255);
      if (!section.find("values")) entry.values = {static_cast<int>(number)};
      for (const int value : entry.values) own(value, "class '" + entry.info.name + "'");
      section.finish();
    }
  for (const int value : description.ignored) own(value, "labels.ignored");
  if (!description.labels.empty() && description.classes.size() < 2)
    throw kernels::DataError("{}: expected at least two [[classes]] for labels.files, got {}", file,
                             description.classes.size());
  if (description.classes.size() > 254)  // 255 is for ignored pixels, 254 for wrong ones.
    throw kernels::DataError("{}: expected at most 254 [[classes]], got {}", file, description.classes.size());
}

void read_splits(Section& top, FolderDescription& description, const std::string& file) {
  Section splits = top.section("splits");
  description.seed = static_cast<std::uint64_t>(splits.whole("seed", 0, 1 << 30, 0));
  double sum = 0;
  for (const auto& [key, node] : splits.table()) {
    std::string name(key.str());
    if (name == "seed") continue;
    splits.find(name);
    FolderDescription::SplitRule rule{name == "val" ? "validation" : name, {}};
    if (node.is_number()) {
      const double fraction = splits.number_of(node, name);
      if (!(fraction >= 0 && fraction <= 1)) splits.refuse(node, name, "expected a fraction 0 to 1, got {}", fraction);
      sum += fraction;
      rule.which = fraction;
    } else if (node.is_string() && (**node.as_string()).ends_with(".txt")) {
      rule.which = FolderDescription::ListFile{description.root / **node.as_string()};
    } else {
      rule.which = splits.texts_of(node, name);
    }
    description.splits.push_back(std::move(rule));
  }
  if (sum > 1 + 1e-9)
    throw kernels::DataError("{}: splits: expected fractions that sum to 1 at most, got {}", file, sum);
}

void require_equal_stars(const FolderDescription& description, const std::string& file) {
  const std::string& first = description.images.empty() ? description.rgb : description.images;
  for (const std::string* pattern : {&description.thermal, &description.labels})
    if (!pattern->empty() && stars_of(*pattern) != stars_of(first))
      throw kernels::DataError("{}: expected patterns with equally many *, got \"{}\" and \"{}\"", file, first,
                               *pattern);
}

}  // namespace

FolderDescription read_folder_description(const fs::path& path) {
  const std::string file = path.string();
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    throw kernels::FileError("{}: the description of the data set cannot be opened (write one with: prepare folder {})",
                             file, fs::is_directory(path, ignored) ? file : "DIRECTORY");
  std::ifstream stream(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream) throw kernels::FileError("{}: cannot be read", file);
  return parse_folder_description(text, path);
}

FolderDescription parse_folder_description(std::string_view text, const fs::path& path) {
  const std::string file = path.string();
  require_ascii_outside_values(file, text);
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    throw kernels::DataError("{}: line {}: {}", file, error.source().begin.line, std::string(error.description()));
  }
  Section top(file, "", table);
  FolderDescription description;
  description.root = (path.parent_path() / top.text("root", ".")).lexically_normal();
  description.registered = top.yes("registered", true);
  read_images(top, description, file);
  Section labels = top.section("labels"), time = top.section("time");
  description.labels = labels.pattern("files");
  description.ignored = labels.wholes("ignored", 0, 255);
  labels.finish();
  read_classes(top, description, file);
  read_splits(top, description, file);
  description.day = time.texts("day");
  description.night = time.texts("night");
  time.finish();
  top.finish();
  require_equal_stars(description, file);
  return description;
}

}  // namespace datasets
