// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint.h"

#include <charconv>

#include "engine/formats/atomic_file.h"
#include "engine/stored_tensor.h"
#include "kernels/error.h"

namespace engine {

using kernels::CheckpointError;
namespace fs = std::filesystem;

namespace {

constexpr const char* facts_key = "run";

nlohmann::json to_json(const RunFacts& facts) {
  nlohmann::json json = {{"epoch", facts.epoch},
                         {"step", facts.step},
                         {"seed", facts.seed},
                         {"threads", facts.threads},
                         {"instruction_set", facts.instruction_set},
                         {"versions", facts.versions},
                         {"configuration", facts.configuration},
                         {"random_counters", facts.random_counters}};
  json["best_metric"] = facts.best_metric ? nlohmann::json(*facts.best_metric) : nlohmann::json(nullptr);
  return json;
}

RunFacts from_json(const fs::path& path, const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    RunFacts facts;
    json.at("epoch").get_to(facts.epoch);
    json.at("step").get_to(facts.step);
    json.at("seed").get_to(facts.seed);
    json.at("threads").get_to(facts.threads);
    json.at("instruction_set").get_to(facts.instruction_set);
    json.at("versions").get_to(facts.versions);
    facts.configuration = json.at("configuration");
    json.at("random_counters").get_to(facts.random_counters);
    if (!json.at("best_metric").is_null()) facts.best_metric = json.at("best_metric").get<double>();
    return facts;
  } catch (const nlohmann::json::exception& error) {
    throw CheckpointError("{}: the facts of the run: {}", path.string(), error.what());
  }
}

// A damaged file, also one that is not there.
std::optional<std::string> damage_of(const fs::path& path) {
  if (!fs::exists(path)) return "there is no such file";
  return find_damage(path);
}

std::string advice(const fs::path& damaged) {
  for (const char* name : {"last.safetensors", "previous.safetensors"}) {
    const fs::path other = damaged.parent_path() / name;
    if (other.filename() == damaged.filename() || damage_of(other)) continue;
    return fmt::format("the {} checkpoint is whole: continue with --resume {}",
                       damaged.filename() == "last.safetensors" ? "previous" : "other", other.string());
  }
  return fmt::format("no other checkpoint in '{}' is whole", damaged.parent_path().string());
}

// A second name for a file. It is made beside the name and renamed over it, because a name cannot be linked twice.
void add_name(const fs::path& file, const fs::path& name) {
  fs::path link = name;
  link += ".partial";
  std::error_code error;
  fs::remove(link, error);
  fs::create_hard_link(file, link, error);
  // A file system without links: a copy. It may be cut short by a kill, so it too is renamed when it is whole.
  if (error) fs::copy_file(file, link, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(link, name, error);
  // On success too: of two names of one file, rename() leaves both.
  std::error_code ignored;
  fs::remove(link, ignored);
  if (!error) return;
  throw kernels::FileError("{}: cannot be kept: {}", name.string(), error.message());
}

}  // namespace

std::vector<std::string> reproducibility_differences(const RunFacts& then, const RunFacts& now) {
  std::vector<std::string> differences;
  const auto compare = [&](const std::string& what, const auto& before, const auto& after) {
    if (before != after)
      differences.push_back(fmt::format("the checkpoint was made with {} {}, this run has {}", what, before, after));
  };
  compare("seed", then.seed, now.seed);
  compare("threads", then.threads, now.threads);
  compare("instruction set", then.instruction_set, now.instruction_set);
  std::map<std::string, std::string> versions = then.versions;
  versions.insert(now.versions.begin(), now.versions.end());
  const auto version = [](const RunFacts& facts, const std::string& name) {
    const auto found = facts.versions.find(name);
    return found == facts.versions.end() ? std::string("none") : found->second;
  };
  for (const auto& [name, unused] : versions) compare(name, version(then, name), version(now, name));
  return differences;
}

void CheckpointWriter::add(const std::string& name, const Tensor& tensor) {
  entries_.push_back(stored(name, tensor));
}

void CheckpointWriter::add(const std::string& prefix, std::span<const NamedTensor> tensors) {
  for (const auto& [name, tensor] : tensors) add(prefix + name, tensor);
}

void CheckpointWriter::add(const std::string& prefix, const nn::ParameterStore& store) {
  for (const nn::StateEntry& entry : store.entries()) {
    if (entry.kind == nn::StateEntry::Kind::counter)
      add_integer(prefix + entry.name, *entry.counter);
    else
      add(prefix + entry.name, entry.tensor);
  }
}

void CheckpointWriter::add_integer(const std::string& name, std::int64_t value) {
  entries_.push_back(stored_integer(name, value));
}

void CheckpointWriter::write(const fs::path& path, const std::function<void()>& before_rename) const {
  write_sealed(path, views(entries_), {{facts_key, to_json(facts).dump()}}, before_rename);
}

bool is_checkpoint(const SafetensorsFile& file) {
  return file.metadata().contains(facts_key);
}

Checkpoint Checkpoint::open(const fs::path& path) {
  if (const std::optional<std::string> damage = damage_of(path))
    throw CheckpointError("{}: {}; {}", path.string(), *damage, advice(path));
  SafetensorsFile file = SafetensorsFile::open(path);
  const auto facts = file.metadata().find(facts_key);
  if (facts == file.metadata().end()) throw CheckpointError("{}: the facts of the run are missing", path.string());
  return {std::move(file), from_json(path, facts->second)};
}

std::vector<NamedTensor> Checkpoint::tensors(const std::string& prefix, const std::shared_ptr<Queue>& queue) const {
  std::vector<NamedTensor> result;
  for (const TensorRecord& record : file_.records()) {
    if (!record.name.starts_with(prefix)) continue;
    const Shape shape = Shape::from(record.shape);
    const std::string name = record.name.substr(prefix.size());
    if (record.dtype == FileDType::f64)
      result.push_back({name, from_host(std::span<const double>(to_f64(record)), shape, DType::f64, queue)});
    else if (is_floating(record.dtype))
      result.push_back({name, from_host(std::span<const float>(to_f32(record)), shape, DType::f32, queue)});
    else
      result.push_back({name, from_host(std::span<const std::int64_t>(to_i64(record)), shape, DType::i64, queue)});
  }
  return result;
}

void CheckpointFolder::create() const {
  create_folder(folder_);
}

fs::path CheckpointFolder::of_epoch(std::int64_t epoch) const {
  return folder_ / fmt::format("epoch{:03}.safetensors", epoch);
}

void CheckpointFolder::save_last(const CheckpointWriter& state) {
  create();
  // Under its new name the old file is still the last one too: a second name, not a move, so that there is a last at
  // every instant.
  const auto keep_as_previous = [&] {
    if (last_is_whole_ || !damage_of(last())) add_name(last(), previous());
  };
  state.write(last(), keep_as_previous);
  last_is_whole_ = true;
}

void CheckpointFolder::save_best(const CheckpointWriter& state) const {
  create();
  state.write(best());
}

void CheckpointFolder::keep_epoch(std::int64_t epoch, int count) const {
  add_name(last(), of_epoch(epoch));
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    std::int64_t number = 0;
    if (!name.starts_with("epoch") || !name.ends_with(".safetensors")) continue;
    std::from_chars(name.data() + 5, name.data() + name.size(), number);
    if (number > 0 && number <= epoch - count && entry.path() == of_epoch(number)) old.push_back(entry.path());
  }
  std::error_code error;
  for (const fs::path& path : old)
    if (!fs::remove(path, error)) throw kernels::FileError("{}: cannot be removed: {}", path.string(), error.message());
}

}  // namespace engine
