//===- ModulePipeline.h - The passes over one module, as clang's -*- C++ -*-==//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_PLUGIN_IR_MODULEPIPELINE_H
#define HAPAX_PLUGIN_IR_MODULEPIPELINE_H

#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"

namespace hapax {

/// The pass builder for one module, set up as clang does it for its default
/// pipelines, with everything that it borrows. Not thread-safe; \p TM must
/// outlive it.
class ModulePipeline {
public:
  ModulePipeline(llvm::TargetMachine &TM,
                 const llvm::PipelineTuningOptions &Tuning,
                 llvm::OptimizationLevel Level);
  ModulePipeline(const ModulePipeline &) = delete;
  ModulePipeline &operator=(const ModulePipeline &) = delete;

  llvm::PassBuilder &builder() { return Builder; }
  /// Optimises \p M.
  void run(llvm::Module &M);

private:
  llvm::OptimizationLevel Level;
  llvm::LoopAnalysisManager LAM;
  llvm::FunctionAnalysisManager FAM;
  llvm::CGSCCAnalysisManager CGAM;
  llvm::ModuleAnalysisManager MAM;
  llvm::PassBuilder Builder;
};

} // namespace hapax

#endif // HAPAX_PLUGIN_IR_MODULEPIPELINE_H
