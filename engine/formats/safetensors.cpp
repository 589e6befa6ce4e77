// SPDX-License-Identifier: Apache-2.0
// Reading and writing the header, with every number checked before it is used as an address.
#include "engine/formats/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

#include "engine/formats/atomic_file.h"
#include "engine/formats/mapped_file.h"
#include "engine/formats/printable.h"
#include "kernels/error.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;
using kernels::CheckpointError;

static_assert(std::endian::native == std::endian::little, "safetensors values are little-endian");
constexpr std::size_t prefix_bytes = 8;
constexpr std::size_t longest_header = 100'000'000;  // The format's own limit.
constexpr int deepest = 4;                           // {"name": {"shape": [...]}} is 3.

Json parse_header(const std::string& file, std::string_view text) {
  std::set<std::string> seen;
  const auto refuse_equal_names = [&](int depth, nlohmann::detail::parse_event_t event, Json& parsed) {
    if (event == nlohmann::detail::parse_event_t::key && depth == 1 && !seen.insert(parsed.get<std::string>()).second)
      throw CheckpointError("{}: tensor '{}' is listed twice", file, printable(parsed.get<std::string>()));
    // What is nested thousands of times would exhaust the stack when it is printed in a message.
    if (depth > deepest) throw CheckpointError("{}: header: expected at most {} levels of nesting", file, deepest);
    return true;
  };
  Json header;
  try {
    header = Json::parse(text, refuse_equal_names);
  } catch (const Json::exception& error) {
    throw CheckpointError("{}: header: expected JSON, got {}", file, printable(error.what(), 300));
  }
  if (!header.is_object())
    throw CheckpointError("{}: header: expected a JSON object, got {}", file, header.type_name());
  return header;
}

// A value in a message, where it is wrong.
std::string shown(const Json& value) {
  return printable(value.dump());
}

const Json& field(const std::string& file, const std::string& tensor, const Json& entry, const char* name) {
  if (!entry.is_object())
    throw CheckpointError("{}: tensor '{}': expected a JSON object, got {}", file, tensor, shown(entry));
  const auto found = entry.find(name);
  if (found == entry.end()) throw CheckpointError("{}: tensor '{}': {} is missing", file, tensor, name);
  return *found;
}

std::vector<std::int64_t> unsigned_list(const std::string& file, const std::string& tensor, const Json& entry,
                                        const char* name) {
  const Json& list = field(file, tensor, entry, name);
  const auto is_size = [](const Json& value) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() <= std::uint64_t{1} << 62;
  };
  if (!list.is_array() || !std::all_of(list.begin(), list.end(), is_size))
    throw CheckpointError("{}: tensor '{}': {}: expected a list of numbers from 0 to 2^62, got {}", file, tensor, name,
                          shown(list));
  return list.get<std::vector<std::int64_t>>();
}

TensorRecord read_entry(const std::string& file, const std::string& name, const Json& entry,
                        std::span<const std::byte> data) {
  TensorRecord record;
  record.name = name;
  const std::string tensor = printable(name);
  const Json& dtype = field(file, tensor, entry, "dtype");
  const std::optional<FileDType> known = dtype.is_string() ? file_dtype_named(dtype.get<std::string>()) : std::nullopt;
  if (!known)
    throw CheckpointError("{}: tensor '{}': dtype: expected F64, F32, F16, BF16, I64 to I8, U64 to U8 or BOOL, got {}",
                          file, tensor, shown(dtype));
  record.dtype = *known;
  record.shape = unsigned_list(file, tensor, entry, "shape");
  const std::vector<std::int64_t> offsets = unsigned_list(file, tensor, entry, "data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > static_cast<std::int64_t>(data.size()))
    throw CheckpointError("{}: tensor '{}': data_offsets: expected begin <= end <= {} (bytes of data), got [{}]", file,
                          tensor, data.size(), fmt::join(offsets, ", "));
  record.data = data.data() + offsets[0];
  record.bytes = static_cast<std::size_t>(offsets[1] - offsets[0]);
  const std::optional<std::size_t> expected = byte_count(record.shape, record.dtype);
  if (!expected || *expected != record.bytes)
    throw CheckpointError("{}: tensor '{}': shape [{}] of {} needs {} bytes, data_offsets give {}", file, tensor,
                          fmt::join(record.shape, ", "), name_of(record.dtype),
                          expected ? std::to_string(*expected) : "more than 2^63", record.bytes);
  return record;
}

// The ranges must tile the data: an overlap or a hole is the mark of a damaged header, and what is left behind the last
// one that of a damaged tail.
void require_tiling(const std::string& file, const std::vector<TensorRecord>& records,
                    std::span<const std::byte> data) {
  std::vector<const TensorRecord*> by_address;
  for (const TensorRecord& record : records) by_address.push_back(&record);
  std::sort(by_address.begin(), by_address.end(), [](const TensorRecord* a, const TensorRecord* b) {
    return std::pair(a->data, a->bytes) < std::pair(b->data, b->bytes);
  });
  const std::byte* covered = data.data();
  for (const TensorRecord* record : by_address) {
    if (record->data != covered)
      throw CheckpointError("{}: tensor '{}': data_offsets: {} at byte {} of the data: expected it to begin at {}",
                            file, printable(record->name), record->data < covered ? "overlap" : "hole",
                            record->data - data.data(), covered - data.data());
    covered += record->bytes;
  }
  if (covered != data.data() + data.size())
    throw CheckpointError("{}: the tensors end at byte {} of the data, the file has {}", file, covered - data.data(),
                          data.size());
}

}  // namespace

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  auto mapped = std::make_shared<const MappedFile>(path);
  SafetensorsFile result = parse(path, {mapped->data(), mapped->size()});
  result.keep_alive(std::move(mapped));
  return result;
}

SafetensorsFile SafetensorsFile::parse(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  SafetensorsFile result(path);
  const std::string file = path.string();
  if (bytes.size() < prefix_bytes)
    throw CheckpointError("{}: expected at least {} bytes, the file has {}", file, prefix_bytes, bytes.size());
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), prefix_bytes);
  if (header_bytes > bytes.size() - prefix_bytes || header_bytes > longest_header)
    throw CheckpointError("{}: header length: expected at most {}, got {} (truncated, or no safetensors file)", file,
                          std::min(bytes.size() - prefix_bytes, longest_header), header_bytes);
  const auto* text = reinterpret_cast<const char*>(bytes.data() + prefix_bytes);
  const Json header = parse_header(file, {text, header_bytes});
  const std::span<const std::byte> data = bytes.subspan(prefix_bytes + header_bytes);
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      result.add(read_entry(file, name, entry, data));
      continue;
    }
    if (!entry.is_object()) throw CheckpointError("{}: __metadata__: expected a JSON object", file);
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string())
        throw CheckpointError("{}: __metadata__: '{}': expected a text, got {}", file, printable(key), shown(value));
      result.metadata_[key] = value.get<std::string>();
    }
  }
  require_tiling(file, result.records(), data);
  return result;
}

std::vector<TensorToWrite> views(std::span<const OwnedTensor> tensors) {
  std::vector<TensorToWrite> result;
  for (const OwnedTensor& tensor : tensors) result.push_back(tensor.view());
  return result;
}

SafetensorsLayout lay_out_safetensors(const std::string& file, std::span<const TensorToWrite> tensors,
                                      const std::map<std::string, std::string>& metadata) {
  std::vector<std::size_t> order(tensors.size());  // In which the values lie.
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return size_of(tensors[a].dtype) > size_of(tensors[b].dtype); });
  std::vector<std::size_t> begins(tensors.size());
  std::size_t end = 0;
  for (const std::size_t i : order) {
    begins[i] = end;
    end += tensors[i].data.size();
  }

  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::set<std::string> seen = {"__metadata__"};
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const TensorToWrite& tensor = tensors[i];
    if (byte_count(tensor.shape, tensor.dtype) != tensor.data.size())
      throw CheckpointError("{}: tensor '{}': {} bytes do not fit shape [{}] of {}", file, tensor.name,
                            tensor.data.size(), fmt::join(tensor.shape, ", "), name_of(tensor.dtype));
    if (!seen.insert(tensor.name).second)
      throw CheckpointError("{}: tensor '{}': the name is taken", file, tensor.name);
    header[tensor.name] = {{"dtype", name_of(tensor.dtype)},
                           {"shape", tensor.shape},
                           {"data_offsets", {begins[i], begins[i] + tensor.data.size()}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // Spaces, as the format wants, so that the data is aligned.
  const std::uint64_t header_bytes = text.size();

  SafetensorsLayout layout;
  layout.head.resize(sizeof(header_bytes));
  std::memcpy(layout.head.data(), &header_bytes, sizeof(header_bytes));
  layout.head += text;
  for (const std::size_t i : order) layout.values.push_back(tensors[i].data);
  return layout;
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
  const SafetensorsLayout layout = lay_out_safetensors(path.string(), tensors, metadata);
  AtomicFile file(path);
  file.write(layout.head);
  for (const auto& values : layout.values) file.write(values.data(), values.size());
  file.commit();
}

}  // namespace engine
