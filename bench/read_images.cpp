// SPDX-License-Identifier: Apache-2.0
// read_images: the numbers that our readers see, for comparison with other libraries (bench/peers/check_images.py).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "datasets/image_io.h"
#include "kernels/error.h"

namespace {

template <class T>
void print(const datasets::Image<T>& image, const char* type) {
  fmt::print("{} {} {} {}\n", type, image.height, image.width, image.channels);
  std::fwrite(image.pixels.data(), sizeof(T), image.pixels.size(), stdout);
}

}  // namespace

// Paths, one per line, on stdin; a path after "label " is read as class ids. For each: a line "uint8 HEIGHT WIDTH
// CHANNELS" (or uint16) and the pixels, row-major, in the machine's byte order; or a line "refused MESSAGE".
int main() {
  const std::string label = "label ";
  for (std::string line; std::getline(std::cin, line);) {
    try {
      if (line.starts_with(label)) {
        print(datasets::read_label(line.substr(label.size())), "uint8");
        continue;
      }
      const datasets::Picture picture = datasets::read_picture(line);
      if (picture.bits == 16)
        print(picture.image16, "uint16");
      else
        print(picture.image8, "uint8");
    } catch (const kernels::Error& error) {
      fmt::print("refused {}\n", error.what());
    }
    std::fflush(stdout);
  }
  return std::cin.bad() ? 1 : 0;
}
