//===- EmptyModule.cpp - The limit that a cached compile can reach --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// A pass plugin that empties the module at the start of the pipeline, skips
/// all optional passes and writes nothing: what remains is the front end and
/// the compiler's own overhead. Compile times of hits are compared with it.
///
/// Built twice: with HAPAX_UNFREED defined, the contents are left to the
/// context instead of being freed, as a hit leaves them.
//===----------------------------------------------------------------------===//

#include "hapax/IR/Artifact.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"

using namespace llvm;

namespace {
struct EmptyModulePass : PassInfoMixin<EmptyModulePass> {
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
#ifdef HAPAX_UNFREED
    hapax::leaveContentsToContext(M);
#else
    hapax::eraseContents(M);
#endif
    return PreservedAnalyses::none();
  }
  static bool isRequired() { return true; }
};
} // namespace

extern "C" LLVM_ATTRIBUTE_VISIBILITY_DEFAULT PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "EmptyModule", "1",
          [](PassBuilder &PB) {
            PB.registerPipelineStartEPCallback(
                [](ModulePassManager &MPM, OptimizationLevel) {
                  MPM.addPass(EmptyModulePass());
                });
            if (auto *PIC = PB.getPassInstrumentationCallbacks())
              PIC->registerShouldRunOptionalPassCallback(
                  [](StringRef, Any) { return false; });
          },
          [](Module &, TargetMachine &, CodeGenFileType, raw_pwrite_stream &) {
            return true;
          }};
}
