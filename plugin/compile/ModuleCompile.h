//===- ModuleCompile.h - One module on its way ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// What happens to one module between the start of its pipeline and its output.
///
/// Problem: the hooks that LLVM gives a plugin are spread over a compile, come
/// in different subsets in clang, flang, opt and llc, and a hit has to leave
/// the compiler in a state in which everything that still runs does no harm.
///
/// Idea: a state machine per module. From start() it goes to one of:
///
///  - Bypassed: the compile runs as if we were absent.
///  - Missed: what comes out is stored, at optimiserLast() where bitcode is
///    expected, else at generateCode().
///  - Emptied: a hit, object or assembly expected. The module is emptied,
///    optional passes are skipped to the end, and generateCode() writes the
///    stored bytes.
///    The same state follows where a miss was compiled in shards at once.
///  - Waiting: a hit, bitcode expected. Optional passes are skipped up to
///    optimiserLast(), where the stored IR takes the module's place.
///
/// A compiler may run passes before the start of the pipeline that we can
/// extend. Where nothing but the module can tell their outcome apart (clang and
/// flang with their exact arguments, and code expected), lookAhead() finds the
/// module before them; on a hit (Found) they are skipped as well, and start()
/// only has to empty the module, which a callback between passes must not do.
///
/// Invariant: a module is only changed once everything that a hit needs is in
/// memory and checked, so from then on nothing of ours can fail; and a module
/// that a hit has emptied, or whose passes a hit has skipped, never reaches a
/// writer of IR (checkWriter()).
///
/// Cost: a hash of the module and one fetch; on a miss a second hash (of the
/// optimised IR) and a second fetch.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_COMPILE_MODULECOMPILE_H
#define HAPAX_COMPILE_MODULECOMPILE_H

#include "hapax/Cache/Tier.h"
#include "hapax/IR/Artifact.h"
#include "hapax/IR/CompileKey.h"
#include "hapax/IR/ModuleHash.h"
#include "hapax/Store/CompileRecord.h"
#include "session/DiagnosticWatch.h"
#include "llvm/Passes/OptimizationLevel.h"
#include <chrono>
#include <expected>
#include <optional>

namespace llvm {
class PassBuilder;
class raw_pwrite_stream;
} // namespace llvm

namespace hapax {

enum class Refusal : uint8_t;
struct ShardedObject;

/// The state of the module that one pass builder (one thread) is compiling.
class ModuleCompile {
public:
  /// \p Process tells what command the module is compiled by; it must outlive
  /// this.
  explicit ModuleCompile(llvm::PassBuilder *Builder,
                         const HostProcess &Process = HostProcess::current())
      : Builder(Builder), Process(Process) {}

  /// A pipeline of this level has been built, in which start() will be called.
  void expectStart(llvm::OptimizationLevel Level);
  /// An optional pass is about to be asked whether it runs on \p M. Returns
  /// whether \p M was looked up here; then start() has nothing left to find
  /// out. Never changes \p M.
  bool lookAhead(const llvm::Module &M);
  /// The pipeline of \p M starts. \p Wrapped is the text inside hapax(...), or
  /// empty for a default pipeline. \p Ordinal tells the pipelines of one pass
  /// builder apart: those of one level may still be different ones (`opt
  /// -passes='thinlto-pre-link<O2>,default<O2>'`). Returns whether \p M was
  /// changed.
  bool start(llvm::Module &M, std::optional<llvm::OptimizationLevel> Level,
             llvm::StringRef Wrapped, unsigned Ordinal);
  /// The two halves of start(), for hosts that do them one after another on
  /// different threads: the key is found, and what lies under it.
  void identify(const llvm::Module &M,
                std::optional<llvm::OptimizationLevel> Level,
                llvm::StringRef Wrapped, unsigned Ordinal);
  bool lookUpSource(llvm::Module &M);
  /// The optimiser is through with \p M, as far as default pipelines promise.
  /// Returns whether \p M was changed.
  bool optimiserLast(llvm::Module &M);
  /// Code generation is about to run. Returns whether it has been done.
  bool generateCode(llvm::Module &M, llvm::TargetMachine &TM,
                    llvm::CodeGenFileType FileType,
                    llvm::raw_pwrite_stream &OS);

  /// Keeps back what generateCode() would store until storeKept() is called.
  void keepStores() { KeepsStores = true; }
  void storeKept();

  /// The module goes to another thread, or comes from one: the CPU time that a
  /// compile costs is counted by thread.
  void leaveThread() { SpentCpuNs = spentCpuNs(); }
  void enterThread();

  /// Whether optional passes are to be skipped now.
  bool skipsPasses() const {
    return Now == State::Found || Now == State::Emptied ||
           Now == State::Waiting;
  }
  /// Whether start() has been called and the matching end has not come: nested
  /// pipelines inside hapax(...) are part of the outer compile.
  bool isInside() const { return Inside; }
  void setInside(bool Value) { Inside = Value; }

  /// Ends the process with an error when \p PassClass writes the IR of a module
  /// that a hit has emptied: a silent loss would be worse.
  void checkWriter(llvm::StringRef PassClass) const;

private:
  enum class State { Idle, Bypassed, Missed, Found, Emptied, Waiting };

  void reset();
  void describe(const CompileSite &Site);
  void describeStart(const llvm::Module &M,
                     std::optional<llvm::OptimizationLevel> Level,
                     llvm::StringRef Wrapped);
  void takeSourceKey(const llvm::Module &M);
  /// Whether a hit under the source key could be delivered.
  bool usesSourceKey() const;
  /// Nothing can be delivered: the compile runs, and is watched.
  void expectMiss(const llvm::Module &M);
  /// Compiles \p M in shards, where that is wanted and can be done. Returns
  /// whether it has been done; \p M is then empty, and generateCode() writes
  /// the object.
  bool compileInShards(llvm::Module &M,
                       std::optional<llvm::OptimizationLevel> Level);
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
  uint64_t spentCpuNs() const;
  uint32_t costMs() const { return spentCpuNs() / 1'000'000; }
  /// What the record tells of shards. \p Made as compileSharded() returns it.
  void recordShards(const std::expected<ShardedObject, Refusal> &Made);
  void finishRecord(llvm::StringRef Outcome, llvm::StringRef Reason,
                    llvm::StringRef Detail = {});

  llvm::PassBuilder *Builder;
  const HostProcess &Process;
  bool Inside = false;
  bool KeepsStores = false;
  State Now = State::Idle;
  std::optional<CompileDescription> Description;
  /// The level that the one pipeline built so far has; none when there are
  /// several, or when it has already started.
  std::optional<llvm::OptimizationLevel> ExpectedLevel;
  unsigned PipelinesBuilt = 0;
  const llvm::Module *LookedAhead = nullptr;
  unsigned Ordinal = 0;
  CacheKey SourceKey;
  /// What a hit delivers, or in verify mode what it would have delivered.
  Bytes Payload;
  std::optional<EntryInfo> Entry;
  bool Verifying = false;
  /// Whether what is compiled may be stored under the source key.
  bool StoresSource = true;
  std::optional<StoredModule> Stored;
  DiagnosticWatch Watch;
  /// What keepStores() keeps back.
  struct KeptStore {
    llvm::SmallVector<CacheKey, 2> Keys;
    PayloadKind Kind;
    Bytes Code;
    uint32_t CostMs;
  };
  std::optional<KeptStore> Kept;
  uint64_t StartedCpuNs = 0; ///< on this thread
  uint64_t SpentCpuNs = 0;   ///< on threads before
  std::chrono::steady_clock::time_point Started;
  CompileRecord Record;
};

/// The compile of \p M that start() saw on this thread, for the code generation
/// hook, which is called without a pass builder. Forgets it. Null when the
/// module's pipeline had no start (llc, -disable-llvm-passes).
std::shared_ptr<ModuleCompile> takeCompileOf(const llvm::Module &M);
void rememberCompile(const llvm::Module &M,
                     std::shared_ptr<ModuleCompile> Compile);

} // namespace hapax

#endif // HAPAX_COMPILE_MODULECOMPILE_H
