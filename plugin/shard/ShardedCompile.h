//===- ShardedCompile.h - A module's object out of shards -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_SHARDEDCOMPILE_H
#define HAPAX_SHARD_SHARDEDCOMPILE_H

#include "Refusal.h"
#include "hapax/Cache/Tier.h"
#include "hapax/IR/Artifact.h"
#include "hapax/IR/CompileKey.h"
#include <functional>

namespace llvm {
class GlobalValue;
} // namespace llvm

namespace hapax {

/// Where shards are kept. Functions may be empty: then nothing is.
struct ShardCache {
  struct Found {
    Bytes Object;
    uint32_t CostMs = 0;
  };
  /// What lies under each key, in order.
  std::function<std::vector<std::optional<Found>>(llvm::ArrayRef<CacheKey>)>
      Fetch;
  std::function<void(const CacheKey &, const Bytes &, uint32_t CostMs)> Store;
  std::function<void(const CacheKey &)> Remove;
  /// If set, nothing that is found is used: all shards are compiled, and this
  /// is told of each that was found and is not what was compiled.
  std::function<void(const CacheKey &, const Bytes &Found, const Bytes &Fresh)>
      Differs;
};

struct ShardedObject {
  Bytes Object;
  /// What compiling all of it took, then or now: CPU time.
  uint32_t CostMs = 0;
  unsigned Shards = 0, Compiled = 0;
  /// The functions in the shards that were compiled, in module order within
  /// each shard, where that were not all shards.
  std::vector<const llvm::GlobalValue *> Dirty;
  /// How many of the module's functions are in shards of their own kind, and
  /// how many in the first.
  unsigned Functions = 0, FunctionsOutside = 0;
};

/// The compile of one module. Borrows everything.
struct ShardedSite {
  const llvm::Module &M;
  llvm::PassBuilder &Builder; ///< the compiler's
  llvm::OptimizationLevel Level;
  const CompileDescription &Description;
  llvm::StringRef Namespace;
  /// Modules of fewer instructions are refused (Small).
  uint64_t MinInstructions = 0;
  /// Threads; 0: one for each processor, or one where make says how many jobs
  /// there may be.
  unsigned Jobs = 0;
};

/// Makes the object of a module from shards, compiling those that \p Cache does
/// not have. The module is only read. The same content gives the same bytes,
/// whatever the cache had.
std::expected<ShardedObject, Refusal> compileSharded(const ShardedSite &Site,
                                                     const ShardCache &Cache);

} // namespace hapax

#endif // HAPAX_SHARD_SHARDEDCOMPILE_H
