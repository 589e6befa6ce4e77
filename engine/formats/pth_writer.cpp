// SPDX-License-Identifier: Apache-2.0
// The pickle of a state dict, opcode by opcode, and the archive around it.
#include <cstring>
#include <set>

#include "engine/formats/atomic_file.h"
#include "engine/formats/printable.h"
#include "engine/formats/pth.h"
#include "engine/formats/pth_objects.h"
#include "engine/formats/zip_writer.h"
#include "kernels/error.h"

namespace engine {
namespace {

// Pickle protocol 2.
class PickleWriter {
 public:
  void code(std::string_view opcodes) { bytes_ += opcodes; }
  void global(const char* module, const char* name) { bytes_ += fmt::format("c{}\n{}\n", module, name); }
  void text(const std::string& text) {
    code("X");
    raw(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
  }
  void integer(std::int64_t value) {
    code(std::string_view("\x8A\x08", 2));  // LONG1 of eight bytes
    raw(value);
  }
  void integers(const std::vector<std::int64_t>& values) {
    code("(");
    for (const std::int64_t value : values) integer(value);
    code("t");
  }
  const std::string& bytes() const { return bytes_; }

 private:
  template <class T>
  void raw(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    bytes_.append(bytes, sizeof(T));
  }
  std::string bytes_;
};

std::vector<std::int64_t> row_major_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<std::int64_t>(shape[i], 1);
  }
  return strides;
}

// _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks); v3 names the type of the elements, for
// those that have no class of storages.
void write_tensor(PickleWriter& pickle, const TensorToWrite& tensor, const std::string& key) {
  const char* storage = storage_class(tensor.dtype);
  pickle.global("torch._utils", storage != nullptr ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
  pickle.code("((");
  pickle.text("storage");
  if (storage != nullptr)
    pickle.global("torch", storage);
  else
    pickle.global("torch.storage", "UntypedStorage");
  pickle.text(key);
  pickle.text("cpu");
  pickle.integer(static_cast<std::int64_t>(tensor.data.size() / (storage != nullptr ? size_of(tensor.dtype) : 1)));
  pickle.code("tQ");
  pickle.integer(0);
  pickle.integers(tensor.shape);
  pickle.integers(row_major_strides(tensor.shape));
  pickle.code("\x89");
  pickle.global("collections", "OrderedDict");
  pickle.code(")R");
  if (storage == nullptr) pickle.global("torch", torch_dtype(tensor.dtype));
  pickle.code("tR");
}

}  // namespace

void write_pth(const std::filesystem::path& path, std::span<const TensorToWrite> tensors) {
  PickleWriter pickle;
  pickle.code(std::string_view("\x80\x02", 2));
  pickle.global("collections", "OrderedDict");
  pickle.code(")R(");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const TensorToWrite& tensor = tensors[i];
    if (byte_count(tensor.shape, tensor.dtype) != tensor.data.size())
      throw kernels::CheckpointError("{}: tensor '{}': {} bytes do not fit shape [{}] of {}", path.string(),
                                     printable(tensor.name), tensor.data.size(), fmt::join(tensor.shape, ", "),
                                     name_of(tensor.dtype));
    if (!seen.insert(tensor.name).second)
      throw kernels::CheckpointError("{}: tensor '{}': the name is taken", path.string(), printable(tensor.name));
    pickle.text(tensor.name);
    write_tensor(pickle, tensor, std::to_string(i));
  }
  pickle.code("u.");

  AtomicFile file(path);
  ZipWriter archive([&](const void* data, std::size_t bytes) { file.write(data, bytes); });
  archive.add("archive/data.pkl", pickle.bytes());
  archive.add("archive/byteorder", "little");
  for (std::size_t i = 0; i < tensors.size(); ++i) archive.add("archive/data/" + std::to_string(i), tensors[i].data);
  archive.add("archive/version", "3\n");
  archive.finish();
  file.commit();
}

}  // namespace engine
