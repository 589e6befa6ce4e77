// SPDX-License-Identifier: Apache-2.0
// The table of recipes: name, network, protocol, constructor.
#include "train/recipes.h"

#include <fmt/ranges.h>

#include "kernels/error.h"
#include "models/cenet.h"
#include "train/cekd_student.h"
#include "train/cekd_teacher.h"
#include "train/supervised.h"

namespace train {

namespace {

using QueuePointer = std::shared_ptr<kernels::Queue>;

// The value of a key that is one of a few words; the first is the default. Throws UsageError that lists them.
template <class Value>
Value choice(Settings& settings, const std::string& key, const std::vector<std::pair<std::string, Value>>& values) {
  const std::string given = settings.word(key, values.front().first);
  std::vector<std::string> names;
  for (const auto& [name, value] : values) {
    if (name == given) return value;
    names.push_back(name);
  }
  throw kernels::UsageError("--set {}={}: expected one of {}", key, given, fmt::join(names, ", "));
}

std::unique_ptr<Recipe> open_supervised(const RecipeOptions& options, Settings&, const QueuePointer& queue,
                                        std::uint64_t seed) {
  return std::make_unique<Supervised>(options, queue, seed);
}

void resolve_cekd_teacher(RecipeOptions& options, Settings& settings) {
  std::string& position = options.network.edge_position;
  const std::string phase = settings.word("phase", "only");
  position = settings.word("edge_position", phase == "first" ? "NED" : position);
  if (phase == "first" && position != "NED")
    throw kernels::UsageError("--set phase=first: trains without edge module, got edge_position={}", position);
  models::edge_position(position);
}

std::unique_ptr<Recipe> open_cekd_teacher(const RecipeOptions& options, Settings& settings, const QueuePointer& queue,
                                          std::uint64_t seed) {
  using Phase = CekdTeacherOptions::Phase;
  return std::make_unique<CekdTeacher>(
      options,
      CekdTeacherOptions{
          .form = choice<engine::EdgeLossForm>(
              settings, "form", {{"code", engine::EdgeLossForm::code}, {"paper", engine::EdgeLossForm::paper}}),
          .phase = choice<Phase>(settings, "phase",
                                 {{"only", Phase::only}, {"first", Phase::first}, {"second", Phase::second}})},
      queue, seed);
}

void resolve_cekd_student(RecipeOptions& options, Settings& settings) {
  std::string& position = options.network.edge_position;  // Of a teacher whose file does not say it.
  position = settings.word("edge_position", position);
  options.network.lambda = settings.number("lambda", options.network.lambda);
  if (!(options.network.lambda >= 0))
    throw kernels::UsageError("--set lambda={}: expected at least 0", options.network.lambda);
}

std::unique_ptr<Recipe> open_cekd_student(const RecipeOptions& options, Settings& settings, const QueuePointer& queue,
                                          std::uint64_t seed) {
  using Strategy = CekdStudentOptions::Strategy;
  using Similarity = CekdStudentOptions::Similarity;
  const auto is_on = [&](const char* key) {
    return choice<bool>(settings, key, {{"1", true}, {"0", false}});
  };
  return std::make_unique<CekdStudent>(
      options,
      CekdStudentOptions{
          .strategy = choice<Strategy>(
              settings, "strategy",
              {{"C", Strategy::rgb_thermal_teacher}, {"B", Strategy::thermal_teacher}, {"A", Strategy::supervised}}),
          .similarity = choice<Similarity>(settings, "sim",
                                           {{"pairwise", Similarity::pairwise},
                                            {"attention", Similarity::attention},
                                            {"prime_aware", Similarity::prime_aware},
                                            {"none", Similarity::none}}),
          .temperature = settings.number("temperature", 6),
          .soft_labels = is_on("kdce"),
          .hint = is_on("hint"),
          .pseudo_labels = is_on("seg")},
      queue, seed);
}

void resolve_nothing(RecipeOptions&, Settings&) {}

struct Entry {
  std::string name;
  Protocol protocol;
  // Asks `settings` for what they say of the network.
  void (*resolve)(RecipeOptions&, Settings& settings);
  // Asks `settings` for every other key that the recipe knows.
  std::unique_ptr<Recipe> (*open)(const RecipeOptions&, Settings& settings, const QueuePointer&, std::uint64_t seed);
};

const std::vector<Entry>& entries() {
  // CEKD's programs construct RTFNet's augmentation, and do not use it. Its data fill every batch of two; of others the
  // student could not learn from a last image alone.
  const Protocol teacher{.model = "cenet", .augmentation = "none", .batch = 2};
  const Protocol student{.model = "eknet", .augmentation = "none", .batch = 2, .last_batch = "drop"};
  static const std::vector<Entry> table = {
      {"supervised", {}, resolve_nothing, open_supervised},
      {"cekd_teacher", teacher, resolve_cekd_teacher, open_cekd_teacher},
      {"cekd_student", student, resolve_cekd_student, open_cekd_student},
  };
  return table;
}

const Entry& find(const std::string& name) {
  for (const Entry& entry : entries())
    if (entry.name == name) return entry;
  throw kernels::UsageError("--recipe {}: no such recipe; there are {}", name, fmt::join(recipe_names(), ", "));
}

}  // namespace

void resolve_options(const std::string& name, RecipeOptions& options, Settings& settings) {
  const Entry& entry = find(name);
  if (options.model.empty()) options.model = entry.protocol.model;
  entry.resolve(options, settings);
}

Protocol protocol_of(const std::string& name) {
  return find(name).protocol;
}

std::unique_ptr<Recipe> open_recipe(const std::string& name, const RecipeOptions& options, Settings& settings,
                                    const QueuePointer& queue, std::uint64_t seed) {
  RecipeOptions resolved = options;
  resolve_options(name, resolved, settings);
  auto recipe = find(name).open(resolved, settings, queue, seed);
  settings.finish();
  return recipe;
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) names.push_back(entry.name);
  return names;
}

}  // namespace train
