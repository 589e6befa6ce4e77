// SPDX-License-Identifier: Apache-2.0
#include "kernels/autotune.h"

#include <algorithm>
#include <exception>
#include <limits>

#include "kernels/autotune_file.h"
#include "kernels/error.h"

namespace kernels {

namespace {

std::string key_of(const Autotuner::Problem& problem) {
  return problem.what + "; " + problem.where;
}

}  // namespace

Provider parse_provider(std::string_view text) {
  if (text == "native") return Provider::native;
  if (text == "library") return Provider::library;
  if (text == "auto") return Provider::automatic;
  throw UsageError("--conv {}: expected native, library or auto", text);
}

const char* name_of(Provider provider) {
  switch (provider) {
    case Provider::unset:
      return "unset";
    case Provider::native:
      return "native";
    case Provider::library:
      return "library";
    case Provider::automatic:
      return "auto";
  }
  return "?";
}

void Autotuner::warn(const std::string& text) const {
  if (options_.warn) options_.warn(text);
}

void Autotuner::read_file() {
  if (file_read_) return;
  file_read_ = true;
  if (options_.file.empty() || options_.determinism == Determinism::required) return;
  try {
    from_file_ = read_choices(options_.file);
  } catch (const FileError& error) {
    warn(fmt::format("{}; it is made anew", error.what()));
  }
}

void Autotuner::take_over(const Choices& choices) {
  for (const auto& [key, name] : choices) choices_[key] = name;
}

std::string Autotuner::remembered(const Problem& problem) {
  read_file();
  const std::string key = key_of(problem);
  for (const Choices* known : {&choices_, &from_file_})
    if (const auto found = known->find(key); found != known->end()) return found->second;
  return {};
}

std::size_t Autotuner::time_all(const Problem& problem, std::span<const Candidate> candidates,
                                const Stopwatch& stopwatch) {
  double least = std::numeric_limits<double>::infinity();
  std::size_t quickest = candidates.size();
  std::exception_ptr failure;
  for (std::size_t i = 0; i < candidates.size(); ++i) try {
      const double seconds = stopwatch(candidates[i].run);
      if (seconds < least) {
        least = seconds;
        quickest = i;
      }
    } catch (const DeviceError& error) {
      failure = std::current_exception();
      warn(fmt::format("{}: {} is left out, it failed: {}", problem.what, candidates[i].name, error.what()));
    }
  if (quickest < candidates.size()) return quickest;
  if (failure) std::rethrow_exception(failure);
  return 0;  // The clock stands still.
}

std::size_t Autotuner::choose(const Problem& problem, std::span<const Candidate> candidates,
                              const Stopwatch& stopwatch) {
  if (candidates.empty()) throw DeviceError("{}: nothing here can compute it ({})", problem.what, problem.where);
  const std::string known = remembered(problem);
  const auto found =
      std::find_if(candidates.begin(), candidates.end(), [&](const auto& each) { return each.name == known; });
  std::size_t chosen = static_cast<std::size_t>(found - candidates.begin());
  const bool timed = options_.determinism == Determinism::relaxed && stopwatch && candidates.size() > 1;
  if (found == candidates.end()) {
    chosen = timed ? time_all(problem, candidates, stopwatch) : 0;
    if (timed && !options_.file.empty()) try {
        from_file_ = add_choice(options_.file, key_of(problem), candidates[chosen].name);
      } catch (const FileError& error) {
        warn(fmt::format("{}; choices are kept in memory only", error.what()));
        options_.file.clear();
      }
  }
  choices_[key_of(problem)] = candidates[chosen].name;
  return chosen;
}

}  // namespace kernels
