//===- Fiber.cpp - A thread of control that is switched by hand -*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Fiber.h"

#include <cstdint>
#include <cstring>

using namespace modelcheck;

#if defined(__x86_64__)

// swapcontext() makes a system call for the signal mask with every switch; this
// keeps what the x86-64 psABI says a callee keeps (no code here changes the
// floating-point control words) and nothing else.
extern "C" void modelcheckSwitch(void **SaveTo, void *Pointer);
asm(R"(
  .text
  .p2align 4
  .type modelcheckSwitch, @function
modelcheckSwitch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size modelcheckSwitch, .-modelcheckSwitch
)");

void Fiber::start(void (*Entry)()) {
  if (!Stack)
    Stack.reset(new std::byte[StackBytes]);
  auto Top = reinterpret_cast<uintptr_t>(Stack.get() + StackBytes) & ~15ull;
  // Six registers, the address to return to, and a slot that puts the stack
  // where a call would have put it.
  auto *Frame = reinterpret_cast<void **>(Top) - 8;
  std::memset(Frame, 0, 8 * sizeof(void *));
  Frame[6] = reinterpret_cast<void *>(Entry);
  Pointer = Frame;
}

void Fiber::change(Fiber &From, Fiber &To) {
  modelcheckSwitch(&From.Pointer, To.Pointer);
}

#else

void Fiber::start(void (*Entry)()) {
  if (!Stack)
    Stack.reset(new std::byte[StackBytes]);
  getcontext(&Context);
  Context.uc_stack.ss_sp = Stack.get();
  Context.uc_stack.ss_size = StackBytes;
  Context.uc_link = nullptr;
  makecontext(&Context, Entry, 0);
}

void Fiber::change(Fiber &From, Fiber &To) {
  swapcontext(&From.Context, &To.Context);
}

#endif
