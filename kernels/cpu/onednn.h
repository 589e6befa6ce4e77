// SPDX-License-Identifier: Apache-2.0
// What this backend keeps of oneDNN: one engine and stream per queue, primitives cached by problem, packed weights kept
// where they are used twice. Included by kernels/cpu only.
#pragma once

#ifdef ISOTHERM_HAVE_ONEDNN

#include <dnnl.hpp>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/parallel.h"

namespace kernels::cpu {

// Everything that decides which primitive is built, as numbers. Two problems with equal keys share a primitive.
using ProblemKey = std::vector<std::int64_t>;

// A primitive with its descriptions of memory, as oneDNN wants them.
struct Primitive {
  dnnl::primitive primitive;
  dnnl::memory::desc source, weights, destination, scratchpad;
};

class OneDnn {
 public:
  static OneDnn& of(Queue& queue);

  const dnnl::engine& engine() const { return engine_; }
  dnnl::stream& stream() { return stream_; }

  // The primitive for `key`, built by `build` the first time.
  const Primitive& primitive(const ProblemKey& key, const std::function<Primitive()>& build);

  // `weight` in the layout and type that `wanted` asks for. The packed copy is kept once the same data is asked for
  // twice (inference), and is temporary otherwise (training, where every step changes the weights; kernels/
  // packed_weights.h).
  dnnl::memory packed(Queue& queue, ConstView weight, const dnnl::memory::desc& plain,
                      const dnnl::memory::desc& wanted);

  void keep_packed(bool keep);

  // Memory over a caller's data.
  dnnl::memory wrap(const dnnl::memory::desc& description, const void* data) const {
    return {description, engine_, const_cast<void*>(data)};
  }
  // Runs with a scratchpad from the queue. Throws DeviceError with the name of the row on failure.
  void run(Queue& queue, const char* row, const Primitive& primitive, std::unordered_map<int, dnnl::memory> arguments);
  void reorder(Queue& queue, dnnl::memory& from, dnnl::memory& to);

 private:
  struct Packed {
    std::uint64_t version = 0;
    std::vector<std::pair<dnnl::memory::desc, std::shared_ptr<void>>> copies;
  };
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::map<ProblemKey, Primitive> primitives_;
  std::map<std::uint64_t, Packed> packed_;  // By storage.
  bool keep_packed_ = true;
  std::shared_ptr<void> temporary_;  // The last copy that is not kept; lives until the next one.
  bool registered_ = false;
};

dnnl::memory::data_type data_type(DType dtype);
// Rank-4 activations in the engine's memory order.
dnnl::memory::desc activation_desc(const Shape& shape, DType dtype);

}  // namespace kernels::cpu

#endif
