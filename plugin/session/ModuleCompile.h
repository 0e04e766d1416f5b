//===- ModuleCompile.h - One module on its way through a compiler -*- C++
//-*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What happens to one module between the start of its pipeline and its output.
///
/// Problem: the hooks that LLVM gives a plugin are spread over a compile, come
/// in different subsets in clang, flang, opt and llc, and a hit has to leave
/// the compiler in a state in which everything that still runs does no harm.
///
/// Idea: a state machine per module.
///
///     start ──> Bypassed                    the compile runs as if we were
///     absent
///       ├─────> Missed ──> stored           at optimiserLast (bitcode
///       expected) or │                                   generateCode (object,
///       assembly) ├─────> Emptied ──> delivered       hit, object or assembly
///       expected: the │                                   module is emptied,
///       optional passes are │                                   skipped to the
///       end, generateCode writes │                                   the
///       stored bytes └─────> Waiting ──> restored        hit, bitcode
///       expected: optional passes
///                                           are skipped up to optimiserLast,
///                                           where the stored IR takes the
///                                           module's place
///
/// Invariant: a module is only changed once everything that a hit needs is in
/// memory and checked, so from then on nothing of ours can fail; and an emptied
/// module never reaches a writer of IR (checkWriter).
///
/// Cost: a hash of the module and one fetch; on a miss a second hash (of the
/// optimised IR) and a second fetch.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SESSION_MODULECOMPILE_H
#define HAPAX_SESSION_MODULECOMPILE_H

#include "DiagnosticWatch.h"
#include "hapax/Cache/Tier.h"
#include "hapax/IR/Artifact.h"
#include "hapax/IR/CompileKey.h"
#include "hapax/IR/ModuleHash.h"
#include "hapax/Store/CompileRecord.h"
#include "llvm/Passes/OptimizationLevel.h"
#include <optional>

namespace llvm {
class PassBuilder;
class raw_pwrite_stream;
} // namespace llvm

namespace hapax {

/// The state of the module that one pass builder (one thread) is compiling.
class ModuleCompile {
public:
  explicit ModuleCompile(llvm::PassBuilder *Builder) : Builder(Builder) {}

  /// The pipeline of \p M starts. \p Wrapped is the text inside hapax(...), or
  /// empty for a default pipeline. \p Ordinal tells the pipelines of one pass
  /// builder apart: those of one level may still be different ones (`opt
  /// -passes='thinlto-pre-link<O2>,default<O2>'`). Returns whether \p M was
  /// changed.
  bool start(llvm::Module &M, std::optional<llvm::OptimizationLevel> Level,
             llvm::StringRef Wrapped, unsigned Ordinal);
  /// The optimiser is through with \p M, as far as default pipelines promise.
  /// Returns whether \p M was changed.
  bool optimiserLast(llvm::Module &M);
  /// Code generation is about to run. Returns whether it has been done.
  bool generateCode(llvm::Module &M, llvm::TargetMachine &TM,
                    llvm::CodeGenFileType FileType,
                    llvm::raw_pwrite_stream &OS);

  /// Whether optional passes are to be skipped now.
  bool skipsPasses() const {
    return Now == State::Emptied || Now == State::Waiting;
  }
  /// Whether start() has been called and the matching end has not come: nested
  /// pipelines inside hapax(...) are part of the outer compile.
  bool isInside() const { return Inside; }
  void setInside(bool Value) { Inside = Value; }

  /// Ends the process with an error when \p PassClass writes the IR of a module
  /// that a hit has emptied: a silent loss would be worse.
  void checkWriter(llvm::StringRef PassClass) const;

private:
  enum class State { Idle, Bypassed, Missed, Emptied, Waiting };

  void reset();
  void describe(const CompileSite &Site);
  void bypass(const BypassInfo &Why);
  ModuleHash hashOf(const llvm::Module &M) const;
  CacheKey keyOf(const llvm::Module &M, const ModuleHash &Hash, KeyLevel Level);
  std::optional<EntryInfo> lookUp(const CacheKey &Key);
  void hit(const EntryInfo &Entry, llvm::StringRef Level);
  /// The result was compiled, and stored unless the settings say otherwise.
  void missed();
  void missed(llvm::StringRef Why);
  bool deliverObject(llvm::raw_pwrite_stream &OS);
  /// Compares what a hit would have delivered with what was compiled instead
  /// (HAPAX_VERIFY). Returns whether they are the same.
  bool verify(llvm::ArrayRef<char> Fresh, llvm::ArrayRef<CacheKey> Keys);
  uint32_t costMs() const;
  void finishRecord(llvm::StringRef Outcome, llvm::StringRef Reason,
                    llvm::StringRef Detail = {});

  llvm::PassBuilder *Builder;
  bool Inside = false;
  State Now = State::Idle;
  std::optional<CompileDescription> Description;
  unsigned Ordinal = 0;
  CacheKey SourceKey;
  /// What a hit delivers, or in verify mode what it would have delivered.
  Bytes Payload;
  std::optional<EntryInfo> Entry;
  bool Verifying = false;
  std::optional<StoredModule> Stored;
  DiagnosticWatch Watch;
  uint64_t StartedCpuNs = 0;
  CompileRecord Record;
};

/// The compile of \p M that start() saw on this thread, for the code generation
/// hook, which is called without a pass builder. Forgets it. Null when the
/// module's pipeline had no start (llc, -disable-llvm-passes).
std::shared_ptr<ModuleCompile> takeCompileOf(const llvm::Module &M);
void rememberCompile(const llvm::Module &M,
                     std::shared_ptr<ModuleCompile> Compile);

} // namespace hapax

#endif // HAPAX_SESSION_MODULECOMPILE_H
