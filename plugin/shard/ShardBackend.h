//===- ShardBackend.h - From a shard's bitcode to its object ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_SHARDBACKEND_H
#define HAPAX_SHARD_SHARDBACKEND_H

#include "Refusal.h"
#include "hapax/IR/Artifact.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include <expected>
#include <memory>

namespace hapax {

/// Optimises and generates shards as the compiler would have done it with the
/// whole module, on any number of threads. Borrows the compiler's pass builder,
/// its machine and its context's settings.
class ShardBackend {
public:
  /// \p OwnPasses are the names of the passes in the compiler's pipeline that
  /// are ours. \p VerifyIR: as in CompileDescription. Refuses (OtherPipeline,
  /// Target) where what the compiler does cannot be done again: passes that it
  /// has set up for itself, profiles, other machines than those for x86-64 ELF.
  static std::expected<std::unique_ptr<ShardBackend>, Refusal>
  create(llvm::PassBuilder &Host, llvm::OptimizationLevel Level,
         const llvm::LLVMContext &Context,
         llvm::ArrayRef<llvm::StringRef> OwnPasses, bool VerifyIR);

  /// The object of a shard, each function and variable in a section of its own.
  /// Refuses (Diagnostic) when the compile has anything to say, since what it
  /// says would have to be said by the compiler; (NoObject) when it fails.
  /// \p Edit, if set, changes the module before that; if it returns false, the
  /// shard is refused (DebugInfo). What it made is written and read again, so
  /// it may leave the module's context in any state.
  std::expected<Bytes, Refusal>
  compile(llvm::MemoryBufferRef Bitcode,
          llvm::function_ref<bool(llvm::Module &)> Edit);

  /// Whether the user asked for sections of that kind.
  bool wantsFunctionSections() const { return FunctionSections; }
  bool wantsDataSections() const { return DataSections; }

private:
  ShardBackend(llvm::TargetMachine &Machine, llvm::PipelineTuningOptions Tuning,
               llvm::OptimizationLevel Level)
      : Machine(Machine), Tuning(Tuning), Level(Level) {}
  std::unique_ptr<llvm::TargetMachine> cloneMachine() const;

  llvm::TargetMachine &Machine;
  llvm::PipelineTuningOptions Tuning;
  llvm::OptimizationLevel Level;
  bool VerifyIR = false;
  bool DiscardsNames = false;
  bool FunctionSections = false, DataSections = false;
};

} // namespace hapax

#endif // HAPAX_SHARD_SHARDBACKEND_H
