// SPDX-License-Identifier: Apache-2.0
// Where a program puts its results, and the line about memory that it ends with.
#pragma once

#include <filesystem>
#include <string>

#include "kernels/queue.h"

namespace train {

// Creates the folder and writes config.toml (the resolved flags) into it. Throws FileError.
void open_output_folder(const std::filesystem::path& folder, const std::string& configuration);

struct MemoryPeak {
  double tensors_mib = 0;  // In use on the queue's device, at most.
  double host_mib = 0;     // Of the whole process, resident, at most.
};
MemoryPeak memory_peak(kernels::Queue& queue);

// "memory peak: 212 MiB of tensors on cpu, 256 MiB reserved, 318 MiB of the whole process on the host".
std::string peak_memory_text(kernels::Queue& queue);

}  // namespace train
