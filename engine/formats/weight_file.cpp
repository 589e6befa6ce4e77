// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/weight_file.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "engine/formats/printable.h"
#include "kernels/error.h"

namespace engine {
namespace {

const PthPart* find_part(const PthFile& file, const std::string& path) {
  const auto found =
      std::find_if(file.parts.begin(), file.parts.end(), [&](const PthPart& part) { return part.path == path; });
  return found == file.parts.end() ? nullptr : &*found;
}

const PthPart& choose_part(const PthFile& file, const std::string& wanted) {
  using kernels::CheckpointError;
  if (file.parts.empty()) throw CheckpointError("{}: there are no tensors in it", file.path.string());
  if (!wanted.empty()) {
    if (const PthPart* part = find_part(file, wanted)) return *part;
    throw CheckpointError("{}: no part '{}' with tensors; there are {}", file.path.string(), wanted, list_parts(file));
  }
  const PthPart* outermost = find_part(file, "");
  for (const char* name : {"state_dict", "model_state_dict", "model", "network", "net", "weights"})
    if (const PthPart* part = find_part(file, name))
      // A step count may be a tensor too, and stand outside.
      return outermost != nullptr && outermost->tensors.size() > part->tensors.size() ? *outermost : *part;
  if (outermost != nullptr) return *outermost;
  std::vector<const PthPart*> candidates;
  for (const PthPart& part : file.parts)
    if (part.path.find("optim") == std::string::npos) candidates.push_back(&part);
  if (candidates.size() == 1) return *candidates[0];
  throw CheckpointError("{}: which of its parts is the network? There are {}; choose one (convert --part NAME)",
                        file.path.string(), list_parts(file));
}

// As often as all names begin with it.
void strip_prefixes(std::vector<TensorRecord>& tensors) {
  for (bool stripped = true; stripped;) {
    stripped = false;
    for (const std::string prefix : {"module.", "_orig_mod."}) {
      const auto has_it = [&](const TensorRecord& tensor) {
        return tensor.name.starts_with(prefix) && tensor.name.size() > prefix.size();
      };
      if (tensors.empty() || !std::all_of(tensors.begin(), tensors.end(), has_it)) continue;
      for (TensorRecord& tensor : tensors) tensor.name.erase(0, prefix.size());
      stripped = true;
    }
  }
}

}  // namespace

std::string list_parts(const PthFile& file) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, file.parts.size()); ++i) {
    const PthPart& part = file.parts[i];
    text += fmt::format("{}{} ({} tensors)", i == 0 ? "" : ", ",
                        part.path.empty() ? "the outermost dictionary" : printable(part.path), part.tensors.size());
  }
  return file.parts.size() <= most ? text : fmt::format("{} and {} more", text, file.parts.size() - most);
}

bool is_pth(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".safetensors") return false;
  for (const char* name : {".pth", ".pt", ".tar", ".ckpt", ".bin"})
    if (extension == name) return true;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw kernels::FileError("{}: cannot be opened", path.string());
  std::array<char, 16> begin{};
  stream.read(begin.data(), begin.size());
  return looks_like_pth(std::as_bytes(std::span(begin.data(), static_cast<std::size_t>(stream.gcount()))));
}

TensorFile state_of(const PthFile& file, const std::string& part) {
  std::vector<TensorRecord> tensors = choose_part(file, part).tensors;
  strip_prefixes(tensors);
  TensorFile result(file.path);
  for (const auto& memory : file.memory) result.keep_alive(memory);
  for (TensorRecord& tensor : tensors) result.add(std::move(tensor));  // Keys of one dictionary differ.
  return result;
}

TensorFile open_weight_file(const std::filesystem::path& path, const std::string& part) {
  if (is_pth(path)) return state_of(PthFile::open(path), part);
  const TensorFile whole = SafetensorsFile::open(path);
  TensorFile result = whole.without_records();
  const std::string prefix = part.empty() ? "" : part + "/";
  for (const TensorRecord& record : whole.records()) {
    if (!record.name.starts_with(prefix) || record.name.find('/', prefix.size()) != std::string::npos) continue;
    TensorRecord copy = record;
    copy.name.erase(0, prefix.size());
    result.add(std::move(copy));
  }
  if (result.records().empty() && !part.empty())
    throw kernels::CheckpointError("{}: no tensor's name begins with '{}'", path.string(), prefix);
  return result;
}

}  // namespace engine
