// SPDX-License-Identifier: Apache-2.0
// Lists of pairs and descriptions of own data, as text that anybody may have written.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "datasets/folder_description.h"
#include "datasets/pairs.h"
#include "kernels/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    std::istringstream stream(text);
    datasets::parse_pair_list(stream, "list.txt");
  } catch (const kernels::Error&) {  // Anything else, and any crash, is a finding.
  }
  try {
    datasets::to_toml(datasets::parse_folder_description(text, "dataset.toml"));
  } catch (const kernels::Error&) {
  }
  return 0;
}
