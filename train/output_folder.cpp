// SPDX-License-Identifier: Apache-2.0
#include "train/output_folder.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include "engine/formats/atomic_file.h"

namespace train {

void open_output_folder(const std::filesystem::path& folder, const std::string& configuration) {
  engine::create_folder(folder);
  engine::write_file(folder / "config.toml", configuration);
}

namespace {

constexpr double mebibyte = 1 << 20;

}  // namespace

MemoryPeak memory_peak(kernels::Queue& queue) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  constexpr double kilobytes = 1 << 10;  // The system counts in units of 1024 bytes.
  return {static_cast<double>(queue.memory().statistics().peak_in_use) / mebibyte,
          static_cast<double>(usage.ru_maxrss) / kilobytes};
}

std::string peak_memory_text(kernels::Queue& queue) {
  const MemoryPeak peak = memory_peak(queue);
  return fmt::format(
      "memory peak: {:.0f} MiB of tensors on {}, {:.0f} MiB reserved, {:.0f} MiB of the whole process on the host",
      peak.tensors_mib, to_string(queue.device()), static_cast<double>(queue.memory().statistics().reserved) / mebibyte,
      peak.host_mib);
}

}  // namespace train
