// SPDX-License-Identifier: Apache-2.0
// Street scenes as files, in the layout of the MFNet data set.
#pragma once

#include <filesystem>
#include <functional>

#include "datasets/synthetic/synthetic.h"

namespace datasets::synthetic {

struct WriteOptions {
  SyntheticOptions data;  // `split`, `day_count` and `night_count` are not used.
  int train_day = 100, train_night = 100;
  int validation_day = 25, validation_night = 25;
  int test_day = 50, test_night = 50;
  Pairing test_pairing = Pairing::unpaired;  // Test twins compare day and night on the same streets.
  bool thermal16 = false, depth = false, instances = false;
  int threads = 2;
  std::function<void(int done, int total)> progress;  // Called from the worker threads, one at a time.
};

// Writes, creating folders:
//   images/NAME.png     R, G, B and the 8-bit thermal image in the fourth plane
//   labels/NAME.png     8-bit class ids of the label table
//   thermal16/NAME.png  optional: counts, -10 ... 45 degrees Celsius are 21800 ... 25000
//   depth/NAME.png      optional: 16 bit, 256 per metre
//   instances/NAME.png  optional: 16 bit, 0 = no countable thing
//   train.txt val.txt test.txt, each also with _day and _night; classes.txt; README.md
// Lists are written last, so that a folder with lists is complete. Throws UsageError for impossible counts, FileError
// where a file cannot be written.
void write_mfnet_layout(const std::filesystem::path& folder, const WriteOptions& options);

// Throws UsageError as write_mfnet_layout does, before anything is written.
void require_sense(const WriteOptions& options);

// A folder that holds a data set already (its lists, which are written last) is refused, or emptied of everything that
// write_mfnet_layout writes. Throws UsageError, also where a data set that is to be replaced was not written by it.
enum class EarlierData { refused, replaced };
void make_room(const std::filesystem::path& folder, EarlierData earlier);

}  // namespace datasets::synthetic
