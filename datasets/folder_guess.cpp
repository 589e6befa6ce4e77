// SPDX-License-Identifier: Apache-2.0
// Roles of groups, then the contents of their files.
#include "datasets/folder_guess.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>

#include "datasets/class_colours.h"
#include "datasets/each_index.h"
#include "datasets/folder_groups.h"
#include "datasets/folder_survey.h"
#include "datasets/name_pattern.h"
#include "kernels/error.h"

namespace datasets {
namespace fs = std::filesystem;
namespace {

using Words = std::set<std::string>;
const Words rgb_words = {"rgb", "visible", "vis", "vi", "color", "colour", "eo", "visual", "image", "images", "img"};
const Words thermal_words = {"thermal", "ir", "infrared", "lwir", "tir", "th", "therm", "inf", "flir", "heat"};
const Words label_words = {"label",       "labels", "mask",         "masks", "gt",      "seg",     "annotation",
                           "annotations", "truth",  "segmentation", "ann",   "classes", "labelmap"};

bool has_word(const FileGroup& group, const Words& words) {
  return std::any_of(group.words.begin(), group.words.end(),
                     [&](const std::string& word) { return words.contains(word); });
}

struct Candidate {
  FileGroup group;
  GroupLook look;
};

// How well a group suits a role; below 0: not at all. Contents decide, words choose among what is possible.
int score_rgb(const Candidate& candidate) {
  if (!candidate.look.readable || candidate.look.bits != 8 || candidate.look.palette) return -1;
  if (has_word(candidate.group, label_words) || has_word(candidate.group, thermal_words)) return -1;
  return (candidate.look.coloured ? 4 : 0) + (has_word(candidate.group, rgb_words) ? 2 : 0) +
         (candidate.look.channels == 4 ? -1 : 0);
}

int score_thermal(const Candidate& candidate) {
  if (!candidate.look.readable || candidate.look.coloured || candidate.look.palette) return -1;
  if (has_word(candidate.group, label_words)) return -1;
  return (has_word(candidate.group, thermal_words) ? 4 : 0) + (candidate.look.bits == 16 ? 3 : 0) +
         (has_word(candidate.group, rgb_words) ? -3 : 0) + (candidate.look.few_values ? -2 : 0);
}

int score_labels(const Candidate& candidate) {
  if (!candidate.look.readable || !candidate.look.lossless || candidate.look.channels != 1) return -1;
  const bool named = has_word(candidate.group, label_words);
  if (!named && !candidate.look.few_values && !candidate.look.palette) return -1;
  return (named ? 4 : 0) + (candidate.look.palette ? 2 : 0) + (candidate.look.few_values ? 1 : 0) +
         (has_word(candidate.group, thermal_words) ? -4 : 0);
}

struct Roles {
  FileGroup picture, thermal, labels;  // thermal without files: pictures of four channels.
};

// The variant of `other` (names as they are, or without common words on either side) that shares most names.
int fit(FileGroup& anchor, FileGroup& other) {
  const FileGroup bare_anchor = without_common_words(anchor), bare_other = without_common_words(other);
  const std::array<std::pair<const FileGroup*, const FileGroup*>, 4> choices = {
      std::pair{&anchor, &other}, {&anchor, &bare_other}, {&bare_anchor, &other}, {&bare_anchor, &bare_other}};
  std::pair<FileGroup, FileGroup> best{anchor, other};
  int most = 0;
  for (const auto& [a, b] : choices)
    if (stars_of(a->pattern) == stars_of(b->pattern) && names_in_common(*a, *b) > most) {
      most = names_in_common(*a, *b);
      best = {*a, *b};
    }
  anchor = best.first;
  other = best.second;
  return most;
}

template <class Score>
std::vector<const Candidate*> ranked(const std::vector<Candidate>& candidates, const Score& score) {
  std::vector<const Candidate*> fitting;
  for (const Candidate& candidate : candidates)
    if (score(candidate) >= 0) fitting.push_back(&candidate);
  std::stable_sort(fitting.begin(), fitting.end(),
                   [&](const Candidate* a, const Candidate* b) { return score(*a) > score(*b); });
  return fitting;
}

// Labels share names with the pictures; what becomes of the pictures' names must still fit the thermal images.
void add_labels(Roles& roles, const std::vector<Candidate>& candidates) {
  for (const Candidate* candidate : ranked(candidates, score_labels)) {
    if (candidate->group.pattern == roles.picture.pattern || candidate->group.pattern == roles.thermal.pattern)
      continue;
    FileGroup picture = roles.picture, thermal = roles.thermal, labels = candidate->group;
    if (fit(picture, labels) == 0) continue;
    if (!thermal.files.empty() && fit(picture, thermal) == 0) continue;
    if (names_in_common(picture, labels) == 0) continue;
    roles = {picture, thermal, labels};
    return;
  }
}

Roles find_roles(const std::vector<Candidate>& candidates, const fs::path& directory) {
  for (const Candidate* rgb : ranked(candidates, score_rgb))
    for (const Candidate* thermal : ranked(candidates, score_thermal)) {
      if (rgb == thermal) continue;
      Roles roles{rgb->group, thermal->group, {}};
      if (fit(roles.picture, roles.thermal) == 0) continue;
      add_labels(roles, candidates);
      return roles;
    }
  for (const Candidate& candidate : candidates)
    if (candidate.look.readable && candidate.look.channels == 4 && candidate.look.bits == 8) {
      Roles roles{candidate.group, {}, {}};
      add_labels(roles, candidates);
      return roles;
    }
  std::vector<std::string> seen;
  for (const Candidate& candidate : candidates)
    seen.push_back(fmt::format("{} ({} files)", candidate.group.pattern, candidate.group.files.size()));
  throw kernels::DataError(
      "{}: expected colour and thermal images with common names, or images of four channels, got {}",
      directory.string(), seen.empty() ? "no images" : fmt::format("{}", fmt::join(seen, ", ")));
}

void add_splits(const GuessOptions& options, const Roles& roles, Guess& guess) {
  using Rule = FolderDescription::SplitRule;
  FolderDescription& description = guess.description;
  const std::array<std::pair<const char*, std::vector<std::string>>, 3> names = {
      std::pair{"train", std::vector<std::string>{"train", "training"}},
      {"validation", {"val", "validation", "valid"}},
      {"test", {"test", "testing"}}};
  for (const auto& [split, spellings] : names)
    for (const std::string& spelling : spellings) {
      const std::string list = spelling + ".txt";
      if (fs::is_regular_file(options.directory / list)) {
        description.splits.push_back({split, FolderDescription::ListFile{description.root / list}});
        guess.reasons.push_back(fmt::format("split {}: the list {}", split, list));
        break;
      }
      const bool folder = std::any_of(roles.picture.files.begin(), roles.picture.files.end(),
                                      [&](const auto& entry) { return entry.first.starts_with(spelling + "_"); });
      if (folder && stars_of(roles.picture.pattern) > 1) {
        description.splits.push_back({split, FolderDescription::Patterns{spelling + "_*"}});
        guess.reasons.push_back(fmt::format("split {}: names that begin with {}_", split, spelling));
        break;
      }
    }
  if (!description.splits.empty()) return;
  description.splits = {Rule{"train", 0.7}, Rule{"validation", 0.15}, Rule{"test", 0.15}};
  description.seed = options.seed;
  guess.reasons.push_back(
      fmt::format("splits: 70 % train, 15 % validation, 15 % test, drawn with seed {}; use lists or patterns for "
                  "frames of one video",
                  options.seed));
}

void add_times(const Roles& roles, Guess& guess) {
  const auto all_end_in = [&](const std::string& day, const std::string& night) {
    std::size_t days = 0, nights = 0;
    for (const auto& [name, file] : roles.picture.files) {
      days += name.ends_with(day);
      nights += name.ends_with(night);
    }
    return days > 0 && nights > 0 && days + nights == roles.picture.files.size();
  };
  for (const auto& [day, night] : {std::pair{"D", "N"}, std::pair{"_day", "_night"}})
    if (all_end_in(day, night)) {
      guess.description.day = {std::string("*") + day};
      guess.description.night = {std::string("*") + night};
      guess.reasons.push_back(fmt::format("time: names end in {} by day and in {} by night", day, night));
      return;
    }
}

}  // namespace

Guess guess_description(const GuessOptions& options) {
  Guess guess;
  FolderDescription& description = guess.description;
  description.root = options.directory;
  std::vector<Candidate> candidates;
  for (const FileGroup& group : group_files(files_under(options.directory)))
    candidates.push_back({group, look_at(options.directory, group)});
  const Roles roles = find_roles(candidates, options.directory);
  const bool four = roles.thermal.files.empty();
  (four ? description.images : description.rgb) = roles.picture.pattern;
  guess.reasons.push_back(fmt::format("{}: {} ({} files)", four ? "images of four channels" : "rgb",
                                      roles.picture.pattern, roles.picture.files.size()));
  if (!four) {
    description.thermal = roles.thermal.pattern;
    guess.reasons.push_back(fmt::format("thermal: {} ({} files), {} of them paired", roles.thermal.pattern,
                                        roles.thermal.files.size(), names_in_common(roles.picture, roles.thermal)));
  }
  if (!roles.labels.files.empty()) {
    description.labels = roles.labels.pattern;
    guess.reasons.push_back(fmt::format("labels: {} ({} files), {} of them paired", roles.labels.pattern,
                                        roles.labels.files.size(), names_in_common(roles.picture, roles.labels)));
  } else {
    guess.reasons.push_back("labels: none found, so the data serves predict, but neither train nor evaluate");
  }
  for (const Candidate& candidate : candidates)
    if (candidate.look.first_file != roles.picture.files.begin()->second &&
        (four || candidate.look.first_file != roles.thermal.files.begin()->second) &&
        (roles.labels.files.empty() || candidate.look.first_file != roles.labels.files.begin()->second))
      guess.reasons.push_back(
          fmt::format("left out: {} ({} files){}", candidate.group.pattern, candidate.group.files.size(),
                      has_word(candidate.group, label_words) && candidate.look.coloured
                          ? "; named like labels, but they hold colours, where numbers or palette indices are expected"
                          : ""));

  const SurveyOptions survey{options.directory, options.threads, options.progress};
  if (!four) survey_thermal(survey, roles.thermal, guess);
  if (!roles.labels.files.empty()) survey_labels(survey, roles.labels, guess);
  add_splits(options, roles, guess);
  add_times(roles, guess);
  return guess;
}

}  // namespace datasets
