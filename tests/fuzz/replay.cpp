// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over kept inputs, without libFuzzer: replay FILE_OR_FOLDER_OR_ZIP... A find ends the process.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/formats/mapped_file.h"
#include "engine/formats/zip_archive.h"
#include "kernels/error.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

int inputs = 0;

void run(const std::string& name, std::span<const std::byte> bytes) {
  std::printf("%s\n", name.c_str());  // The last line names the input of a crash.
  std::fflush(stdout);
  // A copy of its own, so that AddressSanitizer sees where an input ends.
  const std::vector<std::uint8_t> copy(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       reinterpret_cast<const std::uint8_t*>(bytes.data() + bytes.size()));
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
  ++inputs;
}

void run_file(const std::filesystem::path& path) {
  const engine::MappedFile file(path);
  const std::span<const std::byte> bytes(file.data(), file.size());
  if (path.extension() != ".zip") return run(path.string(), bytes);
  const auto archive = engine::ZipArchive::parse(path.string(), bytes);
  for (const engine::ZipEntry& entry : archive.entries()) run(path.string() + ": " + entry.name, entry.data);
}

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i]))
      files.emplace_back(argv[i]);
    else
      for (const auto& entry : fs::directory_iterator(argv[i])) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "usage: %s FILE_OR_FOLDER_OR_ZIP...: no inputs were found\n", argv[0]);
    return 2;
  }
  try {
    for (const fs::path& path : files) run_file(path);
  } catch (const kernels::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  std::printf("%d inputs\n", inputs);
  return 0;
}
