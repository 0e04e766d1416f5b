//===- DebugDivision.h - Debug information by shard -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_DEBUGDIVISION_H
#define HAPAX_SHARD_DEBUGDIVISION_H

#include "Partition.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

namespace hapax {

/// What stands for each metadata node of a module in its shards (see
/// DebugDivision.cpp). Makes nodes in the module's context, never changes one;
/// not thread-safe with respect to the context.
class DebugDivision {
public:
  DebugDivision(const llvm::Module &M, const Partition &Parts);
  DebugDivision(const DebugDivision &) = delete;
  DebugDivision &operator=(const DebugDivision &) = delete;

  /// What \p N, attached to \p Global or used in it, is in the shards that have
  /// it.
  llvm::MDNode *in(const llvm::GlobalValue &Global, const llvm::MDNode *N);

  /// The units that a shard lists, in order. The first one's variables are set
  /// to be those of the shard: they hold until the next call.
  llvm::SmallVector<llvm::DICompileUnit *, 2> unitsOf(unsigned Shard);

private:
  void findHomed();
  llvm::DICompositeType *declarationOf(const llvm::DICompositeType &T);
  void makeHome();
  bool isAtHome(const llvm::GlobalValue &GV) const {
    return AtHome.contains(&GV);
  }

  const llvm::Module &M;
  const Partition &Parts;
  const llvm::DICompileUnit *Old = nullptr;
  llvm::DICompileUnit *Unit = nullptr, *Home = nullptr;
  llvm::DenseSet<const llvm::GlobalValue *> AtHome;
  std::vector<const llvm::DICompositeType *> Homed;
  /// From nodes of the module to those of shards, and to those of the home.
  llvm::ValueToValueMapTy Elsewhere, There;
};

} // namespace hapax

#endif // HAPAX_SHARD_DEBUGDIVISION_H
