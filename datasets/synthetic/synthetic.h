// SPDX-License-Identifier: Apache-2.0
// Street scenes as a data set, rendered when they are loaded; no file is read.
#pragma once

#include <cstdint>
#include <string>

#include "datasets/dataset.h"
#include "datasets/synthetic/label_tables.h"
#include "datasets/synthetic/scene.h"

namespace datasets::synthetic {

// Whether a data set shows the same scenes by day and by night. Training on twins removes the difference in content
// that real data has, so the default is unpaired.
enum class Pairing { unpaired, twins };

struct SyntheticOptions {
  std::uint64_t seed = 0;
  Split split = Split::train;
  int day_count = 100, night_count = 100;  // Samples; day samples come first.
  std::string label_table = "mf9";
  int thermal_bits = 8;  // 8, or 16 for camera counts (scene.h).
  Pairing pairing = Pairing::unpaired;
  SceneOptions scene;
};

// One sample of the data set: which scene, at which time.
struct SceneNumber {
  std::uint64_t scene;
  TimeOfDay time;
};

// Splits own disjoint ranges of scene numbers, whatever their sizes: 0 ... 59999 train, 60000 ... 79999 validation,
// 80000 ... 99999 test. Unpaired day samples take the even numbers of the range and night samples the odd ones; twins
// share their numbers.
SceneNumber scene_number(const SyntheticOptions& options, int index);

// "00012D", "00013N": scene number and time.
std::string scene_name(SceneNumber number);

class Synthetic final : public Dataset {
 public:
  // Throws UsageError for counts that do not fit the split, an unknown label table or thermal bits other than 8 and 16.
  explicit Synthetic(SyntheticOptions options);

  std::string name() const override { return "synthetic"; }
  const std::vector<ClassInfo>& classes() const override { return table_.classes; }
  std::optional<int> ignored_label() const override { return table_.ignored; }
  int size() const override { return options_.day_count + options_.night_count; }
  std::string sample_name(int index) const override { return scene_name(scene_number(options_, index)); }
  TimeOfDay time_of_day(int index) const override { return scene_number(options_, index).time; }
  Sample load(int index) const override;

  // Everything that is known about a sample: depth, instances, fine labels, temperatures.
  Scene scene(int index) const;
  const SyntheticOptions& options() const { return options_; }

 private:
  SyntheticOptions options_;
  const LabelTable& table_;
};

}  // namespace datasets::synthetic
