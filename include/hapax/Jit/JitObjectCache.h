//===- JitObjectCache.h - The cache as ORC's ObjectCache --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// An llvm::ObjectCache on the tiers of Hapax, for programs that embed LLVM's
/// JIT: what one process has compiled, the next one loads.
///
/// Cached is code generation: the key is taken from the module as the compiler
/// of the JIT gets it. CachingIRCompiler.h also saves the optimiser.
///
///     auto Cache = cantFail(JitObjectCache::create(Builder));
///     ConcurrentIRCompiler Compiler(Builder, Cache.get());
///
/// What is in the key: the module (ModuleHash.h), every field of a target
/// machine made by the same builder, the recipe, the LLVM options that
/// occurred, and the build ids of the program and of the libraries loaded when
/// the first module was looked up. Where that is not enough the module is
/// compiled as if there were no cache, and the reason is counted (`hapax
/// stats`).
///
/// What a program has to see to:
///  - An object is relocatable: that symbols lie elsewhere in the next process
///    does no harm. But an address that is a constant in the IR (inttoptr) is a
///    part of the module, so such a module hits only where the address is the
///    same; use a symbol that the JIT defines (absoluteSymbols).
///  - A module's name and source file name reach the object: modules that shall
///    share an entry must not be numbered in the order of their making.
///  - Whatever the program changes in LLVM at run time beyond what is listed
///    above (a pass that a plugin adds, an option's value set from code) has to
///    be in JitCacheOptions::Recipe.
///  - While the disk tier works, LLVM's crash recovery is on in the process,
///    with handlers of SIGSEGV and the like before the program's own.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_JIT_JITOBJECTCACHE_H
#define HAPAX_JIT_JITOBJECTCACHE_H

#include "hapax/Store/Config.h"
#include "llvm/ExecutionEngine/ObjectCache.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hapax {

struct JitCacheOptions {
  /// What the JIT's compiler does with a module between getObject() and
  /// notifyObjectCompiled() besides code generation: empty for LLVM's
  /// SimpleCompiler and ConcurrentIRCompiler. Compilers that differ must not
  /// have the same recipe.
  std::string Recipe = {};
  /// The arguments that cl::ParseCommandLineOptions() was given; without a
  /// value those of this process. LLVM options that occurred and are not among
  /// them make every compile a bypass.
  std::optional<std::vector<std::string>> LlvmArguments = {};
  /// Without a value the settings of this process: environment, configuration
  /// file, defaults, as the compiler plugin has them.
  std::optional<Config> Settings = {};
};

/// Thread-safe: any number of compile threads, and of JITs whose machines come
/// from equal builders, may share one. It must outlive them. Whatever goes
/// wrong with the cache, the worst is a compile and one warning line on
/// standard error.
class JitObjectCache final : public llvm::ObjectCache {
public:
  /// \p Builder: a copy of the one whose machines compile. Fails where it can
  /// make none.
  static llvm::Expected<std::unique_ptr<JitObjectCache>>
  create(llvm::orc::JITTargetMachineBuilder Builder,
         JitCacheOptions Options = {});
  ~JitObjectCache() override;

  /// The object of \p M, byte for byte what the JIT would compile; null: it has
  /// to be compiled. The caller holds the lock of the module's context from
  /// here until notifyObjectCompiled(), and compiles no other module of that
  /// context in between. Until then the context's diagnostics pass through a
  /// handler that notes whether there were any; a compile that said something
  /// is not stored.
  std::unique_ptr<llvm::MemoryBuffer> getObject(const llvm::Module *M) override;

  /// Stores \p Object, what the compiler made of \p M. Only what getObject()
  /// was asked for last in its context is stored; all else is ignored.
  void notifyObjectCompiled(const llvm::Module *M,
                            llvm::MemoryBufferRef Object) override;

  /// Tells that \p M, which getObject() did not have, could not be compiled:
  /// its context has its own handler of diagnostics again. ORC's compilers do
  /// not say so; after them the handler stays until the context's next
  /// getObject().
  void notifyCompileFailed(const llvm::Module *M);

  /// Modules since this cache was made. Those whose compile failed or is still
  /// going on, and those compiled while HAPAX_DISABLE is on, are in none.
  struct Counts {
    uint64_t Hits = 0;
    uint64_t Misses = 0;
    uint64_t Bypasses = 0;
  };
  Counts counts() const;

private:
  struct State;
  explicit JitObjectCache(std::unique_ptr<State> Impl);
  std::unique_ptr<State> Impl;
};

} // namespace hapax

#endif // HAPAX_JIT_JITOBJECTCACHE_H
