// SPDX-License-Identifier: Apache-2.0
// Street scenes as a data set.
#include "datasets/synthetic/synthetic.h"

#include <utility>

#include "kernels/error.h"

namespace datasets::synthetic {
namespace {

struct Range {
  std::uint64_t first, count;
  const char* name;
};

Range range_of(Split split) {
  switch (split) {
    case Split::train:
      return {0, 60000, "train"};
    case Split::validation:
      return {60000, 20000, "validation"};
    case Split::test:
      break;
  }
  return {80000, 20000, "test"};
}

SyntheticOptions checked(SyntheticOptions options) {
  const Range range = range_of(options.split);
  const auto most = static_cast<int>(options.pairing == Pairing::twins ? range.count : range.count / 2);
  if (options.day_count < 0 || options.night_count < 0 || options.day_count > most || options.night_count > most)
    throw kernels::UsageError("synthetic data: expected 0 to {} day and night scenes in the {} split, got {} and {}",
                              most, range.name, options.day_count, options.night_count);
  if (options.scene.height < smallest_side || options.scene.width < smallest_side)
    throw kernels::UsageError("synthetic data: expected a size of at least {0} x {0}, got {1} x {2}", smallest_side,
                              options.scene.height, options.scene.width);
  if (options.thermal_bits != 8 && options.thermal_bits != 16)
    throw kernels::UsageError("synthetic data: expected 8 or 16 thermal bits, got {}", options.thermal_bits);
  return options;
}

}  // namespace

SceneNumber scene_number(const SyntheticOptions& options, int index) {
  if (index < 0 || index >= options.day_count + options.night_count)
    throw kernels::UsageError("synthetic data: expected a sample index below {}, got {}",
                              options.day_count + options.night_count, index);
  const std::uint64_t first = range_of(options.split).first;
  const bool night = index >= options.day_count;
  const auto k = static_cast<std::uint64_t>(night ? index - options.day_count : index);
  const std::uint64_t scene = options.pairing == Pairing::twins ? first + k : first + 2 * k + (night ? 1u : 0u);
  return {scene, night ? TimeOfDay::night : TimeOfDay::day};
}

std::string scene_name(SceneNumber number) {
  return fmt::format("{:05}{}", number.scene, number.time == TimeOfDay::night ? 'N' : 'D');
}

Synthetic::Synthetic(SyntheticOptions options)
    : options_(checked(std::move(options))), table_(synthetic::label_table(options_.label_table)) {}

Scene Synthetic::scene(int index) const {
  const SceneNumber number = scene_number(options_, index);
  return render(options_.seed, number.scene, number.time, options_.scene);
}

Sample Synthetic::load(int index) const {
  Scene scene = this->scene(index);
  Sample sample;
  sample.name = sample_name(index);
  sample.time = scene.time;
  sample.thermal_bits = options_.thermal_bits;
  if (options_.thermal_bits == 16) {
    sample.thermal = std::move(scene.thermal16);
  } else {
    sample.thermal = Image16(scene.thermal.height, scene.thermal.width, 1);
    for (std::size_t i = 0; i < sample.thermal.pixels.size(); ++i) sample.thermal.pixels[i] = scene.thermal.pixels[i];
  }
  sample.label = translate(scene.fine, table_);
  sample.rgb = std::move(scene.rgb);
  return sample;
}

}  // namespace datasets::synthetic
