//===- HashFunction.h - Bodies of functions in the module hash --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHFUNCTION_H
#define HAPAX_IR_HASHFUNCTION_H

#include "HashLines.h"
#include "HashLocals.h"
#include "HashMetadata.h"
#include "HashValues.h"
#include "llvm/IR/DebugLoc.h"
#include "llvm/IR/DebugProgramInstruction.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"

namespace hapax {

/// Writes the bodies of functions, one at a time. Arguments, blocks and
/// instructions are numbered in order of first mention.
class HashFunction {
public:
  HashFunction(const llvm::LLVMContext &Context, HashValues &Values,
               HashMetadata &Nodes, HashLines &Lines, bool UseOrder);

  /// Writes the blocks of \p F, a definition, the names in it and the order of
  /// the uses of its values.
  void write(HashWords &Words, const llvm::Function &F);

private:
  static uint64_t localReference(uint32_t Number) {
    return uint64_t(Number) << 8 | static_cast<uint64_t>(ValueTag::Local);
  }
  void writeLocal(HashWords &To, const llvm::Value *V) {
    To.add(localReference(Locals.number(V)));
  }
  void writeMetadata(HashWords &To, const llvm::Metadata *MD) {
    Nodes.write(To, MD, [&](const llvm::Value *V) { writeLocal(To, V); });
  }
  void writeLocalUse(HashWords &To, const llvm::Use &U) {
    uint32_t Number = Locals.number(U.get());
    To.add(localReference(Number));
    Locals.mention(Number, U);
  }
  void writeInstruction(HashWords &To, const llvm::Instruction &I);
  void writeHead(HashWords &To, const llvm::Instruction &I, unsigned Extra = 0);
  void writeOperand(HashWords &To, const llvm::Use &U);
  void writeOtherOperand(HashWords &To, const llvm::Use &U);
  void writeExtras(HashWords &To, const llvm::Instruction &I);
  void writeCall(HashWords &To, const llvm::CallBase &Call);
  void writeScope(HashWords &To, llvm::SyncScope::ID Scope);
  void writeLocation(HashWords &To, const llvm::DILocation &Location);
  void writeRecord(HashWords &To, const llvm::DbgRecord &Record);
  void writeAttachments(HashWords &To);
  void writeNames(HashWords &To);
  void writeUseOrder(HashWords &To, const llvm::Function &F);

  HashValues &Values;
  HashMetadata &Nodes;
  HashLines &Lines;
  HashLocals Locals;
  const bool UseOrder;
  /// The values with irregular use lists, and their numbers.
  HashUseOrder Uses;
  std::vector<uint32_t> Watched;
  /// By number, of those that are blocks: whether they use one of these values.
  std::vector<bool> UsingBlocks;
  /// Whether the function has blocks whose address is taken.
  bool HasForeign = false;
  llvm::SmallVector<llvm::StringRef, 8> ScopeNames;
  const llvm::DILocation *LastLocation = nullptr;
  llvm::SmallVector<std::pair<unsigned, llvm::MDNode *>, 8> Attached;
  std::vector<const llvm::Instruction *> WithAttachments;
  /// For each of these: the number of attachments (and null), and they.
  std::vector<std::pair<unsigned, llvm::MDNode *>> Fetched;
};

} // namespace hapax

#endif // HAPAX_IR_HASHFUNCTION_H
