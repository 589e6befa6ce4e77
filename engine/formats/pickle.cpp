// SPDX-License-Identifier: Apache-2.0
// The opcodes that checkpoints use. Every length is compared with the bytes that are left before memory is asked for,
// so that memory stays within a small multiple of the file.
#include "engine/formats/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "engine/formats/printable.h"
#include "kernels/error.h"

namespace engine {
namespace {

using Kind = PickleValue::Kind;

// A full checkpoint of a network of two thousand states needs a hundred thousand values.
constexpr std::size_t most_values = std::size_t{1} << 22;
constexpr std::size_t most_memories = std::size_t{1} << 20;

// Names of what is refused; the rest of the 256 bytes are no opcodes at all.
const char* opcode_name(std::uint8_t opcode) {
  static const std::map<std::uint8_t, const char*> names = {
      {'0', "POP"},         {'1', "POP_MARK"},     {'2', "DUP"},
      {'I', "INT"},         {'L', "LONG"},         {'F', "FLOAT"},
      {'S', "STRING"},      {'V', "UNICODE"},      {'P', "PERSID"},
      {'i', "INST"},        {'o', "OBJ"},          {'d', "DICT"},
      {'l', "LIST"},        {'g', "GET"},          {'p', "PUT"},
      {0x81, "NEWOBJ"},     {0x82, "EXT1"},        {0x83, "EXT2"},
      {0x84, "EXT4"},       {0x8B, "LONG4"},       {0x8F, "EMPTY_SET"},
      {0x90, "ADDITEMS"},   {0x91, "FROZENSET"},   {0x92, "NEWOBJ_EX"},
      {0x96, "BYTEARRAY8"}, {0x97, "NEXT_BUFFER"}, {0x98, "READONLY_BUFFER"}};
  const auto found = names.find(opcode);
  return found == names.end() ? "that does not exist" : found->second;
}

}  // namespace

const char* name_of(Kind kind) {
  static constexpr const char* names[] = {"None",  "boolean", "integer",    "number", "text",  "bytes",
                                          "tuple", "list",    "dictionary", "name",   "object"};
  return names[static_cast<std::size_t>(kind)];
}

void Pickle::refuse(const std::string& what) const {
  throw kernels::CheckpointError("{}: byte {}: {}", file_, offset_ + opcode_position_, what);
}

PickleHandle Pickle::add(PickleValue value) {
  if (values_.size() == most_values) refuse(fmt::format("more than {} values", most_values));
  values_.push_back(std::move(value));
  return static_cast<PickleHandle>(values_.size() - 1);
}

PickleHandle Pickle::load() {
  stack_.clear();
  marks_.clear();
  memo_.clear();  // A new pickle knows nothing of the one before.
  while (true) {
    opcode_position_ = position_;
    const auto opcode = static_cast<std::uint8_t>(number(1));
    if (opcode != '.') {
      step(opcode);
      continue;
    }
    if (stack_.size() != 1 || !marks_.empty())
      refuse(fmt::format("STOP with {} values on the stack and {} open marks, expected 1 and 0", stack_.size(),
                         marks_.size()));
    return pop();
  }
}

std::uint64_t Pickle::number(int width) {
  if (bytes_.size() - position_ < static_cast<std::size_t>(width)) refuse("the pickle ends in the middle (truncated?)");
  std::uint64_t result = 0;
  std::memcpy(&result, bytes_.data() + position_, static_cast<std::size_t>(width));
  position_ += static_cast<std::size_t>(width);
  return result;
}

std::string Pickle::characters(std::uint64_t length) {
  if (length > bytes_.size() - position_)
    refuse(fmt::format("a text of {} bytes where {} are left (truncated?)", length, bytes_.size() - position_));
  std::string text(reinterpret_cast<const char*>(bytes_.data() + position_), length);
  position_ += length;
  return text;
}

std::string Pickle::line() {
  const auto rest = bytes_.subspan(position_);
  const auto end = std::find(rest.begin(), rest.end(), std::byte{'\n'});
  if (end == rest.end()) refuse("a name without an end (truncated?)");
  std::string text = characters(static_cast<std::uint64_t>(end - rest.begin()));
  ++position_;
  return text;
}

void Pickle::push_text(std::uint64_t length) {
  PickleValue value{.kind = Kind::text, .text = characters(length)};
  if (!is_utf8(value.text)) refuse(fmt::format("the text '{}' is not UTF-8", printable(value.text)));
  push(std::move(value));
}

void Pickle::push_bytes(std::uint64_t length) {
  push({.kind = Kind::bytes, .text = characters(length)});
}

void Pickle::push_integer(std::int64_t value) {
  push({.kind = Kind::integer, .integer = value});
}

void Pickle::push_global(const std::string& module, const std::string& name) {
  const std::string global = module + "." + name;
  if (!host_.allows(global))
    refuse(fmt::format("the name '{}' is refused: weights need no code, only tensors and plain containers are read",
                       printable(global)));
  push({.kind = Kind::global, .text = global});
}

PickleHandle Pickle::top() const {
  if (stack_.empty() || (!marks_.empty() && stack_.size() == marks_.back())) refuse("nothing is on the stack");
  return stack_.back();
}

PickleHandle Pickle::pop() {
  const PickleHandle handle = top();
  stack_.pop_back();
  return handle;
}

std::vector<PickleHandle> Pickle::pop_to_mark() {
  if (marks_.empty()) refuse("no mark is on the stack");
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<PickleHandle> items(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

void Pickle::push_tuple(std::size_t count) {
  std::vector<PickleHandle> items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = pop();
  push({.kind = Kind::tuple, .items = std::move(items)});
}

PickleValue& Pickle::container(Kind kind, PickleHandle handle) {
  PickleValue& value = values_[handle];
  if (value.kind != kind) refuse(fmt::format("expected a {} to add to, got a {}", name_of(kind), name_of(value.kind)));
  return value;
}

void Pickle::memorise(std::uint64_t index) {
  if (index >= most_memories) refuse(fmt::format("memo index {}: expected less than {}", index, most_memories));
  if (memo_.size() <= index) memo_.resize(index + 1, -1);
  memo_[index] = top();
}

void Pickle::recall(std::uint64_t index) {
  if (index >= memo_.size() || memo_[index] < 0) refuse(fmt::format("memo index {}: nothing was put there", index));
  push(static_cast<PickleHandle>(memo_[index]));
}

bool Pickle::step_value(std::uint8_t opcode) {
  switch (opcode) {
    case 'N':
      push(PickleValue{});
      return true;
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      push({.kind = Kind::boolean, .integer = opcode == 0x88});
      return true;
    case 'J':  // BININT
      push_integer(static_cast<std::int32_t>(number(4)));
      return true;
    case 'K':  // BININT1
      push_integer(static_cast<std::int64_t>(number(1)));
      return true;
    case 'M':  // BININT2
      push_integer(static_cast<std::int64_t>(number(2)));
      return true;
    case 0x8A: {  // LONG1: two's complement of as many bytes as it says.
      const int width = static_cast<int>(number(1));
      if (width > 8) refuse(fmt::format("an integer of {} bytes: expected at most 8", width));
      const int unused = 64 - 8 * width;
      push_integer(width == 0 ? 0 : static_cast<std::int64_t>(number(width) << unused) >> unused);
      return true;
    }
    case 'G': {  // BINFLOAT: big-endian.
      push({.kind = Kind::real, .real = std::bit_cast<double>(__builtin_bswap64(number(8)))});
      return true;
    }
    case 'X':  // BINUNICODE
      push_text(number(4));
      return true;
    case 0x8C:  // SHORT_BINUNICODE
    case 'U':   // SHORT_BINSTRING: Python 2's text.
      push_text(number(1));
      return true;
    case 'T':  // BINSTRING
      push_text(number(4));
      return true;
    case 0x8D:  // BINUNICODE8
      push_text(number(8));
      return true;
    case 'C':  // SHORT_BINBYTES
      push_bytes(number(1));
      return true;
    case 'B':  // BINBYTES
      push_bytes(number(4));
      return true;
    case 0x8E:  // BINBYTES8
      push_bytes(number(8));
      return true;
    default:
      return false;
  }
}

void Pickle::step(std::uint8_t opcode) {
  if (step_value(opcode)) return;
  switch (opcode) {
    case 0x80: {  // PROTO
      const std::uint64_t protocol = number(1);
      if (protocol < 2 || protocol > 5) refuse(fmt::format("pickle protocol {}: expected 2 to 5", protocol));
      return;
    }
    case 0x95:  // FRAME: a hint about buffering.
      number(8);
      return;
    case '(':
      marks_.push_back(stack_.size());
      return;
    case ')':
      return push_tuple(0);
    case 0x85:  // TUPLE1, TUPLE2, TUPLE3
    case 0x86:
    case 0x87:
      return push_tuple(opcode - 0x84u);
    case 't':  // TUPLE
      return push({.kind = Kind::tuple, .items = pop_to_mark()});
    case ']':
      return push({.kind = Kind::list});
    case '}':
      return push({.kind = Kind::dictionary});
    case 'a': {  // APPEND
      const PickleHandle item = pop();
      container(Kind::list, top()).items.push_back(item);
      return;
    }
    case 'e': {  // APPENDS
      const std::vector<PickleHandle> items = pop_to_mark();
      auto& to = container(Kind::list, top()).items;
      to.insert(to.end(), items.begin(), items.end());
      return;
    }
    case 's': {  // SETITEM
      const PickleHandle item = pop(), key = pop();
      auto& to = container(Kind::dictionary, top()).items;
      to.insert(to.end(), {key, item});
      return;
    }
    case 'u': {  // SETITEMS
      const std::vector<PickleHandle> items = pop_to_mark();
      if (items.size() % 2 != 0) refuse("a key without a value");
      auto& to = container(Kind::dictionary, top()).items;
      to.insert(to.end(), items.begin(), items.end());
      return;
    }
    case 'q':  // BINPUT
      return memorise(number(1));
    case 'r':  // LONG_BINPUT
      return memorise(number(4));
    case 0x94:  // MEMOIZE
      return memorise(memo_.size());
    case 'h':  // BINGET
      return recall(number(1));
    case 'j':  // LONG_BINGET
      return recall(number(4));
    case 'c': {  // GLOBAL
      const std::string module = line();
      return push_global(module, line());
    }
    case 0x93: {  // STACK_GLOBAL
      const PickleHandle name = pop(), module = pop();
      if (value(name).kind != Kind::text || value(module).kind != Kind::text)
        refuse("STACK_GLOBAL: expected two texts");
      const std::string module_text = value(module).text, name_text = value(name).text;
      return push_global(module_text, name_text);
    }
    case 'R': {  // REDUCE
      const PickleHandle arguments = pop(), function = pop();
      if (value(function).kind != Kind::global || value(arguments).kind != Kind::tuple)
        refuse(fmt::format("REDUCE: expected a name and a tuple, got a {} and a {}", name_of(value(function).kind),
                           name_of(value(arguments).kind)));
      const std::string global = value(function).text;
      return push(host_.call(*this, global, arguments));
    }
    case 'b': {  // BUILD
      const PickleHandle state = pop();
      const Kind kind = value(top()).kind;
      if (kind == Kind::object) return host_.build(*this, top(), state);
      // Attributes of a dictionary, such as _metadata of a state dict, are no weights.
      if (kind != Kind::dictionary) refuse(fmt::format("BUILD of a {}", name_of(kind)));
      return;
    }
    case 'Q':  // BINPERSID
      return push(host_.persistent(*this, pop()));
    default:
      refuse(fmt::format("opcode 0x{:02x} ({}) is refused: weights do not need it", opcode, opcode_name(opcode)));
  }
}

}  // namespace engine
