// SPDX-License-Identifier: Apache-2.0
// What every program's main shares: the flags, the chain of errors, the documented exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "kernels/device.h"
#include "kernels/dtype.h"
#include "kernels/queue.h"

namespace train {

// Parses argv with `app` (adding --config FILE.toml, --version and --command-pages DIR), runs `body`, prints what went
// wrong as one chain on stderr. Returns the exit code: 0 ok, 1 failure, 2 usage, 3 data, 4 checkpoint, 5 device or
// memory, 130 interrupted.
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& body);

// Every flag with its value as TOML with comments, to be saved beside results and given to --config again. Flags
// without a value are left out, because an empty text is not the same to a flag that names a file.
std::string resolved_flags(const CLI::App& app);

// --device, --precision, --threads; on device cuda --conv, --deterministic, --choices.
struct DeviceFlags {
  std::string device = "auto";
  std::string precision = "f32";
  int threads = 0;
  std::string convolutions = {};  // "native", "library" or "auto"; empty: auto where there is a choice.
  bool deterministic = false;
  std::string choices = {};  // The file that the autotuner remembers in; empty: the user's cache folder.

  void add_to(CLI::App& app);
  // Opens the queue and, where --device was auto, prints the choice. Throws UsageError for tf32 on a device without it.
  std::shared_ptr<kernels::Queue> open() const;
  // The element type that networks compute in on this queue. Throws UsageError for a precision it does not have.
  kernels::DType compute_dtype(const kernels::Queue& queue) const;
};

// The command line as a shell takes it: words in quotes where they need them.
std::string command_line(int argc, const char* const* argv);

// Version and commit of this program, and the libraries that decide its numbers, for run folders and checkpoints.
std::string version_text();

}  // namespace train
