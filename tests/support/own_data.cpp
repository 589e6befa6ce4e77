// SPDX-License-Identifier: Apache-2.0
#include "tests/support/own_data.h"

#include <fmt/format.h>

#include "datasets/image_io.h"
#include "datasets/synthetic/synthetic.h"

namespace test {

void write_own_data(const std::filesystem::path& folder, const OwnDataOptions& options) {
  datasets::synthetic::SyntheticOptions scenes;
  scenes.seed = options.seed;
  scenes.day_count = options.pairs - options.pairs / 2;
  scenes.night_count = options.pairs / 2;
  scenes.thermal_bits = 16;
  scenes.scene.height = options.height;
  scenes.scene.width = options.width;
  const datasets::synthetic::Synthetic data(scenes);
  for (const char* part : {"visible", "infrared", "masks"}) std::filesystem::create_directories(folder / part);
  for (int i = 0; i < data.size(); ++i) {
    datasets::Sample sample = data.load(i);
    datasets::LabelMap mask = *sample.label;
    for (std::uint8_t& id : mask.pixels) id = static_cast<std::uint8_t>(10 * id + 3);
    for (int x = 0; x < mask.width; ++x) mask.at(0, x) = 255;
    const std::string name = fmt::format("frame_{:03}", 7 * i + 1);
    datasets::write_png(folder / "visible" / (name + ".png"), sample.rgb);
    datasets::write_png(folder / "infrared" / (name + "_ir.png"), sample.thermal);
    datasets::write_png(folder / "masks" / (name + "_mask.png"), mask);
  }
}

}  // namespace test
