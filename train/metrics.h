// SPDX-License-Identifier: Apache-2.0
// Scores of a segmentation: the confusion matrix over all pixels of all images, and what follows from it. Formulas and
// the first convention of the means: Sun et al., "RTFNet", RA-L 2019, and its evaluation program.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace train {

// Shares from 0 to 1. None where the denominator is 0: the class was not there, or was never predicted.
struct Scores {
  std::optional<double> accuracy;   // Recall, "Acc": hits / pixels of the class.
  std::optional<double> precision;  // hits / pixels predicted as the class.
  std::optional<double> iou;        // hits / (pixels of the class or predicted as it).
};

// How papers average over classes. Numbers of different conventions are not comparable.
enum class MeanConvention {
  nan_as_zero,                     // All classes, an undefined score counts as 0 (MFNet, RTFNet, CEKD and others).
  nan_skipped,                     // All classes whose score is defined.
  nan_skipped_without_background,  // The same without class 0.
};
inline constexpr std::array mean_conventions = {MeanConvention::nan_as_zero, MeanConvention::nan_skipped,
                                                MeanConvention::nan_skipped_without_background};
std::string to_string(MeanConvention convention);  // "nan_as_zero", ...: the key in JSON.

// What engine/ops/confusion_matrix.h has counted.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(int classes);                           // All zero; UsageError below 1.
  ConfusionMatrix(int classes, std::vector<std::int64_t> counts);  // Row-major, classes x classes.
  static ConfusionMatrix from_json(const nlohmann::json& rows, const std::string& where);  // Throws DataError.

  ConfusionMatrix& operator+=(const ConfusionMatrix& other);  // ShapeError where the classes differ in number.

  int classes() const { return classes_; }
  std::int64_t at(int truth, int prediction) const;
  std::span<const std::int64_t> counts() const { return counts_; }  // Rows are the truth.
  std::int64_t truth_pixels(int id) const;
  std::int64_t predicted_pixels(int id) const;
  std::int64_t pixels() const;

  Scores scores(int id) const;
  Scores mean(MeanConvention convention) const;  // None where no class is left to average over.
  std::optional<double> pixel_accuracy() const;  // Hits of all classes / pixels.

 private:
  int classes_;
  std::vector<std::int64_t> counts_;
};

// {"pixels", "pixel_accuracy", "classes": [{"id", "name", "pixels", "accuracy", "precision", "iou"}], "mean":
// {"nan_as_zero": {"accuracy", "precision", "iou"}, ...}, "confusion_truth_rows": [[...]]}; undefined scores are null.
// Throws UsageError where the number of names is not that of classes.
nlohmann::ordered_json to_json(const ConfusionMatrix& matrix, const std::vector<std::string>& names);

}  // namespace train
