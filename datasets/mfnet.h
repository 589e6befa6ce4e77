// SPDX-License-Identifier: Apache-2.0
// Data in the layout of the MFNet data set (Ha et al., IROS 2017): DIR/images/NAME.png with the channels R, G, B,
// thermal (8 bits), DIR/labels/NAME.png with class ids, and lists DIR/LIST.txt of one name per line. A name that ends
// in D was taken by day, in N by night. Redistributed copies list mirrored training images as NAME_flip: where no such
// file exists, NAME is read and mirrored.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace datasets {

enum class LabelPolicy {
  required,  // A missing label file is an error.
  optional,  // An image without a label file is a sample without a label.
};

struct MFNetOptions {
  std::filesystem::path directory;
  std::string list = "train";  // train, val, test, test_day, test_night, val_test, ...: any DIR/LIST.txt.
  LabelPolicy labels = LabelPolicy::required;
};

// The customary list of a split: train, val, test.
std::string mfnet_list(Split split);

// Day or night by the last letter of a name, before "_flip"; unknown for any other letter.
TimeOfDay mfnet_time_of_day(const std::string& name);

class MFNetDataset final : public Dataset {
 public:
  // Reads the list and nothing else. Throws FileError where it is missing, DataError where it holds no names.
  explicit MFNetDataset(MFNetOptions options);

  std::string name() const override { return "mfnet"; }
  const std::vector<ClassInfo>& classes() const override;
  int size() const override { return static_cast<int>(names_.size()); }
  std::string sample_name(int index) const override { return names_.at(static_cast<std::size_t>(index)); }
  TimeOfDay time_of_day(int index) const override { return mfnet_time_of_day(sample_name(index)); }
  Sample load(int index) const override;
  Sample examine(int index, const TellProblem& tell) const override;
  // Images without a label, labels without an image, names that the list has twice.
  std::vector<Problem> problems_of_the_whole() const override;

 private:
  Sample read(int index, const Steps& steps) const;
  std::filesystem::path image_path(const std::string& name) const;
  std::filesystem::path label_path(const std::string& name) const;

  MFNetOptions options_;
  std::vector<std::string> names_;
};

}  // namespace datasets
