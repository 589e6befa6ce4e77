// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/sealed_file.h"

#include <xxhash.h>

#include <cstring>
#include <memory>

#include "engine/formats/atomic_file.h"
#include "engine/formats/mapped_file.h"
#include "kernels/error.h"

namespace engine {
namespace {

// The head of a sealed file after its eight bytes of length: the digits are at one place in every such file.
constexpr std::string_view mark = "{\"__metadata__\":{\"checksum\":\"xxh3_64:";
constexpr std::string_view zeros = "0000000000000000";
constexpr std::size_t digits_begin = 8 + mark.size(), digits_end = digits_begin + zeros.size();

class Hash {
 public:
  Hash() : state_(XXH3_createState(), XXH3_freeState) { XXH3_64bits_reset(state_.get()); }
  void add(const void* data, std::size_t bytes) { XXH3_64bits_update(state_.get(), data, bytes); }
  std::string digits() const { return fmt::format("{:016x}", XXH3_64bits_digest(state_.get())); }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

}  // namespace

void write_sealed(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                  std::map<std::string, std::string> metadata, const std::function<void()>& before_rename) {
  metadata["checksum"] = "xxh3_64:" + std::string(zeros);
  SafetensorsLayout layout = lay_out_safetensors(path.string(), tensors, metadata);
  if (layout.head.compare(8, mark.size(), mark) != 0)
    throw kernels::CheckpointError("{}: the metadata key '{}' comes before 'checksum'", path.string(),
                                   metadata.begin()->first);
  Hash hash;
  hash.add(layout.head.data(), layout.head.size());
  for (const auto& values : layout.values) hash.add(values.data(), values.size());
  layout.head.replace(digits_begin, zeros.size(), hash.digits());

  AtomicFile file(path);
  file.write(layout.head);
  for (const auto& values : layout.values) file.write(values.data(), values.size());
  if (before_rename) before_rename();
  file.commit();
}

std::optional<std::string> find_damage(const std::filesystem::path& path) {
  const MappedFile file(path);
  if (file.size() < digits_end)
    return fmt::format("expected a checkpoint of at least {} bytes, the file has {}", digits_end, file.size());
  const auto* text = reinterpret_cast<const char*>(file.data());
  if (std::string_view(text + 8, mark.size()) != mark)
    return "expected a checkpoint with a checksum, its head has none";
  Hash hash;
  hash.add(text, digits_begin);
  hash.add(zeros.data(), zeros.size());
  hash.add(text + digits_end, file.size() - digits_end);
  const std::string_view stored(text + digits_begin, zeros.size());
  if (hash.digits() == stored) return std::nullopt;
  std::string reason = fmt::format("checksum: expected {}, the {} bytes of the file give {}",
                                   stored.find_first_not_of("0123456789abcdef") == stored.npos ? stored : "digits",
                                   file.size(), hash.digits());
  // The format may know more, for example that the end is missing.
  try {
    SafetensorsFile::open(path);
  } catch (const kernels::Error& error) {
    reason += fmt::format(" ({})", error.what());
  }
  return reason;
}

}  // namespace engine
