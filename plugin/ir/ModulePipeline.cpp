//===- ModulePipeline.cpp - The passes over one module, as clang's --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ModulePipeline.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace hapax {

ModulePipeline::ModulePipeline(TargetMachine &TM,
                               const PipelineTuningOptions &Tuning,
                               OptimizationLevel Level)
    : Level(Level), Builder(&TM, Tuning) {
  TargetLibraryInfoImpl Library(TM.getTargetTriple(), TM.Options.VecLib);
  FAM.registerPass([&] { return TargetLibraryAnalysis(Library); });
  Builder.registerModuleAnalyses(MAM);
  Builder.registerCGSCCAnalyses(CGAM);
  Builder.registerFunctionAnalyses(FAM);
  Builder.registerLoopAnalyses(LAM);
  Builder.crossRegisterProxies(LAM, FAM, CGAM, MAM);
  if (Level != OptimizationLevel::O0)
    Builder.registerPipelineStartEPCallback(
        [](ModulePassManager &MPM, OptimizationLevel) {
          MPM.addPass(AssignmentTrackingPass());
        });
}

void ModulePipeline::run(Module &M) {
  Builder.buildPerModuleDefaultPipeline(Level).run(M, MAM);
}

} // namespace hapax
