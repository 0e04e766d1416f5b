//===- CrashGuard.cpp - Survive a crash in the storage ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "CrashGuard.h"

#include "llvm/Support/CrashRecoveryContext.h"
#include <csignal>
#include <mutex>

using namespace llvm;

namespace {

/// Keeps LLVM's crash recovery enabled while at least one thread is guarded.
/// It is switched on for the whole process, so it is switched off again only
/// when it was we who switched it on.
class Enabled {
public:
  Enabled() {
    std::lock_guard<std::mutex> Lock(Mutex);
    if (Users++)
      return;
    // Nothing tells whether it is on already, except that Enable() then leaves
    // the handlers as they are.
    struct sigaction Before = {}, After = {};
    sigaction(SIGSEGV, nullptr, &Before);
    CrashRecoveryContext::Enable();
    sigaction(SIGSEGV, nullptr, &After);
    Ours = Before.sa_handler != After.sa_handler;
  }
  ~Enabled() {
    std::lock_guard<std::mutex> Lock(Mutex);
    if (--Users == 0 && Ours)
      CrashRecoveryContext::Disable();
  }
  Enabled(const Enabled &) = delete;
  Enabled &operator=(const Enabled &) = delete;

private:
  static inline std::mutex Mutex;
  static inline unsigned Users = 0;
  static inline bool Ours = false;
};

} // namespace

bool hapax::store::runGuarded(function_ref<void()> Work) {
  if (CrashRecoveryContext::GetCurrent()) {
    CrashRecoveryContext Inner;
    return Inner.RunSafely(Work);
  }
  Enabled WhileHere;
  CrashRecoveryContext Context;
  return Context.RunSafely(Work);
}
