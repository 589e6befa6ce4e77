// SPDX-License-Identifier: Apache-2.0
// The state of a run in one file: everything that a killed run needs to end with the weights it would have had.
//
// A checkpoint is a safetensors file. Tensors are row-major (n, c, h, w) and OIHW: floating ones F32 (F64 from the
// reference device), whole numbers I64. By habit the weights of the network stand under their plain state-dict keys, so
// that the file is also a weight file; everything else has a prefix with a slash, which no key contains: "optimizer/",
// "average/", or a second network's name. The facts below are JSON in the metadata. Every byte is covered by a
// checksum.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/formats/sealed_file.h"
#include "engine/named_tensor.h"
#include "engine/nn/parameter_store.h"

namespace engine {

struct RunFacts {
  std::int64_t epoch = 0, step = 0;  // Finished ones.
  std::optional<double> best_metric;
  std::uint64_t seed = 0;
  int threads = 0;
  std::string instruction_set;
  std::map<std::string, std::string> versions;  // Of this program and the libraries that compute: name -> version.
  nlohmann::json configuration = nlohmann::json::object();
  std::map<std::string, std::uint64_t> random_counters;  // Stream -> position.

  friend bool operator==(const RunFacts&, const RunFacts&) = default;
};

// What differs between then and now and may change the bits of the result: one sentence each, for a warning on resume.
std::vector<std::string> reproducibility_differences(const RunFacts& then, const RunFacts& now);

// Collects what is to be saved. Values are copied when they are added.
class CheckpointWriter {
 public:
  RunFacts facts;

  void add(const std::string& name, const Tensor& tensor);
  void add(const std::string& prefix, std::span<const NamedTensor> tensors);
  void add(const std::string& prefix, const nn::ParameterStore& store);  // Parameters, buffers, counters.
  void add_integer(const std::string& name, std::int64_t value);         // Shape [].
  // The file appears whole or not at all. `before_rename`: see write_sealed. Throws FileError, CheckpointError.
  void write(const std::filesystem::path& path, const std::function<void()>& before_rename = {}) const;

 private:
  std::vector<OwnedTensor> entries_;
};

// Whether a safetensors file says that it is a checkpoint; it may be damaged. A plain weight file is none.
bool is_checkpoint(const SafetensorsFile& file);

class Checkpoint {
 public:
  // Throws CheckpointError where the file is missing or any byte of it is not what was written: the message says what
  // is wrong and which checkpoint beside it can be resumed instead.
  static Checkpoint open(const std::filesystem::path& path);

  const RunFacts& facts() const { return facts_; }
  const SafetensorsFile& file() const { return file_; }  // For the weights: their names, shapes, values.
  // The tensors whose names begin with prefix, without it, on `queue`, as f32, f64 or i64.
  std::vector<NamedTensor> tensors(const std::string& prefix, const std::shared_ptr<Queue>& queue) const;

 private:
  Checkpoint(SafetensorsFile file, RunFacts facts) : file_(std::move(file)), facts_(std::move(facts)) {}
  SafetensorsFile file_;
  RunFacts facts_;
};

// The checkpoints of one run: last.safetensors, the one before it as previous.safetensors, best.safetensors, and as
// many of past epochs as are wanted. At every instant after the first save, whatever happens to the process, last is a
// whole checkpoint. The folder is created by the first save. Every function throws FileError.
class CheckpointFolder {
 public:
  explicit CheckpointFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path last() const { return folder_ / "last.safetensors"; }
  std::filesystem::path previous() const { return folder_ / "previous.safetensors"; }
  std::filesystem::path best() const { return folder_ / "best.safetensors"; }
  std::filesystem::path of_epoch(std::int64_t epoch) const;  // "epoch007.safetensors".

  // The last becomes the previous, unless it is damaged: then the previous stays.
  void save_last(const CheckpointWriter& state);
  void save_best(const CheckpointWriter& state) const;
  // The last, which was saved after `epoch`, stays under its name too; those of `count` epochs before it and earlier
  // go. Later ones, of a run that began again from an earlier checkpoint, stay until it comes there.
  void keep_epoch(std::int64_t epoch, int count) const;

 private:
  void create() const;

  std::filesystem::path folder_;
  bool last_is_whole_ = false;  // Known, because this process wrote it.
};

}  // namespace engine
