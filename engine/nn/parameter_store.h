// SPDX-License-Identifier: Apache-2.0
// The state of a network: every parameter and buffer by its path, in the order in which layers were made. Names equal
// the original repositories' state-dict keys, so published weights load without a translation table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/named_tensor.h"
#include "engine/nn/initialisation.h"
#include "engine/tensor.h"

namespace engine::nn {

struct StateEntry {
  enum class Kind { parameter, buffer, counter };
  std::string name;
  Kind kind;
  Tensor tensor;                          // Empty for counters.
  std::shared_ptr<std::int64_t> counter;  // num_batches_tracked: an integer that lives on the host.
  // Resampled: rows belong to places of an image, [places, values], and weights for another number of places are
  // interpolated between (engine/nn/weights.h).
  enum class Rows { fixed, resampled } rows = Rows::fixed;

  Shape shape() const { return tensor ? tensor.shape() : Shape{}; }
};

class Scope;

class ParameterStore {
 public:
  // Parameters live on `queue` in its master type; `seed` decides their initial values.
  explicit ParameterStore(std::shared_ptr<Queue> queue, std::uint64_t seed = 0);

  Scope root();
  const std::shared_ptr<Queue>& queue() const { return queue_; }
  const std::vector<StateEntry>& entries() const { return entries_; }
  std::vector<NamedTensor> parameters() const;
  const StateEntry* find(const std::string& name) const;
  // Nothing requires a gradient from here on: nothing that only these parameters touch is recorded.
  void freeze();

  // Called by Scope. Throws Error where a name is taken.
  Tensor add_parameter(const std::string& name, const Shape& shape, const Initialisation& rule,
                       StateEntry::Rows rows = StateEntry::Rows::fixed);
  Tensor add_buffer(const std::string& name, const Shape& shape, double value);
  std::shared_ptr<std::int64_t> add_counter(const std::string& name);

 private:
  void add(StateEntry entry);
  std::shared_ptr<Queue> queue_;
  std::uint64_t seed_;
  std::vector<StateEntry> entries_;
};

// A place in the tree of names: at / "layer1" / "0" gives "layer1.0". Layers are constructed with one.
class Scope {
 public:
  Scope(ParameterStore& store, std::string path) : store_(&store), path_(std::move(path)) {}

  Scope operator/(const std::string& name) const { return {*store_, path_.empty() ? name : path_ + "." + name}; }
  Scope operator/(int index) const { return *this / std::to_string(index); }
  // A name that is glued on without a dot: at / "encoder_rgb_" + "layer1".
  Scope operator+(const std::string& suffix) const { return {*store_, path_ + suffix}; }
  const std::string& path() const { return path_; }

  Tensor parameter(const std::string& name, const Shape& shape, const Initialisation& rule,
                   StateEntry::Rows rows = StateEntry::Rows::fixed) const {
    return store_->add_parameter((*this / name).path_, shape, rule, rows);
  }
  Tensor buffer(const std::string& name, const Shape& shape, double value) const {
    return store_->add_buffer((*this / name).path_, shape, value);
  }
  std::shared_ptr<std::int64_t> counter(const std::string& name) const {
    return store_->add_counter((*this / name).path_);
  }

 private:
  ParameterStore* store_;
  std::string path_;
};

}  // namespace engine::nn
