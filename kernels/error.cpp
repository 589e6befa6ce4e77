// SPDX-License-Identifier: Apache-2.0
#include "kernels/error.h"

#include <algorithm>
#include <new>
#include <system_error>

namespace kernels {

std::string describe(const std::exception& error) {
  std::string text = dynamic_cast<const std::bad_alloc*>(&error) ? "out of memory" : error.what();
  // Names of files and words of libraries may hold anything.
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return letter < 32 || letter == 127; }, ' ');
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& inner) {
    text += ", because " + describe(inner);
  } catch (...) {
    text += ", because of an exception of unknown type";
  }
  return text;
}

ExitCode exit_code(const std::exception& error) {
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& inner) {
    const ExitCode code = exit_code(inner);
    if (code != ExitCode::failure) return code;
  } catch (...) {
    return ExitCode::failure;
  }
  if (dynamic_cast<const std::bad_alloc*>(&error)) return ExitCode::device;
  if (const auto* refused = dynamic_cast<const std::system_error*>(&error))  // Of files, but for threads.
    return refused->code() == std::errc::resource_unavailable_try_again ? ExitCode::device : ExitCode::data;
  const auto* own = dynamic_cast<const Error*>(&error);
  return own == nullptr ? ExitCode::failure : own->exit_code();
}

}  // namespace kernels
