//===- CrashGuard.h - Survive a crash in the storage ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_CRASHGUARD_H
#define HAPAX_STORE_CRASHGUARD_H

#include "llvm/ADT/STLFunctionalExtras.h"

namespace hapax::store {

/// Runs \p Work and returns true; returns false, silently, when it raised
/// SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL or SIGTRAP on this thread. After
/// that, what \p Work had begun is in an unknown state: its locals were not
/// destroyed, its locks not released. Works within the crash recovery of a
/// compiler driver as well as without; costs some 3 us where there is none.
bool runGuarded(llvm::function_ref<void()> Work);

} // namespace hapax::store

#endif // HAPAX_STORE_CRASHGUARD_H
