// SPDX-License-Identifier: Apache-2.0
// Flows of control with a stack of their own that hand the processor to each other: the threads of an emulated block.
// All run on the operating system's thread that launched the block. Sanitizers are told of every change of stack; to
// ThreadSanitizer each fiber is a thread, and a switch orders nothing, so that only the emulated barriers do.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_THREAD__)
// Code of the emulator that a fiber runs while it changes stacks must keep no record of calls.
#define ISOTHERM_UNSANITIZED __attribute__((no_sanitize("thread"), noinline))
#else
#define ISOTHERM_UNSANITIZED
#endif

namespace kernels::cuda::emulation {

// x86-64, System V calling convention: callee-saved registers go onto the stack, and the stack pointer changes.
class Fiber {
 public:
  // Virtual; pages come on first touch. Sanitizer reports need the room.
  static constexpr std::size_t stack_bytes = std::size_t{256} << 10;

  Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber();

  // Makes the next resume call entry(), which must not return but end with leave(Leaving::for_good). Whatever the fiber
  // did before is forgotten.
  void prepare(void (*entry)());

 private:
  friend class Carrier;
  void* stack_pointer_ = nullptr;
  char* stack_ = nullptr;
  [[maybe_unused]] void* fake_stack_ = nullptr;  // AddressSanitizer's.
  [[maybe_unused]] void* tsan_fiber_ = nullptr;  // ThreadSanitizer's.
};

// The flow of control that resumes fibers, one at a time.
class Carrier {
 public:
  enum class Leaving { with_return, for_good };

  // Runs the fiber until it leaves.
  void resume(Fiber& fiber);
  // Called by the running fiber: back to whoever resumed it.
  void leave(Fiber& fiber, Leaving how);
  // To be called first by an entry function.
  void arrived();

 private:
  void* stack_pointer_ = nullptr;
  [[maybe_unused]] void* fake_stack_ = nullptr;
  [[maybe_unused]] const void* stack_bottom_ = nullptr;
  [[maybe_unused]] std::size_t stack_size_ = 0;
  [[maybe_unused]] void* tsan_fiber_ = nullptr;
};

// What emulated barriers mean to ThreadSanitizer: what came before release(address) in one fiber comes before what
// follows acquire(address) in another.
void release(void* address);
void acquire(void* address);

// While one lives, ThreadSanitizer does not watch this flow of control: the emulator's own bookkeeping is no race.
class Unwatched {
 public:
#if defined(__SANITIZE_THREAD__)
  Unwatched();
  ~Unwatched();
#else
  Unwatched() {}
  ~Unwatched() {}
#endif
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;
};

}  // namespace kernels::cuda::emulation
