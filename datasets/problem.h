// SPDX-License-Identifier: Apache-2.0
// What may be wrong with a data set, told file by file instead of by the first exception.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "kernels/error.h"

namespace datasets {

enum class ProblemKind { missing, unreadable, size, depth, label, list };
std::string to_string(ProblemKind kind);  // "missing partner", "unreadable", "wrong size", ...

struct Problem {
  ProblemKind kind = ProblemKind::unreadable;
  std::filesystem::path file;
  std::string message;  // Begins with the file.
};
using TellProblem = std::function<void(const Problem&)>;

// The steps of reading one sample. Without a listener, a step that fails throws on; with one, it is told, and the next
// step follows.
class Steps {
 public:
  Steps() = default;
  explicit Steps(TellProblem tell) : tell_(std::move(tell)) {}

  // True where `step` ended well. A FileError is a missing file or an unreadable one, any other Error is `kind`.
  template <class Step>
  bool attempt(ProblemKind kind, const std::filesystem::path& file, const Step& step) const {
    if (!tell_) {
      step();
      return true;
    }
    try {
      step();
      return true;
    } catch (const kernels::FileError& error) {
      std::error_code ignored;
      const bool exists = std::filesystem::exists(file, ignored);
      tell_({exists ? ProblemKind::unreadable : ProblemKind::missing, file, error.what()});
    } catch (const kernels::Error& error) {
      tell_({kind, file, error.what()});
    }
    return false;
  }

 private:
  TellProblem tell_;
};

}  // namespace datasets
