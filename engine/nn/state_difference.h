// SPDX-License-Identifier: Apache-2.0
// In what the names and shapes of a weight file differ from those of a network, with a guess for every missing name.
#pragma once

#include <string>
#include <vector>

#include "engine/formats/tensor_file.h"
#include "engine/nn/parameter_store.h"

namespace engine::nn {

struct StateDifference {
  struct Missing {
    std::string name;
    std::string nearest;  // Among the unexpected names, by edit distance; empty where there are none.
  };
  struct Misshaped {
    std::string name;
    std::vector<std::int64_t> network, file;
  };
  std::vector<Missing> missing;         // States of the network that the file does not have.
  std::vector<std::string> unexpected;  // Names of the file that the network does not have.
  std::vector<Misshaped> misshaped;

  bool empty() const { return missing.empty() && unexpected.empty() && misshaped.empty(); }
  // "3 missing, 1 unexpected, 0 of another shape", then every list of at most `most` lines.
  std::string text(std::size_t most) const;
  // The same in one line, for errors.
  std::string line(std::size_t most) const;

 private:
  using Listing = void(std::string& text, const char* title, const std::vector<std::string>& items, std::size_t most);
  std::string told(std::size_t most, Listing* add) const;
};

// Whether the record's values fit the entry: its shape is the same, or its rows can be resampled to it.
bool fits(const StateEntry& entry, const TensorRecord& record);

// Counters (num_batches_tracked) may be absent: old PyTorch files have none. With a prefix, the names below it are
// compared and the others are not looked at; nor are names with a slash behind it (engine/checkpoint.h). Guesses are
// made for the first `most_guesses` missing names.
StateDifference compare_state(const ParameterStore& store, const TensorFile& file, const std::string& prefix = "",
                              std::size_t most_guesses = 10);

// Levenshtein distance: how many letters must be inserted, removed or replaced. Above `limit`, some number above it.
std::size_t edit_distance(const std::string& a, const std::string& b, std::size_t limit);

}  // namespace engine::nn
