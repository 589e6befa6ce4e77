// SPDX-License-Identifier: Apache-2.0
#include "train/trace_output.h"

#include <fmt/ranges.h>
#include <fnmatch.h>

#include "engine/stored_tensor.h"
#include "kernels/error.h"

namespace train {

bool TraceOutput::wanted(const std::string& name) const {
  if (globs_.empty()) return true;
  for (const std::string& glob : globs_)
    if (fnmatch(glob.c_str(), name.c_str(), 0) == 0) return true;
  return false;
}

void TraceOutput::add(const std::string& name, const engine::Tensor& tensor) {
  if (!wanted(name)) return;
  items_.push_back(engine::stored(name, tensor));
}

void TraceOutput::add_scalar(const std::string& name, double value, kernels::DType dtype) {
  if (wanted(name)) items_.push_back(engine::stored_scalar(name, value, dtype));
}

void TraceOutput::add_integer(const std::string& name, std::int64_t value) {
  if (wanted(name)) items_.push_back(engine::stored_integer(name, value));
}

void TraceOutput::write(const std::filesystem::path& path) const {
  if (items_.empty())
    throw kernels::UsageError("--only {}: selects nothing that this trace produces", fmt::join(globs_, ","));
  engine::write_safetensors(path, engine::views(items_));
}

}  // namespace train
