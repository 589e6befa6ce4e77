// SPDX-License-Identifier: Apache-2.0
// Several ways of computing one problem on device cuda, and the one that the queue's autotuner has taken.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernels/queue.h"

namespace kernels::cuda {

// `run` may be called for any call with the shapes, types and options of the one that it was made for.
template <class Call>
struct Way {
  std::string name;
  std::function<void(Queue&, const Call&)> run;
};

// Everything that decides which ways there are, as numbers.
using ProblemKey = std::vector<std::int64_t>;

// What choices hold for, and how they are timed. No stopwatch: an emulated device, which has no times of its own.
struct Surroundings {
  std::string where;  // "NVIDIA H200, compute capability 9.0, CUDA 13.0, cuDNN 9.19.0, kernels 1".
  Stopwatch stopwatch;
};
Surroundings surroundings_of(Queue& queue, const std::string& library_version);

// Whether the autotuner is asked. Unset: where a library (with a version) can be weighed against the kernels.
inline bool has_choice(Queue& queue, const std::string& library_version) {
  return queue.autotuner().options().provider != Provider::unset || !library_version.empty();
}

// The way that was taken for `key`, chosen at the first call: `describe` gives the problem in words, `list` the ways in
// the order of preference, given the name that is remembered.
template <class Call, class Describe, class List>
const Way<Call>& way_for(Queue& queue, const Surroundings& surroundings, std::map<ProblemKey, Way<Call>>& known,
                         const ProblemKey& key, const Call& call, const Describe& describe, const List& list) {
  if (const auto found = known.find(key); found != known.end()) return found->second;
  Autotuner& autotuner = queue.autotuner();
  const Autotuner::Problem problem{.where = surroundings.where + ", " + name_of(autotuner.options().provider),
                                   .what = describe()};
  std::vector<Way<Call>> ways = list(autotuner.remembered(problem));
  std::vector<Candidate> candidates;
  for (const Way<Call>& way : ways)
    candidates.push_back({way.name, [&queue, &way, &call] {
                            way.run(queue, call);
                          }});
  const std::size_t chosen = autotuner.choose(problem, candidates, surroundings.stopwatch);
  return known.emplace(key, std::move(ways[chosen])).first->second;
}

// Native ways with those of a library among them: behind the kernels' own rule, or alone where only they are wanted and
// there are some. Where there are none the kernels stand in, and the record of the run tells so by name.
template <class Call>
std::vector<Way<Call>> joined_ways(Queue& queue, std::vector<Way<Call>> by_hand, std::vector<Way<Call>> by_library) {
  if (queue.autotuner().options().provider == Provider::library && !by_library.empty()) return by_library;
  by_hand.insert(by_hand.begin() + 1, by_library.begin(), by_library.end());
  return by_hand;
}

// Plans of libraries are made for addresses of 16 bytes.
template <class... Views>
bool take_library_access(const Views&... views) {
  return ((reinterpret_cast<std::uintptr_t>(views.data) % 16 == 0) && ...);
}

}  // namespace kernels::cuda
