//===- Fiber.h - A thread of control that is switched by hand ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The explorer runs millions of short executions and gives up most of them in
/// the middle, so a fiber is cheap to start, cheap to switch to, and may be
/// dropped at any point (what lives on its stack is then simply gone).
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_FIBER_H
#define HAPAX_MODELCHECK_FIBER_H

#include <cstddef>
#include <memory>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace modelcheck {

class Fiber {
public:
  /// A fiber without a stack: the thread of control that is running now.
  Fiber() = default;
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// Makes the fiber begin anew at \p Entry, which must not return.
  void start(void (*Entry)());
  /// Leaves \p From, which must be running, and goes on in \p To.
  static void change(Fiber &From, Fiber &To);

private:
  static constexpr size_t StackBytes = size_t(64) << 10;
  std::unique_ptr<std::byte[]> Stack;
#if defined(__x86_64__)
  void *Pointer = nullptr;
#else
  ucontext_t Context;
#endif
};

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_FIBER_H
