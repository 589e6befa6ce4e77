// SPDX-License-Identifier: Apache-2.0
// From the pickle's values to tensors: where each storage lies, and what each dictionary holds.
#include "engine/formats/pth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "engine/formats/mapped_file.h"
#include "engine/formats/printable.h"
#include "engine/formats/pth_objects.h"
#include "engine/formats/zip_archive.h"
#include "kernels/error.h"

namespace engine {
namespace {

using kernels::CheckpointError;
using Kind = PickleValue::Kind;
using Bytes = std::span<const std::byte>;
using Storages = std::unordered_map<std::string, Bytes>;

// 2^80 over a byte order of its own: the pickled number with which every legacy file begins.
constexpr unsigned char legacy_magic[] = {0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46,
                                          0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E};
constexpr int deepest = 32;                                // Dictionaries and lists within each other.
constexpr std::size_t most_visits = std::size_t{1} << 18;  // Of values while parts are collected.
constexpr std::size_t longest_path = 1024;                 // Keys from the outside in, together.

bool is_legacy(Bytes bytes) {
  return bytes.size() >= sizeof(legacy_magic) && std::memcmp(bytes.data(), legacy_magic, sizeof(legacy_magic)) == 0;
}

bool is_row_major(const TensorReference& tensor) {
  std::int64_t expected = 1;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected) return false;
    expected *= tensor.shape[i];
  }
  return true;
}

// Copies a tensor of any strides into row-major order.
void gather(const TensorReference& tensor, const std::byte* from, std::size_t elements, std::byte* to) {
  const std::size_t size = size_of(tensor.dtype), rank = tensor.shape.size();
  std::vector<std::int64_t> index(rank, 0);
  std::int64_t at = tensor.offset;
  for (std::size_t i = 0; i < elements; ++i) {
    std::memcpy(to + i * size, from + static_cast<std::size_t>(at) * size, size);
    for (std::size_t axis = rank; axis-- > 0;) {
      if (index[axis] + 1 < tensor.shape[axis]) {
        ++index[axis];
        at += tensor.strides[axis];
        break;
      }
      at -= tensor.strides[axis] * index[axis];
      index[axis] = 0;
    }
  }
}

// Walks the values of a checkpoint and collects its tensors.
class Collector {
 public:
  Collector(PthFile& result, const Pickle& pickle, const PthObjects& objects, const Storages& storages,
            std::size_t file_bytes)
      : result_(result),
        file_(result.path.string()),
        pickle_(pickle),
        objects_(objects),
        storages_(storages),
        // A view may repeat its storage, and a few bytes may claim to be a huge tensor by strides of zero.
        bytes_left_(16 * file_bytes + (std::size_t{4} << 20)) {}

  void collect(PickleHandle root) {
    if (const TensorReference* tensor = objects_.tensor(pickle_.value(root)))
      add(*tensor, "", "tensor");
    else
      visit(root, "", 0);
  }

 private:
  void visit(PickleHandle handle, const std::string& path, int depth) {
    if (depth > deepest)
      throw CheckpointError("{}: '{}': nested deeper than {} levels, or within itself", file_, printable(path),
                            deepest);
    const PickleValue& value = pickle_.value(handle);
    const bool dictionary = value.kind == Kind::dictionary;
    if (!dictionary && value.kind != Kind::list && value.kind != Kind::tuple) {
      if (result_.values.size() < 1000) result_.values[path] = plain_text(value);
      return;
    }
    // The last of two equal keys counts, at the place of the first, as in Python.
    std::vector<std::pair<std::string, PickleHandle>> entries;
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < value.items.size(); i += dictionary ? 2 : 1) {
      if (++visits_ > most_visits)
        throw CheckpointError("{}: more than {} entries in its dictionaries", file_, most_visits);
      const std::string key = dictionary ? key_text(pickle_.value(value.items[i]), path) : std::to_string(i);
      const auto [place, is_new] = places.emplace(key, entries.size());
      if (is_new) entries.emplace_back(key, 0);
      entries[place->second].second = value.items[dictionary ? i + 1 : i];
    }
    for (const auto& [key, item] : entries) {
      if (path.size() + key.size() >= longest_path)
        throw CheckpointError("{}: '{}': a path of {} letters: expected less than {}", file_,
                              printable(path + "." + key), path.size() + 1 + key.size(), longest_path);
      if (const TensorReference* tensor = objects_.tensor(pickle_.value(item))) {
        add(*tensor, path, key);
        continue;
      }
      visit(item, path.empty() ? key : path + "." + key, depth + 1);
    }
  }

  std::string key_text(const PickleValue& key, const std::string& path) const {
    if (key.kind == Kind::text) return key.text;
    if (key.kind == Kind::integer) return std::to_string(key.integer);
    throw CheckpointError("{}: '{}': expected texts and integers as keys, got a {}", file_, printable(path),
                          name_of(key.kind));
  }

  static std::string plain_text(const PickleValue& value) {
    switch (value.kind) {
      case Kind::boolean:
        return value.integer != 0 ? "True" : "False";
      case Kind::integer:
        return std::to_string(value.integer);
      case Kind::real:
        return fmt::format("{}", value.real);
      case Kind::text:
      case Kind::global:
        return printable(value.text);
      default:
        return name_of(value.kind);
    }
  }

  void add(const TensorReference& tensor, const std::string& path, const std::string& key) {
    const auto storage = storages_.find(tensor.storage.key);
    const std::size_t size = size_of(tensor.dtype);
    const auto complain = [&](const std::string& what) {
      throw CheckpointError("{}: tensor '{}': {}", file_, printable(path.empty() ? key : path + "." + key), what);
    };
    if (storage == storages_.end()) complain(fmt::format("its storage '{}' is missing", printable(tensor.storage.key)));
    const Bytes data = storage->second;
    if (static_cast<std::size_t>(tensor.reach) > data.size() / size)
      complain(fmt::format("shape [{}] of {} reaches byte {} of its storage, which has {} (truncated?)",
                           fmt::join(tensor.shape, ", "), name_of(tensor.dtype),
                           static_cast<std::size_t>(tensor.reach) * size, data.size()));
    const std::optional<std::size_t> bytes = byte_count(tensor.shape, tensor.dtype);
    if (!bytes || *bytes > bytes_left_)
      complain(fmt::format("shape [{}] of {} is far larger than the file (expanded? save it contiguous)",
                           fmt::join(tensor.shape, ", "), name_of(tensor.dtype)));
    bytes_left_ -= *bytes;
    TensorRecord record{.name = key, .dtype = tensor.dtype, .shape = tensor.shape, .data = nullptr, .bytes = *bytes};
    if (*bytes == 0) {
      record.data = data.data();
    } else if (is_row_major(tensor)) {
      record.data = data.data() + static_cast<std::size_t>(tensor.offset) * size;
    } else {
      auto copy = std::make_shared<std::vector<std::byte>>(*bytes);
      gather(tensor, data.data(), *bytes / size, copy->data());
      record.data = copy->data();
      result_.memory.push_back(std::move(copy));
    }
    const auto [place, is_new] = parts_.emplace(path, result_.parts.size());
    if (is_new) result_.parts.push_back({path, {}});
    result_.parts[place->second].tensors.push_back(std::move(record));
  }

  PthFile& result_;
  std::string file_;
  const Pickle& pickle_;
  const PthObjects& objects_;
  const Storages& storages_;
  std::size_t bytes_left_, visits_ = 0;
  std::unordered_map<std::string, std::size_t> parts_;
};

void parse_zip(PthFile& result, Bytes bytes) {
  const std::string file = result.path.string();
  const ZipArchive archive = ZipArchive::parse(file, bytes);
  const std::string pickle_name = "/data.pkl";
  const ZipEntry* pickled = nullptr;
  for (const ZipEntry& entry : archive.entries())
    if (entry.name.ends_with(pickle_name) && entry.name.find('/') == entry.name.size() - pickle_name.size())
      pickled = &entry;
  if (pickled == nullptr) throw CheckpointError("{}: a zip archive without data.pkl: no PyTorch checkpoint", file);
  const std::string root = pickled->name.substr(0, pickled->name.size() - pickle_name.size() + 1);
  if (archive.find(root + "constants.pkl") != nullptr)
    throw CheckpointError("{}: a TorchScript program: save its state_dict() with torch.save instead", file);
  if (const ZipEntry* order = archive.find(root + "byteorder")) {
    const std::string_view text(reinterpret_cast<const char*>(order->data.data()), order->data.size());
    if (text != "little") throw CheckpointError("{}: byteorder: expected little, got {}", file, printable(text));
  }
  archive.verify(*pickled);
  PthObjects objects;
  Pickle pickle(file, pickled->data, pickled->offset, objects);
  const PickleHandle value = pickle.load();
  Storages storages;
  for (const StorageReference& storage : objects.storages()) {
    const ZipEntry* entry = archive.find(root + "data/" + storage.key);
    if (entry == nullptr || !storages.emplace(storage.key, entry->data).second) continue;
    archive.verify(*entry);
  }
  Collector(result, pickle, objects, storages, bytes.size()).collect(value);
}

// Five pickles (magic number, protocol, facts about the system, the object, the keys of its storages), then for each
// key a count of eight bytes and the values.
void parse_legacy(PthFile& result, Bytes bytes) {
  const std::string file = result.path.string();
  PthObjects objects;
  Pickle pickle(file, bytes.subspan(sizeof(legacy_magic)), sizeof(legacy_magic), objects);
  const PickleValue protocol = pickle.value(pickle.load());
  if (protocol.kind != Kind::integer || protocol.integer != 1001)
    throw CheckpointError("{}: expected the legacy protocol 1001, got {}", file,
                          protocol.kind == Kind::integer ? std::to_string(protocol.integer) : name_of(protocol.kind));
  const PickleValue system = pickle.value(pickle.load());
  for (std::size_t i = 0; system.kind == Kind::dictionary && i < system.items.size(); i += 2)
    if (pickle.value(system.items[i]).text == "little_endian" && pickle.value(system.items[i + 1]).integer == 0)
      throw CheckpointError("{}: written on a big-endian machine", file);
  const PickleHandle value = pickle.load();
  const PickleValue keys = pickle.value(pickle.load());
  if (keys.kind != Kind::list)
    throw CheckpointError("{}: expected a list of storage keys, got a {}", file, name_of(keys.kind));

  std::unordered_map<std::string, const StorageReference*> known;
  for (const StorageReference& storage : objects.storages()) known.emplace(storage.key, &storage);
  Storages storages;
  std::size_t at = sizeof(legacy_magic) + pickle.position();
  for (const PickleHandle handle : keys.items) {
    const std::string& key = pickle.value(handle).text;
    const auto storage = known.find(key);
    if (storage == known.end() || storages.contains(key))
      throw CheckpointError("{}: byte {}: storage '{}' is {}", file, at, printable(key),
                            storage == known.end() ? "of no tensor: its size is unknown" : "listed twice");
    std::int64_t count = 0;
    if (bytes.size() - at < sizeof(count))
      throw CheckpointError("{}: byte {}: storage '{}' is missing (truncated?)", file, at, printable(key));
    std::memcpy(&count, bytes.data() + at, sizeof(count));
    at += sizeof(count);
    const std::size_t width = storage->second->dtype ? size_of(*storage->second->dtype) : 1;
    if (count != storage->second->elements || static_cast<std::size_t>(count) > (bytes.size() - at) / width)
      throw CheckpointError(
          "{}: byte {}: storage '{}': expected {} elements of {} bytes, the file says {} and has {} bytes left", file,
          at, printable(key), storage->second->elements, width, count, bytes.size() - at);
    storages.emplace(key, bytes.subspan(at, static_cast<std::size_t>(count) * width));
    at += static_cast<std::size_t>(count) * width;
  }
  if (at != bytes.size())
    throw CheckpointError("{}: the storages end at byte {}, the file has {}", file, at, bytes.size());
  Collector(result, pickle, objects, storages, bytes.size()).collect(value);
}

}  // namespace

bool looks_like_pth(Bytes bytes) {
  return looks_like_zip(bytes) || is_legacy(bytes);
}

PthFile PthFile::parse(const std::filesystem::path& path, Bytes bytes) {
  PthFile result{.path = path};
  if (is_legacy(bytes)) {
    result.zip = false;
    parse_legacy(result, bytes);
  } else if (looks_like_zip(bytes)) {
    parse_zip(result, bytes);
  } else {
    const auto* begin = reinterpret_cast<const char*>(bytes.data());
    throw CheckpointError(
        "{}: no PyTorch checkpoint: expected a zip archive (PK) or the legacy magic number, the file of {} bytes "
        "begins with '{}'",
        path.string(), bytes.size(), printable({begin, std::min<std::size_t>(bytes.size(), 8)}));
  }
  return result;
}

PthFile PthFile::open(const std::filesystem::path& path) {
  auto mapped = std::make_shared<const MappedFile>(path);
  PthFile result = parse(path, {mapped->data(), mapped->size()});
  result.memory.push_back(std::move(mapped));
  return result;
}

}  // namespace engine
