// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/emulation/fiber.h"

#include <sys/mman.h>

#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
// Exported by the run-time library, declared in none of its headers.
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

#if !defined(__x86_64__)
#error "the emulator switches stacks on x86-64 only"
#endif

extern "C" void isotherm_switch_stack(void** save_here, void* load_this);
asm(R"(
.text
.globl isotherm_switch_stack
.type isotherm_switch_stack,@function
isotherm_switch_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size isotherm_switch_stack,.-isotherm_switch_stack
)");

namespace kernels::cuda::emulation {

namespace {

constexpr std::size_t guard_bytes = 4096;      // Below the stack: an overflow stops the program at once.
constexpr std::ptrdiff_t saved_registers = 6;  // As pushed above.

}  // namespace

Fiber::Fiber() {
  void* memory = mmap(nullptr, guard_bytes + stack_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mprotect(memory, guard_bytes, PROT_NONE);
  stack_ = static_cast<char*>(memory) + guard_bytes;
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(stack_, stack_bytes);  // Frames that another fiber left for good at this address.
#endif
}

Fiber::~Fiber() {
#if defined(__SANITIZE_THREAD__)
  if (tsan_fiber_ != nullptr) __tsan_destroy_fiber(tsan_fiber_);
#endif
  munmap(stack_ - guard_bytes, guard_bytes + stack_bytes);
}

void Fiber::prepare(void (*entry)()) {
#if defined(__SANITIZE_THREAD__)
  if (tsan_fiber_ == nullptr) tsan_fiber_ = __tsan_create_fiber(0);
#endif
  // The stack as isotherm_switch_stack would have left it, with entry as the address to return to. At the entry of a
  // function the stack pointer is 8 below a multiple of 16.
  void** top = reinterpret_cast<void**>(stack_ + stack_bytes - 16);
  top[0] = reinterpret_cast<void*>(entry);
  top[1] = nullptr;
  stack_pointer_ = top - saved_registers;
  fake_stack_ = nullptr;
}

ISOTHERM_UNSANITIZED void Carrier::resume(Fiber& fiber) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&fake_stack_, fiber.stack_, Fiber::stack_bytes);
#endif
#if defined(__SANITIZE_THREAD__)
  tsan_fiber_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(fiber.tsan_fiber_, __tsan_switch_to_fiber_no_sync);
#endif
  isotherm_switch_stack(&stack_pointer_, fiber.stack_pointer_);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack_, nullptr, nullptr);
#endif
}

ISOTHERM_UNSANITIZED void Carrier::leave(Fiber& fiber, [[maybe_unused]] Leaving how) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(how == Leaving::for_good ? nullptr : &fiber.fake_stack_, stack_bottom_, stack_size_);
#endif
#if defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(tsan_fiber_, __tsan_switch_to_fiber_no_sync);
#endif
  isotherm_switch_stack(&fiber.stack_pointer_, stack_pointer_);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fiber.fake_stack_, nullptr, nullptr);
#endif
}

ISOTHERM_UNSANITIZED void Carrier::arrived() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &stack_bottom_, &stack_size_);
#endif
}

#if defined(__SANITIZE_THREAD__)
void release(void* address) {
  __tsan_release(address);
}
void acquire(void* address) {
  __tsan_acquire(address);
}
Unwatched::Unwatched() {
  AnnotateIgnoreReadsBegin("", 0);
  AnnotateIgnoreWritesBegin("", 0);
}
Unwatched::~Unwatched() {
  AnnotateIgnoreWritesEnd("", 0);
  AnnotateIgnoreReadsEnd("", 0);
}
#else
void release(void*) {}
void acquire(void*) {}
#endif

}  // namespace kernels::cuda::emulation
