// SPDX-License-Identifier: Apache-2.0
// Which of several implementations takes a problem: timed once per problem, device and versions, and remembered, in
// memory and in a file. Knows nothing of what is chosen from, nor of how it is timed.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace kernels {

// Where device cuda has its convolutions and matrix products done: by the hand-written kernels, by cuDNN and cuBLASLt,
// or by whichever is quicker. unset: the quicker on a GPU; other devices have no choice.
enum class Provider { unset, native, library, automatic };
Provider parse_provider(std::string_view text);  // "native", "library", "auto"; throws UsageError.
const char* name_of(Provider provider);

enum class Determinism { relaxed, required };

struct AutotuneOptions {
  Provider provider = Provider::unset;
  // required: the first admissible candidate is taken, nothing is timed and no file read: the choice, and with it every
  // bit of the results, is the same in every run.
  Determinism determinism = Determinism::relaxed;
  std::string file = {};                              // Empty: choices are kept in memory only.
  std::function<void(const std::string&)> warn = {};  // Told of a damaged file, of a candidate that failed.
};

struct Candidate {
  std::string name;           // The same in every process: it is what is remembered.
  std::function<void()> run;  // Solves the problem once.
};

// Seconds that one run of a candidate takes.
using Stopwatch = std::function<double(const std::function<void()>& run)>;

class Autotuner {
 public:
  // What a choice holds for: what is to be solved, and where (device, versions, revision of the kernels).
  struct Problem {
    std::string where, what;
  };
  using Choices = std::map<std::string, std::string>;  // From "what; where" to the candidate's name.

  explicit Autotuner(AutotuneOptions options = {}) : options_(std::move(options)) {}

  const AutotuneOptions& options() const { return options_; }

  // The index of the candidate to take: the remembered one where it is still among them, else the quickest. A candidate
  // that throws DeviceError while it is timed is out of the race; where all of them do, the last error is thrown.
  // Without stopwatch the first is taken. Throws DeviceError where there is no candidate.
  std::size_t choose(const Problem& problem, std::span<const Candidate> candidates, const Stopwatch& stopwatch);

  // The name that was remembered, empty where there is none: a candidate that is costly to make need not be made.
  std::string remembered(const Problem& problem);

  // All choices made or taken over so far, for checkpoints.
  const Choices& choices() const { return choices_; }
  // Takes over the choices of an earlier run, before anything is chosen. They go before those of the file.
  void take_over(const Choices& choices);

 private:
  std::size_t time_all(const Problem& problem, std::span<const Candidate> candidates, const Stopwatch& stopwatch);
  void warn(const std::string& text) const;
  void read_file();

  AutotuneOptions options_;
  Choices choices_;    // Of this run.
  Choices from_file_;  // Once read.
  bool file_read_ = false;
};

}  // namespace kernels
