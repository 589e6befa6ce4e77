// SPDX-License-Identifier: Apache-2.0
// Who may include whom (docs/architecture.md, section 1), read from the include lines.
#include <map>
#include <regex>
#include <set>

#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace house {
namespace {

// kernels <- engine <- {models, datasets} <- train; bench may include all of them, tests everything.
const std::map<std::string, std::set<std::string>> allowed_rooms = {
    {"kernels", {"kernels"}},
    {"engine", {"kernels", "engine"}},
    {"models", {"kernels", "engine", "models"}},
    {"datasets", {"kernels", "engine", "datasets"}},
    {"train", {"kernels", "engine", "models", "datasets", "train"}},
    {"bench", {"kernels", "engine", "models", "datasets", "train", "bench", "tests/cases"}},
    {"tests", {"kernels", "engine", "models", "datasets", "train", "bench", "tests"}},
};

// A library's headers, and the only places where they may appear.
struct LibraryRule {
  std::regex header;
  std::vector<std::string> places;
};

const std::vector<LibraryRule>& library_rules() {
  static const std::vector<LibraryRule> rules = {
      {std::regex("(oneapi/)?dnnl.*"), {"kernels/cpu/"}},
      {std::regex("(cuda|cudnn|cublas|nvrtc|nvtx|mma\\.h|cooperative_groups).*"),
       {"kernels/cuda/", "engine/distributed/nccl."}},
      {std::regex("nccl.*"), {"engine/distributed/nccl."}},
      {std::regex("mpi\\.h"), {"engine/distributed/mpi."}},
  };
  return rules;
}

bool under_any(const std::string& path, const std::vector<std::string>& places) {
  return std::any_of(places.begin(), places.end(), [&](const std::string& start) { return starts_with(path, start); });
}

std::string check_quoted_include(const std::string& from, const std::string& included) {
  const std::string from_room = room_of(from);
  const auto rule = allowed_rooms.find(from_room);
  if (rule == allowed_rooms.end()) return "is in no room";
  if (included.find('/') == std::string::npos || starts_with(included, "."))
    return "includes \"" + included + "\": paths start at the root";
  const bool allowed = std::any_of(rule->second.begin(), rule->second.end(),
                                   [&](const std::string& room) { return starts_with(included, room + "/"); });
  if (!allowed) return from_room + " may not include \"" + included + "\"";
  // What a backend keeps to itself is reached through the rows of kernels/<op>.h.
  const bool backend = under_any(included, {"kernels/cpu/", "kernels/reference/", "kernels/cuda/"});
  if (backend && from_room != "kernels" && from_room != "tests")
    return "\"" + included + "\" belongs to a backend; call the row in kernels/ instead";
  return {};
}

Complaints forbidden_includes(const std::vector<SourceFile>& files) {
  static const std::regex include_line("\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"].*");
  Complaints complaints;
  for (const SourceFile& file : files) {
    if (!is_code(file)) continue;
    const std::vector<std::string> lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_match(lines[i], match, include_line)) continue;
      const std::string included = match[2];
      for (const LibraryRule& rule : library_rules())
        if (std::regex_match(included, rule.header) && !under_any(file.path, rule.places))
          complaints.push_back(place(file, i) + ": <" + included + "> belongs only under " + rule.places.front());
      if (match[1] == "<") continue;
      const std::string complaint = check_quoted_include(file.path, included);
      if (!complaint.empty()) complaints.push_back(place(file, i) + ": " + complaint);
    }
  }
  return complaints;
}

TEST_CASE("includes follow the layers", "[house]") {
  const Complaints complaints = forbidden_includes(source_tree());
  INFO(listed(complaints));
  CHECK(complaints.empty());
}

TEST_CASE("the layer rule finds each kind of offender", "[house]") {
  const auto offends = [](const std::string& path, const std::string& line) {
    return forbidden_includes({{path, line + "\n"}}).size() == 1;
  };
  CHECK(offends("kernels/a.cpp", "#include \"engine/tensor.h\""));
  CHECK(offends("engine/a.cpp", "#include \"models/rtfnet.h\""));
  CHECK(offends("models/a.cpp", "#include \"datasets/image.h\""));
  CHECK(offends("datasets/a.cpp", "#include \"models/rtfnet.h\""));
  CHECK(offends("train/a.cpp", "#include \"tests/support/catch.h\""));
  CHECK(offends("bench/a.cpp", "#include \"tests/support/catch.h\""));
  CHECK(offends("engine/a.cpp", "#include \"kernels/cpu/conv2d.h\""));
  CHECK(offends("engine/a.cpp", "#include \"tensor.h\""));
  CHECK(offends("engine/a.cpp", "  #  include <oneapi/dnnl/dnnl.hpp>  // why"));
  CHECK(offends("kernels/conv2d.cpp", "#include <dnnl.hpp>"));
  CHECK(offends("engine/a.cpp", "#include <cuda_runtime.h>"));
  CHECK(offends("kernels/cuda/a.cu", "#include <nccl.h>"));
  CHECK(offends("train/a.cpp", "#include <mpi.h>"));
  CHECK_FALSE(offends("kernels/cpu/a.cpp", "#include <oneapi/dnnl/dnnl.hpp>"));
  CHECK_FALSE(offends("engine/distributed/nccl.cpp", "#include <cuda_runtime.h>"));
  CHECK_FALSE(offends("bench/a.cpp", "#include \"tests/cases/conv2d_cases.h\""));
}

}  // namespace
}  // namespace house
