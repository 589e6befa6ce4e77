// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/pth_objects.h"

#include <fmt/format.h>

#include <cstring>
#include <map>

#include "engine/formats/printable.h"

namespace engine {
namespace {

using Kind = PickleValue::Kind;

// A pickle can name one value again and again in a few bytes each; what would copy it every time is bounded.
constexpr std::size_t most_dimensions = 64, longest_key = 256;
constexpr std::size_t most_objects = std::size_t{1} << 18;
constexpr std::size_t most_copies = std::size_t{1} << 24;  // Bytes of texts, handles of dictionaries.

struct TypeNames {
  FileDType dtype;
  const char* storage;  // Null: such tensors lie in untyped storages.
  const char* torch;
  const char* numpy;  // Null: numpy has no such type.
};
constexpr TypeNames type_names[] = {
    {FileDType::f64, "DoubleStorage", "float64", "f8"}, {FileDType::f32, "FloatStorage", "float32", "f4"},
    {FileDType::f16, "HalfStorage", "float16", "f2"},   {FileDType::bf16, "BFloat16Storage", "bfloat16", nullptr},
    {FileDType::i64, "LongStorage", "int64", "i8"},     {FileDType::i32, "IntStorage", "int32", "i4"},
    {FileDType::i16, "ShortStorage", "int16", "i2"},    {FileDType::i8, "CharStorage", "int8", "i1"},
    {FileDType::u64, nullptr, "uint64", "u8"},          {FileDType::u32, nullptr, "uint32", "u4"},
    {FileDType::u16, nullptr, "uint16", "u2"},          {FileDType::u8, "ByteStorage", "uint8", "u1"},
    {FileDType::boolean, "BoolStorage", "bool", "b1"}};

const TypeNames& names_of(FileDType dtype) {
  return type_names[static_cast<std::size_t>(dtype)];
}

// What a name makes when it is called, or stands for by itself.
enum class Meaning {
  dictionary,  // OrderedDict, Counter
  tensor1,     // _rebuild_tensor, _v2, _v3
  tensor2,
  tensor3,
  parameter,  // _rebuild_parameter
  size,       // torch.Size
  device,     // torch.device
  numpy_scalar,
  numpy_type,
  encode,  // _codecs.encode: how protocol 2 writes bytes
  storage_type,
  dtype
};

struct Name {
  Meaning meaning;
  std::optional<FileDType> dtype;  // Of storage_type (none: untyped) and dtype.
};

const std::map<std::string, Name>& allowed_names() {
  static const std::map<std::string, Name> names = [] {
    std::map<std::string, Name> all = {{"collections.OrderedDict", {Meaning::dictionary, {}}},
                                       {"collections.Counter", {Meaning::dictionary, {}}},
                                       {"torch._utils._rebuild_tensor", {Meaning::tensor1, {}}},
                                       {"torch._utils._rebuild_tensor_v2", {Meaning::tensor2, {}}},
                                       {"torch._utils._rebuild_tensor_v3", {Meaning::tensor3, {}}},
                                       {"torch._utils._rebuild_parameter", {Meaning::parameter, {}}},
                                       {"torch._utils._rebuild_parameter_with_state", {Meaning::parameter, {}}},
                                       {"torch.Size", {Meaning::size, {}}},
                                       {"torch.device", {Meaning::device, {}}},
                                       {"numpy.core.multiarray.scalar", {Meaning::numpy_scalar, {}}},
                                       {"numpy._core.multiarray.scalar", {Meaning::numpy_scalar, {}}},
                                       {"numpy.dtype", {Meaning::numpy_type, {}}},
                                       {"_codecs.encode", {Meaning::encode, {}}},
                                       {"torch.storage.UntypedStorage", {Meaning::storage_type, {}}}};
    for (const TypeNames& type : type_names) {
      all.insert({fmt::format("torch.{}", type.torch), {Meaning::dtype, type.dtype}});
      if (type.storage == nullptr) continue;
      // Old files of tensors on a GPU name the class of another module.
      for (const char* module : {"torch", "torch.cuda"})
        all.insert({fmt::format("{}.{}", module, type.storage), {Meaning::storage_type, type.dtype}});
    }
    return all;
  }();
  return names;
}

// Arguments that are not what they should be are a complaint of the pickle that holds them.
std::int64_t integer(Pickle& pickle, PickleHandle handle, const char* what) {
  const PickleValue& value = pickle.value(handle);
  if (value.kind != Kind::integer || value.integer < 0)
    pickle.refuse(fmt::format("{}: expected an integer from 0, got {}", what,
                              value.kind == Kind::integer ? std::to_string(value.integer) : name_of(value.kind)));
  return value.integer;
}

std::vector<std::int64_t> integers(Pickle& pickle, PickleHandle handle, const char* what) {
  const PickleValue& value = pickle.value(handle);
  if ((value.kind != Kind::tuple && value.kind != Kind::list) || value.items.size() > most_dimensions)
    pickle.refuse(fmt::format("{}: expected a tuple of at most {} integers, got a {} of {}", what, most_dimensions,
                              name_of(value.kind), value.items.size()));
  std::vector<std::int64_t> result;
  for (const PickleHandle item : value.items) result.push_back(integer(pickle, item, what));
  return result;
}

const std::string& text(Pickle& pickle, PickleHandle handle, Kind kind, const char* what) {
  const PickleValue& value = pickle.value(handle);
  if (value.kind != kind)
    pickle.refuse(fmt::format("{}: expected a {}, got a {}", what, name_of(kind), name_of(value.kind)));
  return value.text;
}

Name name(Pickle& pickle, PickleHandle handle, Meaning meaning, const char* what) {
  const std::string& global = text(pickle, handle, Kind::global, what);
  const Name found = allowed_names().at(global);
  if (found.meaning != meaning) pickle.refuse(fmt::format("{}: {} is none", what, global));
  return found;
}

void require_count(Pickle& pickle, const std::string& global, std::size_t count, std::size_t least, std::size_t most) {
  if (count < least || count > most)
    pickle.refuse(fmt::format("{}: expected {} to {} arguments, got {}", global, least, most, count));
}

// Where the last element of the tensor ends, in elements; none where that exceeds 2^63 - 1.
std::optional<std::int64_t> reach_of(const TensorReference& tensor) {
  std::int64_t last = tensor.offset;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] == 0) return 0;
    std::int64_t step = 0;
    if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &step) ||
        __builtin_add_overflow(last, step, &last))
      return std::nullopt;
  }
  if (__builtin_add_overflow(last, 1, &last)) return std::nullopt;
  return last;
}

}  // namespace

const char* storage_class(FileDType dtype) {
  return names_of(dtype).storage;
}

const char* torch_dtype(FileDType dtype) {
  return names_of(dtype).torch;
}

bool PthObjects::allows(const std::string& global) const {
  return allowed_names().contains(global);
}

const TensorReference* PthObjects::tensor(const PickleValue& value) const {
  if (value.kind != Kind::object || value.integer / range != static_cast<std::int64_t>(Group::tensor)) return nullptr;
  return &tensors_[static_cast<std::size_t>(value.integer % range)];
}

PickleHandle PthObjects::add_object(Pickle& pickle, Group group, std::size_t index) {
  if (index >= most_objects) pickle.refuse(fmt::format("more than {} tensors", most_objects));
  const std::int64_t number = static_cast<std::int64_t>(group) * range + static_cast<std::int64_t>(index);
  return pickle.add({.kind = Kind::object, .integer = number});
}

void PthObjects::count_copies(Pickle& pickle, std::size_t count) {
  copies_ += count;
  if (copies_ > most_copies) pickle.refuse("the same values are copied again and again");
}

std::size_t PthObjects::index_of(Pickle& pickle, PickleHandle handle, Group group, const char* what) const {
  const PickleValue& value = pickle.value(handle);
  if (value.kind != Kind::object || value.integer / range != static_cast<std::int64_t>(group))
    pickle.refuse(fmt::format("expected a {}, got a {}", what, name_of(value.kind)));
  return static_cast<std::size_t>(value.integer % range);
}

PickleHandle PthObjects::persistent(Pickle& pickle, PickleHandle id) {
  const PickleValue& value = pickle.value(id);
  // ("storage", class, key, device, elements) and, in old files, a view: (its own key, first element, elements).
  if (value.kind != Kind::tuple || value.items.size() < 5 || value.items.size() > 6)
    pickle.refuse("a persistent id: expected (\"storage\", class, key, device, elements)");
  const std::vector<PickleHandle> items = value.items;
  if (text(pickle, items[0], Kind::text, "a persistent id") != "storage")
    pickle.refuse(fmt::format("a persistent id of '{}': expected 'storage'", printable(pickle.value(items[0]).text)));
  if (items.size() == 6 && pickle.value(items[5]).kind != Kind::none)
    pickle.refuse("a storage that is a view of another: PyTorch before 0.4 wrote such files; save it anew");
  const std::string& key = text(pickle, items[2], Kind::text, "the key of a storage");
  if (key.size() > longest_key)
    pickle.refuse(fmt::format("the key of a storage has {} letters: expected at most {}", key.size(), longest_key));
  storages_.push_back({.key = key,
                       .dtype = name(pickle, items[1], Meaning::storage_type, "the class of a storage").dtype,
                       .elements = integer(pickle, items[4], "the size of a storage")});
  return add_object(pickle, Group::storage, storages_.size() - 1);
}

PickleHandle PthObjects::rebuild_tensor(Pickle& pickle, std::span<const PickleHandle> arguments, int generation) {
  TensorReference tensor;
  tensor.storage = storages_[index_of(pickle, arguments[0], Group::storage, "storage")];
  tensor.offset = integer(pickle, arguments[1], "the offset of a tensor");
  tensor.shape = integers(pickle, arguments[2], "the shape of a tensor");
  tensor.strides = integers(pickle, arguments[3], "the strides of a tensor");
  if (tensor.strides.size() != tensor.shape.size())
    pickle.refuse(fmt::format("a tensor with {} sides and {} strides", tensor.shape.size(), tensor.strides.size()));
  const std::optional<FileDType> dtype =
      generation == 3 ? name(pickle, arguments[6], Meaning::dtype, "a type of elements").dtype : tensor.storage.dtype;
  if (!dtype) pickle.refuse("a tensor of no type: its storage is untyped");
  tensor.dtype = *dtype;
  const std::optional<std::int64_t> reach = reach_of(tensor);
  const std::int64_t size = static_cast<std::int64_t>(size_of(tensor.dtype));
  const std::int64_t width = tensor.storage.dtype ? static_cast<std::int64_t>(size_of(*tensor.storage.dtype)) : 1;
  std::int64_t needed = 0, there = 0;
  if (!reach || __builtin_mul_overflow(*reach, size, &needed) ||
      __builtin_mul_overflow(tensor.storage.elements, width, &there) || needed > there)
    pickle.refuse(fmt::format(
        "a tensor of shape [{}], strides [{}] and offset {} reaches beyond its storage of {} elements",
        fmt::join(tensor.shape, ", "), fmt::join(tensor.strides, ", "), tensor.offset, tensor.storage.elements));
  tensor.reach = *reach;
  tensors_.push_back(std::move(tensor));
  return add_object(pickle, Group::tensor, tensors_.size() - 1);
}

PickleHandle PthObjects::numpy_type(Pickle& pickle, std::span<const PickleHandle> arguments) {
  const std::string& wanted = text(pickle, arguments[0], Kind::text, "numpy.dtype");
  for (const TypeNames& type : type_names) {
    if (type.numpy == nullptr || wanted != type.numpy) continue;
    numpy_types_.push_back(type.dtype);
    return add_object(pickle, Group::numpy_type, numpy_types_.size() - 1);
  }
  pickle.refuse(fmt::format("numpy.dtype '{}': expected a number", printable(wanted)));
}

PickleHandle PthObjects::numpy_scalar(Pickle& pickle, std::span<const PickleHandle> arguments) {
  const FileDType dtype = numpy_types_[index_of(pickle, arguments[0], Group::numpy_type, "numpy.dtype")];
  const std::string bytes = text(pickle, arguments[1], Kind::bytes, "a number of numpy");
  if (bytes.size() != size_of(dtype))
    pickle.refuse(fmt::format("a number of numpy: expected {} bytes, got {}", size_of(dtype), bytes.size()));
  const TensorRecord record{.name = "numpy",
                            .dtype = dtype,
                            .shape = {},
                            .data = reinterpret_cast<const std::byte*>(bytes.data()),
                            .bytes = bytes.size()};
  if (is_floating(dtype) || dtype == FileDType::u64) return pickle.add({.kind = Kind::real, .real = to_f64(record)[0]});
  return pickle.add({.kind = Kind::integer, .integer = to_i64(record)[0]});
}

PickleHandle PthObjects::call(Pickle& pickle, const std::string& global, PickleHandle handle) {
  const std::vector<PickleHandle> arguments = pickle.value(handle).items;
  const auto require = [&](std::size_t least, std::size_t most) {
    require_count(pickle, global, arguments.size(), least, most);
  };
  switch (allowed_names().at(global).meaning) {
    case Meaning::dictionary: {
      require(0, 1);
      if (arguments.empty()) return pickle.add({.kind = Kind::dictionary});
      if (pickle.value(arguments[0]).kind == Kind::dictionary) return arguments[0];
      // Python 2 wrote an ordered dictionary as a list of pairs.
      PickleValue result{.kind = Kind::dictionary};
      if (pickle.value(arguments[0]).kind != Kind::list) pickle.refuse(global + ": expected a list of pairs");
      count_copies(pickle, pickle.value(arguments[0]).items.size());
      for (const PickleHandle pair : pickle.value(arguments[0]).items) {
        const PickleValue& value = pickle.value(pair);
        if (value.items.size() != 2 || (value.kind != Kind::tuple && value.kind != Kind::list))
          pickle.refuse(global + ": expected a list of pairs");
        result.items.insert(result.items.end(), value.items.begin(), value.items.end());
      }
      return pickle.add(std::move(result));
    }
    case Meaning::tensor1:
      require(4, 4);
      return rebuild_tensor(pickle, arguments, 1);
    case Meaning::tensor2:
      require(6, 7);
      return rebuild_tensor(pickle, arguments, 2);
    case Meaning::tensor3:
      require(7, 8);
      return rebuild_tensor(pickle, arguments, 3);
    case Meaning::parameter:
      require(3, 4);
      index_of(pickle, arguments[0], Group::tensor, "tensor");
      return arguments[0];
    case Meaning::size:
      require(1, 1);
      integers(pickle, arguments[0], "torch.Size");
      return arguments[0];
    case Meaning::device:
      require(1, 2);
      text(pickle, arguments[0], Kind::text, "torch.device");
      return arguments[0];
    case Meaning::numpy_type:
      require(1, 3);
      return numpy_type(pickle, arguments);
    case Meaning::numpy_scalar:
      require(2, 2);
      return numpy_scalar(pickle, arguments);
    case Meaning::encode: {
      require(2, 2);
      if (text(pickle, arguments[1], Kind::text, "_codecs.encode") != "latin1")
        pickle.refuse("_codecs.encode: expected latin1");
      // The text is UTF-8 here; one letter of it is one byte, up to 255.
      std::string bytes;
      const std::string& letters = text(pickle, arguments[0], Kind::text, "_codecs.encode");
      count_copies(pickle, letters.size());
      for (std::size_t i = 0; i < letters.size(); ++i) {
        const auto first = static_cast<unsigned char>(letters[i]);
        if (first > 0xC3) pickle.refuse("_codecs.encode: a letter beyond latin1");
        bytes += first < 0x80 ? letters[i] : static_cast<char>((first & 3) << 6 | (letters[++i] & 0x3F));
      }
      return pickle.add({.kind = Kind::bytes, .text = std::move(bytes)});
    }
    case Meaning::storage_type:
    case Meaning::dtype:
      break;
  }
  pickle.refuse(global + " is not called in weights");
}

void PthObjects::build(Pickle& pickle, PickleHandle object, PickleHandle state) {
  index_of(pickle, object, Group::numpy_type, "numpy.dtype");
  const PickleValue& value = pickle.value(state);
  // (version, byte order, ...)
  if (value.kind != Kind::tuple || value.items.size() < 2) pickle.refuse("numpy.dtype: expected a tuple as its state");
  const std::string& order = text(pickle, value.items[1], Kind::text, "the byte order of numpy.dtype");
  if (order == ">") pickle.refuse("numpy.dtype: a big-endian number");
}

}  // namespace engine
