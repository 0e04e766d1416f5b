//===- ClangDefaults.cpp - Compile IR as clang -c -x ir does --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "ClangDefaults.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace hapax {

std::optional<ClangLevel> ClangLevel::parse(StringRef Text) {
  if (Text.size() != 1 || !StringRef("0123sz").contains(Text[0]))
    return std::nullopt;
  return ClangLevel{Text[0]};
}

OptimizationLevel ClangLevel::optimisation() const {
  switch (Letter) {
  case '0':
    return OptimizationLevel::O0;
  case '1':
    return OptimizationLevel::O1;
  case '3':
    return OptimizationLevel::O3;
  case 's':
    return OptimizationLevel::Os;
  case 'z':
    return OptimizationLevel::Oz;
  default:
    return OptimizationLevel::O2;
  }
}

CodeGenOptLevel ClangLevel::codeGeneration() const {
  return *CodeGenOpt::getLevel(optimisation().getSpeedupLevel());
}

bool ClangLevel::vectorisesLoops() const {
  return Letter == '2' || Letter == '3' || Letter == 's';
}
bool ClangLevel::vectorisesBlocks() const {
  return vectorisesLoops() || Letter == 'z';
}

Expected<std::unique_ptr<TargetMachine>> createClangMachine(ClangLevel Level) {
  Triple TT(sys::getDefaultTargetTriple());
  std::string Why;
  const Target *T = TargetRegistry::lookupTarget(TT, Why);
  if (!T)
    return createStringError(Why);

  TargetOptions Options;
  Options.UseInitArray = true;
  Options.AllowFPOpFusion = FPOpFusion::Standard; // -ffp-contract=on
  Options.NoTrappingFPMath = true;
  Options.EmitAddrsig = true;
  Options.XRayFunctionIndex = true;
  Options.DebuggerTuning = DebuggerKind::GDB;
  Options.MCOptions.AsmVerbose = true;
  Options.MCOptions.MCUseDwarfDirectory = MCTargetOptions::EnableDwarfDirectory;
  // What clang passes to x86; functions carry their own features.
  StringRef CPU = TT.isX86() && TT.isArch64Bit() ? "x86-64" : "generic";
  StringRef Features = TT.isX86() && TT.isArch64Bit()
                           ? "+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87"
                           : "";
  std::unique_ptr<TargetMachine> TM(
      T->createTargetMachine(TT, CPU, Features, Options, Reloc::PIC_,
                             std::nullopt, Level.codeGeneration()));
  if (!TM)
    return createStringError("no target machine for " + TT.str());
  return TM;
}

PipelineTuningOptions ClangLevel::tuning() const {
  PipelineTuningOptions Tuning;
  Tuning.LoopUnrolling = Letter != '0' && Letter != '1';
  Tuning.LoopInterleaving = Tuning.LoopUnrolling;
  Tuning.LoopVectorization = vectorisesLoops();
  Tuning.SLPVectorization = vectorisesBlocks();
  Tuning.CallGraphProfile = true;
  return Tuning;
}

} // namespace hapax
