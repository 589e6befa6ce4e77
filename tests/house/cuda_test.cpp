// SPDX-License-Identifier: Apache-2.0
// The list of ops without a CUDA kernel is the truth: an op on it has a row that names none, an op off it names one in
// every row and has its source, which the emulated build compiles and the op's test runs.
#include <algorithm>
#include <iterator>
#include <regex>
#include <set>

#include "tests/cases/without_cuda.h"
#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace house {
namespace {

Complaints wrong_about_cuda(const std::vector<SourceFile>& files, const std::set<std::string>& without) {
  static const std::regex header("kernels/([a-z0-9_]+)\\.h"), row("inline constexpr Kernel [^;]*;");
  std::set<std::string> paths, ops;
  for (const SourceFile& file : files) paths.insert(file.path);
  Complaints complaints;
  for (const SourceFile& file : files) {
    std::smatch match;
    if (!std::regex_match(file.path, match, header)) continue;
    const std::string op = match[1];
    bool complete = true;
    for (std::sregex_iterator at(file.text.begin(), file.text.end(), row), end; at != end; ++at) {
      ops.insert(op);
      complete &= at->str().find("nullptr") == std::string::npos;
    }
    if (!ops.count(op)) continue;  // No rows.
    if (complete && without.count(op))
      complaints.push_back(file.path + ": every row names a CUDA kernel; take " + op +
                           " off tests/cases/without_cuda.h");
    if (!complete && !without.count(op))
      complaints.push_back(file.path + ": a row names no CUDA kernel, and " + op +
                           " is not in tests/cases/without_cuda.h");
    if (complete && !paths.count("kernels/cuda/" + op + ".cu"))
      complaints.push_back(file.path + ": kernels/cuda/" + op + ".cu is missing");
    if (complete && !paths.count("tests/kernels/" + op + "_test.cpp"))
      complaints.push_back(file.path + ": no emulated test: tests/kernels/" + op + "_test.cpp is missing");
  }
  for (const std::string& op : without)
    if (!ops.count(op)) complaints.push_back("tests/cases/without_cuda.h names " + op + ", which is no op");
  return complaints;
}

std::vector<SourceFile> with_row(const std::string& slot) {
  return {{"kernels/relu.h", "inline constexpr Kernel relu_forward{\"relu_forward\",\n &cpu::relu, " + slot + "};\n"},
          {"kernels/cuda/relu.cu", ""},
          {"tests/kernels/relu_test.cpp", ""}};
}

TEST_CASE("every op has a CUDA kernel, or is named as one that has none", "[house]") {
  const std::set<std::string> without(std::begin(test::ops_without_cuda), std::end(test::ops_without_cuda));
  const Complaints complaints = wrong_about_cuda(source_tree(), without);
  INFO(listed(complaints));
  CHECK(complaints.empty());
}

TEST_CASE("the CUDA rule finds an op that is wrongly on the list or off it", "[house]") {
  CHECK(wrong_about_cuda(with_row("CUDA_SLOT(cuda::relu)"), {}).empty());
  CHECK(wrong_about_cuda(with_row("nullptr"), {"relu"}).empty());
  CHECK(wrong_about_cuda(with_row("CUDA_SLOT(cuda::relu)"), {"relu"}).size() == 1);
  CHECK(wrong_about_cuda(with_row("nullptr"), {}).size() == 1);
  CHECK(wrong_about_cuda(with_row("nullptr"), {"relu", "gelu"}).size() == 1);
}

TEST_CASE("the CUDA rule asks for the kernel's source and test", "[house]") {
  for (std::size_t i = 1; i < 3; ++i) {
    std::vector<SourceFile> files = with_row("CUDA_SLOT(cuda::relu)");
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(wrong_about_cuda(files, {}).size() == 1);
  }
}

}  // namespace
}  // namespace house
