//===- MetadataWalk.h - All metadata behind some ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_METADATAWALK_H
#define HAPAX_SHARD_METADATAWALK_H

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DebugProgramInstruction.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"

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
  /// What a function mentions, and what is attached to it.
  void addAllOf(const llvm::Function &F) {
    addAttached(F);
    for (const llvm::Instruction &I : llvm::instructions(F)) {
      add(I.getDebugLoc().get());
      Attached.clear();
      I.getAllMetadataOtherThanDebugLoc(Attached);
      addAttached();
      for (const llvm::Value *Operand : I.operand_values())
        if (const auto *MD = llvm::dyn_cast<llvm::MetadataAsValue>(Operand))
          add(MD->getMetadata());
      for (const llvm::DbgRecord &R : I.getDbgRecordRange()) {
        add(R.getDebugLoc().get());
        if (const auto *V = llvm::dyn_cast<llvm::DbgVariableRecord>(&R)) {
          add(V->getRawVariable());
          add(V->getRawAssignID());
        } else {
          add(llvm::cast<llvm::DbgLabelRecord>(R).getRawLabel());
        }
      }
    }
  }
  void addAllOf(const llvm::Module &M) {
    for (const llvm::NamedMDNode &Named : M.named_metadata())
      for (const llvm::MDNode *N : Named.operands())
        add(N);
    for (const llvm::GlobalVariable &V : M.globals())
      addAttached(V);
    for (const llvm::Function &F : M)
      addAllOf(F);
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
  void addAttached(const llvm::GlobalObject &Object) {
    Attached.clear();
    Object.getAllMetadata(Attached);
    addAttached();
  }
  void addAttached() {
    for (auto [Kind, N] : Attached)
      add(N);
  }

  llvm::SmallVector<std::pair<unsigned, llvm::MDNode *>, 8> Attached;
  llvm::DenseSet<const llvm::MDNode *> Seen;
  llvm::SmallVector<const llvm::MDNode *> Todo;
};

} // namespace hapax

#endif // HAPAX_SHARD_METADATAWALK_H
