// SPDX-License-Identifier: Apache-2.0
// Somebody's own registered pairs, described by a TOML file (docs/own_data.md) and no code.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "datasets/folder_description.h"
#include "datasets/mfnet.h"

namespace datasets {

struct FolderOptions {
  std::filesystem::path description;  // The TOML file, or the folder that holds dataset.toml.
  std::string split = "train";        // Of the description; "all"; "unassigned"; each also with _day or _night.
  LabelPolicy labels = LabelPolicy::required;
};

inline constexpr const char* folder_description_name = "dataset.toml";

class FolderDataset final : public Dataset {
 public:
  // Looks which files there are and reads none of them. Throws what read_folder_description throws, UsageError for a
  // split that there is not, DataError where it is empty.
  explicit FolderDataset(const FolderOptions& options);

  std::string name() const override { return "folder"; }
  const std::vector<ClassInfo>& classes() const override { return classes_; }
  std::optional<int> ignored_label() const override;  // 255 where the description ignores values.
  int size() const override { return static_cast<int>(samples_.size()); }
  std::string sample_name(int index) const override { return samples_.at(static_cast<std::size_t>(index)).name; }
  TimeOfDay time_of_day(int index) const override { return time_of(sample_name(index)); }
  Sample load(int index) const override;
  Sample examine(int index, const TellProblem& tell) const override;
  std::vector<Problem> problems_of_the_whole() const override { return problems_; }
  ThermalNormalisation thermal_normalisation() const override;
  bool registered() const override { return description_.registered; }

  // Splits of the description that have samples, and "unassigned" where some belong to none.
  const std::vector<std::string>& splits() const { return splits_; }

 private:
  struct Files {
    std::string name;
    std::filesystem::path rgb, thermal, label;  // thermal is empty where rgb has four channels.
  };
  void find_files(std::map<std::string, Files>& found);
  void add_problems(const std::map<std::string, Files>& found,
                    const std::map<std::string, std::vector<std::string>>& splits);
  TimeOfDay time_of(const std::string& name) const;
  void read_pair(const Files& files, Sample& sample, const Steps& steps) const;
  void read_thermal_counts(const Files& files, Sample& sample) const;
  void to_eight_bits(Sample& sample) const;
  Sample read(int index, const Steps& steps) const;

  FolderDescription description_;
  LabelPolicy labels_;
  std::vector<ClassInfo> classes_;
  std::array<int, 256> id_of_;  // Of a label value; -1: unknown.
  std::string known_values_;    // For messages.
  std::vector<Files> samples_;
  std::vector<Problem> problems_;
  std::vector<std::string> splits_;
};

}  // namespace datasets
