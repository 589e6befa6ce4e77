// SPDX-License-Identifier: Apache-2.0
// Counting and dividing.
#include "train/metrics.h"

#include <numeric>

#include "kernels/error.h"

namespace train {
namespace {

std::optional<double> share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

nlohmann::ordered_json number_or_null(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json scores_to_json(const Scores& scores) {
  return {{"accuracy", number_or_null(scores.accuracy)},
          {"precision", number_or_null(scores.precision)},
          {"iou", number_or_null(scores.iou)}};
}

}  // namespace

std::string to_string(MeanConvention convention) {
  switch (convention) {
    case MeanConvention::nan_as_zero:
      return "nan_as_zero";
    case MeanConvention::nan_skipped:
      return "nan_skipped";
    case MeanConvention::nan_skipped_without_background:
      return "nan_skipped_without_background";
  }
  return "?";
}

ConfusionMatrix::ConfusionMatrix(int classes) : classes_(classes) {
  if (classes < 1) throw kernels::UsageError("confusion matrix: expected at least 1 class, got {}", classes);
  counts_.assign(static_cast<std::size_t>(classes) * classes, 0);
}

ConfusionMatrix::ConfusionMatrix(int classes, std::vector<std::int64_t> counts) : ConfusionMatrix(classes) {
  if (counts.size() != counts_.size())
    throw kernels::ShapeError("confusion matrix: {} classes need {} counts, got {}", classes, counts_.size(),
                              counts.size());
  counts_ = std::move(counts);
}

ConfusionMatrix ConfusionMatrix::from_json(const nlohmann::json& rows, const std::string& where) {
  const auto refuse = [&](const std::string& got) {
    throw kernels::DataError("{}: confusion matrix: expected a square list of lists of counts, got {}", where, got);
  };
  if (!rows.is_array() || rows.empty()) refuse(rows.dump());
  std::vector<std::int64_t> counts;
  for (const nlohmann::json& row : rows) {
    if (!row.is_array() || row.size() != rows.size()) refuse("a row " + row.dump());
    for (const nlohmann::json& count : row) {
      if (!count.is_number_integer() || count.get<std::int64_t>() < 0) refuse("a count " + count.dump());
      counts.push_back(count.get<std::int64_t>());
    }
  }
  return ConfusionMatrix(static_cast<int>(rows.size()), std::move(counts));
}

ConfusionMatrix& ConfusionMatrix::operator+=(const ConfusionMatrix& other) {
  if (other.classes_ != classes_)
    throw kernels::ShapeError("confusion matrix: {} classes cannot take the counts of {}", classes_, other.classes_);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

std::int64_t ConfusionMatrix::at(int truth, int prediction) const {
  return counts_.at(static_cast<std::size_t>(truth) * classes_ + prediction);
}

std::int64_t ConfusionMatrix::truth_pixels(int id) const {
  std::int64_t sum = 0;
  for (int p = 0; p < classes_; ++p) sum += at(id, p);
  return sum;
}

std::int64_t ConfusionMatrix::predicted_pixels(int id) const {
  std::int64_t sum = 0;
  for (int t = 0; t < classes_; ++t) sum += at(t, id);
  return sum;
}

std::int64_t ConfusionMatrix::pixels() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

Scores ConfusionMatrix::scores(int id) const {
  const std::int64_t hits = at(id, id), truth = truth_pixels(id), predicted = predicted_pixels(id);
  return {share(hits, truth), share(hits, predicted), share(hits, truth + predicted - hits)};
}

Scores ConfusionMatrix::mean(MeanConvention convention) const {
  const int first = convention == MeanConvention::nan_skipped_without_background ? 1 : 0;
  const auto average = [&](std::optional<double> Scores::*field) -> std::optional<double> {
    double sum = 0;
    int count = 0;
    for (int id = first; id < classes_; ++id) {
      const std::optional<double> score = scores(id).*field;
      if (!score && convention != MeanConvention::nan_as_zero) continue;
      sum += score.value_or(0.0);
      ++count;
    }
    return count == 0 ? std::nullopt : std::optional(sum / count);
  };
  return {average(&Scores::accuracy), average(&Scores::precision), average(&Scores::iou)};
}

std::optional<double> ConfusionMatrix::pixel_accuracy() const {
  std::int64_t hits = 0;
  for (int id = 0; id < classes_; ++id) hits += at(id, id);
  return share(hits, pixels());
}

nlohmann::ordered_json to_json(const ConfusionMatrix& matrix, const std::vector<std::string>& names) {
  const auto classes = static_cast<std::size_t>(matrix.classes());
  if (names.size() != classes)
    throw kernels::UsageError("confusion matrix: {} names for {} classes", names.size(), classes);
  nlohmann::ordered_json json = {{"pixels", matrix.pixels()},
                                 {"pixel_accuracy", number_or_null(matrix.pixel_accuracy())},
                                 {"classes", nlohmann::ordered_json::array()}};
  for (int id = 0; id < matrix.classes(); ++id) {
    nlohmann::ordered_json entry = {{"id", id}, {"name", names[id]}, {"pixels", matrix.truth_pixels(id)}};
    entry.update(scores_to_json(matrix.scores(id)));
    json["classes"].push_back(std::move(entry));
  }
  for (const MeanConvention convention : mean_conventions)
    json["mean"][to_string(convention)] = scores_to_json(matrix.mean(convention));
  for (std::size_t truth = 0; truth < classes; ++truth)
    json["confusion_truth_rows"].push_back(matrix.counts().subspan(truth * classes, classes));
  return json;
}

}  // namespace train
