// SPDX-License-Identifier: Apache-2.0
// What a run folder tells about a run, beside its checkpoints:
//
//   config.toml     the resolved flags of the first start, which --config takes again
//   versions.txt    program, commit and libraries of the first start
//   starts.jsonl    one line per start and resumption: when, which command, which program, where in the run
//   losses.jsonl    one line per optimizer step
//   metrics.jsonl   one line per epoch: losses, scores, speed, memory peak, names of the sample pictures
//   curves.png      metrics.jsonl drawn
//   samples/        predictions after every epoch
//   tensorboard/    where wanted, the lines and samples as TensorBoard's event file: made anew from them by every
//   start,
//                   under a new name, because TensorBoard does not look back in a file that it knows
//
// Lines of what a resumed run will do again are forgotten, so that none stands twice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "datasets/image.h"
#include "train/event_file.h"
#include "train/metrics_log.h"

namespace train {

struct RunStart {
  std::string configuration = {};  // config.toml; a resumed run leaves the one of its beginning.
  std::string command = {};        // As typed.
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();  // Further ones for starts.jsonl.
  bool tensorboard = false;
};

class RunLog {
 public:
  // A new run: creates the folder, forgets the lines of an earlier one. Throws FileError, as every function here.
  static RunLog begin(const std::filesystem::path& folder, const RunStart& start);
  // Goes on after so many epochs and steps.
  static RunLog resume(const std::filesystem::path& folder, const RunStart& start, int epochs, std::int64_t steps);

  // Lines; "time" (seconds since 1970) is added to each.
  void add_step(nlohmann::ordered_json line);   // Has "step".
  void add_epoch(nlohmann::ordered_json line);  // Has "epoch" and "train_loss".
  void draw_curves() const;                     // Of metrics.jsonl, into curves.png; none of no epoch.

  // Writes samples/epochEEE_NAME.png; the next epoch's line names it.
  void add_sample(int epoch, const std::string& name, const datasets::Image8& picture);

 private:
  RunLog(const std::filesystem::path& folder, const RunStart& start, int epochs, std::int64_t steps);
  void open_events();

  std::filesystem::path folder_;
  MetricsLog metrics_, losses_;
  std::unique_ptr<EventFile> events_;  // Null where not wanted.
  std::vector<std::string> samples_;   // Of this epoch.
};

}  // namespace train
