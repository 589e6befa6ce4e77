// SPDX-License-Identifier: Apache-2.0
// One family of exceptions for callers' mistakes. A message reads: op or file: what was expected, what came, with the
// numbers. Context is added once per storey with std::throw_with_nested; main prints the chain (describe) and exits
// with exit_code.
#pragma once

#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace kernels {

// Exit codes of every program.
enum class ExitCode { ok = 0, failure = 1, usage = 2, data = 3, checkpoint = 4, device = 5, interrupted = 130 };

class Error : public std::runtime_error {
 public:
  template <class... Args>
  explicit Error(fmt::format_string<Args...> text, Args&&... args)
      : std::runtime_error(fmt::format(text, std::forward<Args>(args)...)) {}
  virtual ExitCode exit_code() const noexcept { return ExitCode::failure; }
};

class ShapeError : public Error {  // A tensor has the wrong shape for an op.
 public:
  using Error::Error;
};

class DTypeError : public Error {  // A tensor has the wrong element type for an op.
 public:
  using Error::Error;
};

class UsageError : public Error {  // A flag or an argument that makes no sense.
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::usage; }
};

class DataError : public Error {  // A file of a data set holds something it must not.
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::data; }
};

class FileError : public Error {  // A file is missing, unreadable or unwritable.
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::data; }
};

class CheckpointError : public Error {  // A checkpoint or weight file is damaged or does not fit the network.
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::checkpoint; }
};

class DeviceError : public Error {  // A device, driver or library call failed, or memory ran out.
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::device; }
};

class NotImplemented : public Error {  // A kernel row has no entry for this device.
 public:
  using Error::Error;
};

// The whole chain of nested exceptions, outermost first, in one line: "A, because B". Control characters become blanks.
std::string describe(const std::exception& error);

// The exit code of the innermost exception of the chain that has one: an Error, or memory or files that the system
// refuses (device, data); else failure.
ExitCode exit_code(const std::exception& error);

}  // namespace kernels
