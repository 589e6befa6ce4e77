// SPDX-License-Identifier: Apache-2.0
// A restricted reader of Python pickles (protocols 2 to 5, https://docs.python.org/3/library/pickletools.html): a stack
// machine that builds plain values and runs no code. Names of functions and classes mean something only where a
// PickleHost lists them; every other name and every opcode that is not needed for weights is refused, with its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace engine {

// Values lie in one list and refer to each other by index, so that a value that contains itself does no harm.
using PickleHandle = std::uint32_t;

struct PickleValue {
  enum class Kind : std::uint8_t { none, boolean, integer, real, text, bytes, tuple, list, dictionary, global, object };
  Kind kind = Kind::none;
  std::int64_t integer = 0;  // Of boolean and integer; of object: a number that the host chose.
  double real = 0;
  std::string text = {};                 // Of text and bytes; of global: "module.name".
  std::vector<PickleHandle> items = {};  // Of tuple and list; of dictionary: key, value, key, value, ...
};

const char* name_of(PickleValue::Kind kind);

class Pickle;

// What names and persistent ids stand for. Complaints go through Pickle::refuse, which adds file and byte.
class PickleHost {
 public:
  virtual ~PickleHost() = default;
  virtual bool allows(const std::string& global) const = 0;
  virtual PickleHandle call(Pickle& pickle, const std::string& global, PickleHandle arguments) = 0;
  virtual PickleHandle persistent(Pickle& pickle, PickleHandle id) = 0;
  // Attributes of an object (Kind::object) of the host.
  virtual void build(Pickle& pickle, PickleHandle object, PickleHandle state) = 0;
};

class Pickle {
 public:
  // `file` names the file in errors, `offset` is the place of bytes[0] in it.
  Pickle(std::string file, std::span<const std::byte> bytes, std::size_t offset, PickleHost& host)
      : file_(std::move(file)), bytes_(bytes), offset_(offset), host_(host) {}

  // Reads the next pickle; several may follow each other. Throws CheckpointError.
  PickleHandle load();
  std::size_t position() const { return position_; }  // Behind the last pickle that was read.

  const PickleValue& value(PickleHandle handle) const { return values_[handle]; }
  PickleHandle add(PickleValue value);

  // Throws CheckpointError: "FILE: byte N: WHAT", with the place of the opcode at hand.
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  void step(std::uint8_t opcode);
  bool step_value(std::uint8_t opcode);  // Opcodes that push a constant; false where it is none of them.
  std::uint64_t number(int width);       // Little-endian, unsigned.
  std::string characters(std::uint64_t length);
  std::string line();
  void push(PickleHandle handle) { stack_.push_back(handle); }
  void push(PickleValue value) { push(add(std::move(value))); }
  void push_text(std::uint64_t length);
  void push_bytes(std::uint64_t length);
  void push_integer(std::int64_t value);
  void push_global(const std::string& module, const std::string& name);
  PickleHandle pop();
  PickleHandle top() const;
  std::vector<PickleHandle> pop_to_mark();
  void push_tuple(std::size_t count);
  PickleValue& container(PickleValue::Kind kind, PickleHandle handle);
  void memorise(std::uint64_t index);
  void recall(std::uint64_t index);

  std::string file_;
  std::span<const std::byte> bytes_;
  std::size_t offset_, position_ = 0, opcode_position_ = 0;
  PickleHost& host_;
  std::vector<PickleValue> values_;
  std::vector<PickleHandle> stack_;
  std::vector<std::size_t> marks_;  // Heights of the stack.
  std::vector<std::int64_t> memo_;  // -1 where nothing was put.
};

}  // namespace engine
