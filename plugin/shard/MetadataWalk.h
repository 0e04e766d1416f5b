//===- MetadataWalk.h - All metadata behind some ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_METADATAWALK_H
#define HAPAX_SHARD_METADATAWALK_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Metadata.h"

namespace hapax {

/// Goes through nodes and all that they refer to, each once.
class MetadataWalk {
public:
  /// Null and what is no node is left out.
  void add(const llvm::Metadata *MD) {
    if (const auto *N = llvm::dyn_cast_or_null<llvm::MDNode>(MD);
        N && Seen.insert(N).second)
      Todo.push_back(N);
  }
  /// The next node; null when there is none, until more are added.
  const llvm::MDNode *next() {
    if (Todo.empty())
      return nullptr;
    const llvm::MDNode *N = Todo.pop_back_val();
    for (const llvm::Metadata *Operand : N->operands())
      add(Operand);
    return N;
  }

private:
  llvm::DenseSet<const llvm::MDNode *> Seen;
  llvm::SmallVector<const llvm::MDNode *> Todo;
};

} // namespace hapax

#endif // HAPAX_SHARD_METADATAWALK_H
