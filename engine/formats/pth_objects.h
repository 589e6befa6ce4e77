// SPDX-License-Identifier: Apache-2.0
// What the names in a PyTorch checkpoint stand for: storages, tensors over them, parameters, ordered dictionaries, and
// numpy's numbers. Nothing else is allowed, and nothing is ever called.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/formats/pickle.h"
#include "engine/formats/tensor_record.h"

namespace engine {

// A block of values elsewhere in the file, by its key.
struct StorageReference {
  std::string key;
  std::optional<FileDType> dtype;  // None: bytes without a type.
  std::int64_t elements = 0;       // Bytes where there is no type.
};

// A tensor as strides over a storage, in elements.
struct TensorReference {
  StorageReference storage;
  FileDType dtype = FileDType::f32;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape, strides;
  // Elements of the storage up to the last one that the tensor touches; 0 where it is empty.
  std::int64_t reach = 0;
};

class PthObjects final : public PickleHost {
 public:
  bool allows(const std::string& global) const override;
  PickleHandle call(Pickle& pickle, const std::string& global, PickleHandle arguments) override;
  PickleHandle persistent(Pickle& pickle, PickleHandle id) override;
  void build(Pickle& pickle, PickleHandle object, PickleHandle state) override;

  // The tensor behind a value; null where it is none.
  const TensorReference* tensor(const PickleValue& value) const;
  // In the order in which the checkpoint names them; one key may occur several times.
  const std::vector<StorageReference>& storages() const { return storages_; }

 private:
  // Objects are numbered: storages, tensors and numpy types each have a range of numbers of their own.
  static constexpr std::int64_t range = std::int64_t{1} << 32;
  enum class Group : std::int64_t { storage, tensor, numpy_type };
  void count_copies(Pickle& pickle, std::size_t count);
  PickleHandle add_object(Pickle& pickle, Group group, std::size_t index);
  std::size_t index_of(Pickle& pickle, PickleHandle handle, Group group, const char* what) const;

  PickleHandle rebuild_tensor(Pickle& pickle, std::span<const PickleHandle> arguments, int generation);
  PickleHandle numpy_type(Pickle& pickle, std::span<const PickleHandle> arguments);
  PickleHandle numpy_scalar(Pickle& pickle, std::span<const PickleHandle> arguments);

  std::vector<StorageReference> storages_;
  std::vector<TensorReference> tensors_;
  std::vector<FileDType> numpy_types_;
  std::size_t copies_ = 0;
};

// The storage class and the element type as PyTorch names them: "FloatStorage", "float32". No class: only untyped.
const char* storage_class(FileDType dtype);
const char* torch_dtype(FileDType dtype);

}  // namespace engine
