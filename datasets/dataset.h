// SPDX-License-Identifier: Apache-2.0
// What a data set is to the rest of the project: a list of named samples that can be loaded from several threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datasets/image.h"
#include "datasets/normalisation.h"
#include "datasets/problem.h"

namespace datasets {

enum class Split { train, validation, test };
enum class TimeOfDay { unknown, day, night };
using Colour = std::array<std::uint8_t, 3>;  // R, G, B.

// One registered pair as read from the disk; every image has the same height and width.
struct Sample {
  std::string name;
  Image8 rgb;                     // 3 channels.
  Image16 thermal;                // 1 channel of raw counts, 0 .. 2^thermal_bits - 1.
  int thermal_bits = 8;           // 8 to 16.
  std::optional<LabelMap> label;  // 1 channel of class ids; absent for unlabelled images.
  TimeOfDay time = TimeOfDay::unknown;
};

struct ClassInfo {
  std::string name;
  Colour colour;  // How pictures show the class.
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::string name() const = 0;                            // "mfnet", "synthetic".
  virtual const std::vector<ClassInfo>& classes() const = 0;       // Index = class id.
  virtual std::optional<int> ignored_label() const { return {}; }  // The id that losses and metrics skip.
  virtual int size() const = 0;
  virtual std::string sample_name(int index) const = 0;
  virtual TimeOfDay time_of_day(int index) const = 0;
  // Safe to call from several threads at once. Throws FileError or DataError, naming the file.
  virtual Sample load(int index) const = 0;
  // What load does, but every problem is told to `tell` and the reading goes on; what could be read comes back. Here:
  // one problem at most. Safe to call from several threads at once where `tell` is.
  virtual Sample examine(int index, const TellProblem& tell) const;
  // Problems of the whole data set, whatever the split: files without a partner, names in two lists.
  virtual std::vector<Problem> problems_of_the_whole() const { return {}; }
  // The scale that suits these thermal counts; recipes take it where no other was asked for.
  virtual ThermalNormalisation thermal_normalisation() const { return {}; }
  // False where colour and thermal do not show the same pixels, so that load refuses.
  virtual bool registered() const { return true; }
};

}  // namespace datasets
