// SPDX-License-Identifier: Apache-2.0
#include "tests/support/training.h"

#include <algorithm>
#include <cstring>

#include "engine/formats/safetensors.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace test {

namespace {

// `--flag value` pairs of `line`, but for flags that stand in `others`.
std::vector<std::string> without(const std::string& line, const std::vector<std::string>& others) {
  std::vector<std::string> kept;
  bool keeping = true;
  for (const std::string& word : words(line)) {
    if (word.starts_with("--")) keeping = std::find(others.begin(), others.end(), word) == others.end();
    if (keeping) kept.push_back(word);
  }
  return kept;
}

}  // namespace

pid_t start_training(const std::filesystem::path& out, const SmallTraining& training) {
  const std::vector<std::string> more = words(training.more);
  std::vector<std::string> arguments = without(training.problem, more);
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.insert(arguments.end(), {"--epochs", std::to_string(training.epochs)});
  arguments.insert(arguments.end(), {"--out", out.string(), "--resume"});
  if (!training.resume_from.empty()) arguments.push_back(training.resume_from);
  return start_program("train", arguments, out.string() + ".log", training.faults);
}

int train(const std::filesystem::path& out, const SmallTraining& training) {
  return wait_for(start_training(out, training));
}

std::string log_of(const std::filesystem::path& out) {
  return read_text(out.string() + ".log");
}

std::string differences(const std::filesystem::path& a, const std::filesystem::path& b) {
  const auto left = engine::SafetensorsFile::open(a), right = engine::SafetensorsFile::open(b);
  std::string names;
  if (left.names() != right.names()) names += "the lists of tensors differ; ";
  for (const auto& record : left.records()) {
    const auto* other = right.find(record.name);
    if (other == nullptr || other->bytes != record.bytes || std::memcmp(other->data, record.data, record.bytes) != 0)
      names += record.name + " ";
  }
  return names;
}

}  // namespace test
