// SPDX-License-Identifier: Apache-2.0
#include "kernels/error.h"

namespace kernels {

std::string describe(const std::exception& error) {
  std::string text = error.what();
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& inner) {
    text += "\n  because: " + describe(inner);
  } catch (...) {
    text += "\n  because: an exception of unknown type";
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
  const auto* own = dynamic_cast<const Error*>(&error);
  return own == nullptr ? ExitCode::failure : own->exit_code();
}

}  // namespace kernels
