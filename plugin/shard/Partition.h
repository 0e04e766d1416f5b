//===- Partition.h - Which definition goes into which shard -----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_PARTITION_H
#define HAPAX_SHARD_PARTITION_H

#include "ContentNames.h"
#include "Refusal.h"
#include "hapax/IR/ModuleHash.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include <expected>
#include <string>
#include <vector>

namespace llvm {
class Function;
class GlobalValue;
class GlobalVariable;
class Module;
} // namespace llvm

namespace hapax {

struct PartitionOptions {
  /// Modules of fewer instructions are not divided.
  uint64_t MinInstructions = 1000;
  /// A function joins its only user while the two together have at most so many
  /// instructions.
  uint64_t MaxJoined = 1000;
  /// Components of fewer instructions share shards of about this size, since
  /// each shard costs some milliseconds to compile, however small. 0: none do.
  uint64_t MinShard = 0;
  /// Functions up to this estimated size (Partition.cpp) can be inlined into
  /// other shards. 0: only those that must be.
  unsigned ImportLimit = 0;
  /// The limit falls to this many percent with each call further away.
  unsigned ImportDecay = 70;
};

/// Definitions that are compiled together.
struct Shard {
  /// In module order.
  std::vector<const llvm::GlobalValue *> Definitions;
  /// Functions of other shards whose bodies the optimiser gets to see, in order
  /// of being reached.
  std::vector<const llvm::Function *> Imports;
};

/// A division of a module. Borrows the module, which must not change.
class Partition {
public:
  /// \p Hash is of \p M and is only read here; \p Names must outlive the
  /// partition.
  static std::expected<Partition, Refusal> of(const llvm::Module &M,
                                              const ModuleHash &Hash,
                                              const ContentNames &Names,
                                              const PartitionOptions &Options);

  /// The first has the variables that no function has for itself, and what
  /// runs before and after main().
  llvm::ArrayRef<Shard> shards() const { return Shards; }

  /// Whether each shard that uses \p GV gets a copy of its own: a small
  /// constant whose address nobody looks at.
  bool isCopied(const llvm::GlobalValue &GV) const {
    return Names->isCopied(GV);
  }
  /// Whether \p GV is local to the module but used by several shards, so that
  /// it has to be visible to them until they are merged.
  bool isPromoted(const llvm::GlobalValue &GV) const {
    return PromotedNames.contains(&GV);
  }
  /// Whether other shards than its own mention \p GV.
  bool isShared(const llvm::GlobalValue &GV) const {
    return Shared.contains(&GV);
  }
  /// The name of \p GV in every shard.
  llvm::StringRef nameOf(const llvm::GlobalValue &GV) const;

  /// What promoted names end in.
  static constexpr llvm::StringLiteral PromotedSuffix = ".hapax.shard";

private:
  friend class Partitioner;
  std::vector<Shard> Shards;
  const ContentNames *Names = nullptr;
  llvm::DenseMap<const llvm::GlobalValue *, std::string> PromotedNames;
  llvm::DenseSet<const llvm::GlobalValue *> Shared;
};

} // namespace hapax

#endif // HAPAX_SHARD_PARTITION_H
