//===- Attempt.h - A module between look-up and object ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What is remembered of a module that is being compiled, and who remembers it.
///
/// Problem: the key has to be taken before code generation, which changes the
/// module, but the object comes after it; and it may never come, when the
/// compile fails. Then the next module can lie at the same address, even in the
/// same context, and must not be stored under the key of the one before.
///
/// Idea: attempts are filed by context, since a context compiles one module at
/// a time; a new attempt takes the place of the one that was left over. And
/// each attempt has a mark in its module, a handle on one of its globals, which
/// tells it that the module is gone.
///
/// Invariant: take() returns an attempt only for the module it was made of.
/// What touches a context (marks, diagnostic handlers) is done by the thread
/// that holds it. An attempt is kept no longer than its module lives, give or
/// take one sweep.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_JIT_ATTEMPT_H
#define HAPAX_PLUGIN_JIT_ATTEMPT_H

#include "hapax/Cache/Tier.h"
#include "hapax/IR/Artifact.h"
#include "hapax/Store/CompileRecord.h"
#include "session/DiagnosticWatch.h"
#include "llvm/ADT/DenseMap.h"
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace hapax {

/// Tells whether a module still exists. One that defines nothing has no mark.
class ModuleMark {
public:
  /// No mark.
  ModuleMark() = default;
  explicit ModuleMark(const llvm::Module &M);

  /// Whether the marked global is there. From any thread.
  bool isAlive() const { return Alive && *Alive; }
  /// Takes the mark off a module that may still exist. Only by the thread that
  /// holds its context. Without this call the mark goes with the module.
  void remove();

private:
  struct Handle;
  std::shared_ptr<std::atomic<bool>> Alive;
  Handle *OnModule = nullptr; ///< to be used while alive
};

struct Attempt {
  const llvm::Module *M = nullptr;
  CacheKey Key;
  CompileRecord Record;
  /// HAPAX_VERIFY: what a hit would have delivered.
  std::optional<EntryInfo> Entry;
  Bytes Stored;
  DiagnosticWatch Watch;
  ModuleMark Mark;
  std::thread::id Thread;
  uint64_t StartedCpuNs = 0; ///< on that thread
  std::chrono::steady_clock::time_point Started;
};

/// Thread-safe.
class Attempts {
public:
  /// Marks the module and watches its context. A module that cannot be marked
  /// is not kept.
  void add(Attempt New);
  /// The attempt at \p M, if it was the last of its context and \p M is the
  /// module that it was. Its mark is off, its watch is as it was.
  std::optional<Attempt> take(const llvm::Module &M);
  /// Forgets what was left over in a context that begins with another module.
  void forget(llvm::LLVMContext &Context);
  size_t size() const;

private:
  std::optional<Attempt> takeOf(llvm::LLVMContext &Context);

  mutable std::mutex Lock;
  llvm::DenseMap<const llvm::LLVMContext *, Attempt> ByContext;
  size_t SweepAt = 64; ///< number of attempts at which to look for dead ones
};

} // namespace hapax

#endif // HAPAX_PLUGIN_JIT_ATTEMPT_H
