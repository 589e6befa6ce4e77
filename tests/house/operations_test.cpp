// SPDX-License-Identifier: Apache-2.0
// Every op answers every question in its one obvious place (docs/architecture.md, section 2). Two words in an op's
// header change what is asked: not_differentiable (no gradient check) and composed_of (it calls other ops only, so it
// has no kernel of its own: its engine test and gradient check remain).
#include <map>

#include "tests/house/source_tree.h"
#include "tests/support/catch.h"

namespace house {
namespace {

Complaints incomplete_operations(const std::vector<SourceFile>& files) {
  std::map<std::string, const std::string*> text_of;
  for (const SourceFile& file : files) text_of[file.path] = &file.text;

  Complaints complaints;
  for (const SourceFile& file : files) {
    const std::string folder = "engine/ops/";
    if (!starts_with(file.path, folder) || !ends_with(file.path, ".h")) continue;
    const std::string name = file.path.substr(folder.size(), file.path.size() - folder.size() - 2);
    if (name == "common") continue;  // What ops share.
    const std::string gradient_test = "tests/engine/" + name + "_test.cpp";
    std::vector<std::string> wanted = {"engine/ops/" + name + ".cpp", gradient_test};
    if (file.text.find("composed_of") == std::string::npos)
      for (const std::string& path :
           {"kernels/" + name + ".h", "kernels/reference/" + name + ".cpp", "kernels/cpu/" + name + ".cpp",
            "tests/cases/" + name + "_cases.h", "tests/kernels/" + name + "_test.cpp", "bench/" + name + "_bench.cpp"})
        wanted.push_back(path);
    for (const std::string& path : wanted)
      if (!text_of.count(path)) complaints.push_back("op " + name + ": " + path + " is missing");
    const bool differentiable = file.text.find("not_differentiable") == std::string::npos;
    if (differentiable && text_of.count(gradient_test) &&
        text_of[gradient_test]->find("check_gradients") == std::string::npos)
      complaints.push_back("op " + name + ": " + gradient_test +
                           " never calls check_gradients, and the op is not marked not_differentiable");
  }
  return complaints;
}

std::vector<SourceFile> complete_operation() {
  return {{"engine/ops/relu.h", "Tensor relu(const Tensor& x);\n"},
          {"engine/ops/relu.cpp", ""},
          {"kernels/relu.h", ""},
          {"kernels/reference/relu.cpp", ""},
          {"kernels/cpu/relu.cpp", ""},
          {"tests/cases/relu_cases.h", ""},
          {"tests/kernels/relu_test.cpp", ""},
          {"tests/engine/relu_test.cpp", "check_gradients(...);\n"},
          {"bench/relu_bench.cpp", ""}};
}

TEST_CASE("every op has its reference, cases, tests, gradient check and bench", "[house]") {
  const Complaints complaints = incomplete_operations(source_tree());
  INFO(listed(complaints));
  CHECK(complaints.empty());
}

TEST_CASE("the op rule misses each part that is taken away", "[house]") {
  CHECK(incomplete_operations(complete_operation()).empty());
  for (std::size_t i = 1; i < complete_operation().size(); ++i) {
    std::vector<SourceFile> files = complete_operation();
    files.erase(files.begin() + static_cast<std::ptrdiff_t>(i));
    INFO("without " << complete_operation()[i].path);
    CHECK(incomplete_operations(files).size() == 1);
  }
}

TEST_CASE("the op rule asks for a gradient check unless the op has no gradient", "[house]") {
  std::vector<SourceFile> files = complete_operation();
  files[7].text = "";
  CHECK(incomplete_operations(files).size() == 1);
  files[0].text += "// not_differentiable: integers come out.\n";
  CHECK(incomplete_operations(files).empty());
}

TEST_CASE("the op rule asks a composed op for its engine test only", "[house]") {
  const SourceFile header = {"engine/ops/linear.h", "// composed_of: matmul, elementwise_binary.\n"};
  CHECK(incomplete_operations({header}).size() == 2);
  CHECK(incomplete_operations({header, {"engine/ops/linear.cpp", ""}, {"tests/engine/linear_test.cpp", ""}}).size() ==
        1);
}

}  // namespace
}  // namespace house
