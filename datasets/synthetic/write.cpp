// SPDX-License-Identifier: Apache-2.0
// Street scenes as files, in the layout of the MFNet data set.
#include "datasets/synthetic/write.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <utility>

#include "datasets/each_index.h"
#include "datasets/image_io.h"
#include "engine/formats/atomic_file.h"
#include "kernels/error.h"

namespace datasets::synthetic {
namespace {

namespace fs = std::filesystem;

const std::string title = "# Synthetic street scenes";  // The first line of README.md tells that a data set is ours.
constexpr std::array<const char*, 3> list_names = {"train", "val", "test"};
constexpr float depth_scale = 256;  // Counts per metre: 80 m are 20480.

Image8 with_thermal(const Image8& rgb, const Image8& thermal) {
  Image8 image(rgb.height, rgb.width, 4);
  for (std::size_t i = 0; i < thermal.pixels.size(); ++i) {
    for (std::size_t channel = 0; channel < 3; ++channel) image.pixels[4 * i + channel] = rgb.pixels[3 * i + channel];
    image.pixels[4 * i + 3] = thermal.pixels[i];
  }
  return image;
}

Image16 depth_counts(const Image<float>& depth) {
  Image16 counts(depth.height, depth.width, 1);
  for (std::size_t i = 0; i < counts.pixels.size(); ++i)
    counts.pixels[i] = static_cast<std::uint16_t>(depth.pixels[i] * depth_scale + 0.5f);
  return counts;
}

std::string readme(const WriteOptions& options) {
  const SceneOptions& scene = options.data.scene;
  std::string text =
      title + fmt::format(
                  "\n\nRendered by Isotherm, generator version {}, seed {}, {} x {} pixels, labels of table {}. The "
                  "layout is that of "
                  "the MFNet data set;\nnames end in D (day) or N (night).\n\n"
                  "- `images/`: 8-bit PNG with four planes: red, green, blue, thermal.\n"
                  "- `labels/`: 8-bit grey PNG, the class id of every pixel; `classes.txt` names the ids in order.\n",
                  generator_version, options.data.seed, scene.width, scene.height, options.data.label_table);
  if (options.thermal16)
    text += "- `thermal16/`: 16-bit grey PNG; -10 to 45 degrees Celsius are 21800 to 25000 counts, linearly.\n";
  if (options.depth)
    text += fmt::format(
        "- `depth/`: 16-bit grey PNG, {} counts per metre along the viewing axis; the sky and everything beyond has {} "
        "m.\n",
        static_cast<int>(depth_scale), static_cast<int>(farthest_depth));
  if (options.instances) text += "- `instances/`: 16-bit grey PNG, the number of each thing in the scene; 0: none.\n";
  return text;
}

struct SplitList {
  const char* name;
  Synthetic data;
};

std::vector<SplitList> make_lists(const WriteOptions& options) {
  const auto split_list = [&](const char* name, Split split, int day, int night, Pairing pairing) {
    SyntheticOptions data = options.data;
    data.split = split;
    data.day_count = day;
    data.night_count = night;
    data.pairing = pairing;
    return SplitList{name, Synthetic(data)};
  };
  std::vector<SplitList> lists;
  lists.push_back(
      split_list(list_names[0], Split::train, options.train_day, options.train_night, options.data.pairing));
  lists.push_back(split_list(list_names[1], Split::validation, options.validation_day, options.validation_night,
                             options.data.pairing));
  lists.push_back(split_list(list_names[2], Split::test, options.test_day, options.test_night, options.test_pairing));
  return lists;
}

void write_scene(const fs::path& folder, const WriteOptions& options, const LabelTable& table, const Synthetic& data,
                 int index) {
  const std::string file = data.sample_name(index) + ".png";
  const Scene scene = data.scene(index);
  write_png(folder / "images" / file, with_thermal(scene.rgb, scene.thermal));
  write_png(folder / "labels" / file, translate(scene.fine, table));
  if (options.thermal16) write_png(folder / "thermal16" / file, scene.thermal16);
  if (options.depth) write_png(folder / "depth" / file, depth_counts(scene.depth));
  if (options.instances) write_png(folder / "instances" / file, scene.instance);
}

void write_lists(const fs::path& folder, const SplitList& list) {
  std::string all, day, night;
  for (int i = 0; i < list.data.size(); ++i) {
    const std::string line = list.data.sample_name(i) + "\n";
    all += line;
    (list.data.time_of_day(i) == TimeOfDay::night ? night : day) += line;
  }
  engine::write_file(folder / fmt::format("{}_day.txt", list.name), day);
  engine::write_file(folder / fmt::format("{}_night.txt", list.name), night);
  engine::write_file(folder / fmt::format("{}.txt", list.name), all);
}

}  // namespace

void write_mfnet_layout(const fs::path& folder, const WriteOptions& options) {
  const std::vector<SplitList> lists = make_lists(options);
  const LabelTable& table = label_table(options.data.label_table);
  std::vector<const char*> names = {"images", "labels"};
  if (options.thermal16) names.push_back("thermal16");
  if (options.depth) names.push_back("depth");
  if (options.instances) names.push_back("instances");
  for (const char* name : names) engine::create_folder(folder / name);
  int total = 0;
  for (const SplitList& list : lists) total += list.data.size();
  std::mutex guard;
  int done = 0;
  for_each_index(options.threads, total, [&](int i) {
    for (const SplitList& list : lists) {
      if (i < list.data.size()) {
        write_scene(folder, options, table, list.data, i);
        break;
      }
      i -= list.data.size();
    }
    if (!options.progress) return;
    const std::lock_guard lock(guard);
    options.progress(++done, total);
  });
  std::string classes;
  for (const ClassInfo& info : table.classes) classes += info.name + "\n";
  engine::write_file(folder / "classes.txt", classes);
  engine::write_file(folder / "README.md", readme(options));
  for (const SplitList& list : lists) write_lists(folder, list);
}

void require_sense(const WriteOptions& options) {
  make_lists(options);
  label_table(options.data.label_table);
}

void make_room(const fs::path& folder, EarlierData earlier) {
  const bool occupied = std::any_of(list_names.begin(), list_names.end(),
                                    [&](const char* name) { return fs::exists(folder / fmt::format("{}.txt", name)); });
  if (!occupied) return;
  if (earlier == EarlierData::refused)
    throw kernels::UsageError("{}: holds a data set already; replace it with --replace or choose another folder",
                              folder.string());
  std::string first_line;
  std::ifstream readme_file(folder / "README.md");
  std::getline(readme_file, first_line);
  if (first_line != title)
    throw kernels::UsageError(
        "{}: holds a data set that was not rendered here: expected README.md to begin with '{}'; "
        "remove it yourself or choose another folder",
        folder.string(), title);
  std::vector<std::string> ours = {"images", "labels", "thermal16", "depth", "instances", "classes.txt", "README.md"};
  for (const char* name : list_names)
    for (const char* part : {"", "_day", "_night"}) ours.push_back(fmt::format("{}{}.txt", name, part));
  for (const std::string& name : ours) {
    std::error_code code;
    fs::remove_all(folder / name, code);
    if (code) throw kernels::FileError("{}: cannot be removed: {}", (folder / name).string(), code.message());
  }
}

}  // namespace datasets::synthetic
