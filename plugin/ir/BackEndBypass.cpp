//===- BackEndBypass.cpp - Habits of single back ends ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "BackEndBypass.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace hapax {

namespace {
/// Finds names of processors and features that the target does not know: it
/// says so on standard error, past all diagnostic handlers.
class TargetNames {
public:
  explicit TargetNames(const TargetMachine &TM)
      : Info(*TM.getMCSubtargetInfo()) {
    for (const SubtargetFeatureKV &F : Info.getAllProcessorFeatures())
      Features.insert(F.Key);
  }

  /// The first unknown name; empty when all are known.
  StringRef unknownCpu(StringRef Cpu) const {
    return Cpu.empty() || Info.isCPUStringValid(Cpu) ? StringRef() : Cpu;
  }
  StringRef unknownFeature(StringRef List) const {
    for (StringRef Feature : split(List, ',')) {
      StringRef Name = Feature;
      if (!Name.consume_front("+"))
        Name.consume_front("-");
      if (!Name.empty() && !Features.contains(Name))
        return Feature;
    }
    return {};
  }

private:
  const MCSubtargetInfo &Info;
  DenseSet<StringRef> Features;
};
} // namespace

static StringRef findUnknownName(const Module &M, const TargetMachine &TM) {
  TargetNames Names(TM);
  auto FindIn = [&](ArrayRef<StringRef> Cpus, StringRef Features) {
    for (StringRef Cpu : Cpus)
      if (StringRef Unknown = Names.unknownCpu(Cpu); !Unknown.empty())
        return Unknown;
    return Names.unknownFeature(Features);
  };
  StringRef Unknown = FindIn(TM.getTargetCPU(), TM.getTargetFeatureString());
  // Many functions, but few distinct sets of attributes.
  DenseSet<AttributeSet> Seen;
  for (const Function &F : M) {
    AttributeSet Set = F.getAttributes().getFnAttrs();
    if (!Unknown.empty())
      break;
    if (F.isDeclaration() || !Seen.insert(Set).second)
      continue;
    auto Value = [&](StringRef Kind) {
      return Set.getAttribute(Kind).getValueAsString();
    };
    Unknown = FindIn({Value("target-cpu"), Value("tune-cpu")},
                     Value("target-features"));
  }
  return Unknown;
}

/// Whether the ABI passes floating-point values in registers that the features
/// do not promise: RISC-V says so on standard error.
static bool isAbiWithoutFeature(const Module &M, const TargetMachine &TM) {
  auto *Abi = dyn_cast_or_null<MDString>(M.getModuleFlag("target-abi"));
  if (!Abi || !M.getTargetTriple().isRISCV())
    return false;
  StringRef Name = Abi->getString();
  StringRef Needed = Name.ends_with("d")   ? "+d"
                     : Name.ends_with("f") ? "+f"
                                           : "";
  return !Needed.empty() &&
         !is_contained(split(TM.getTargetFeatureString(), ','), Needed);
}

std::optional<BypassInfo>
findBackEndBypass(const Module &M, const TargetMachine &TM, OutputKind Kind) {
  if (StringRef Name = findUnknownName(M, TM); !Name.empty())
    return BypassInfo(BypassReason::BackendDiagnostic,
                      "unknown processor or feature " + Name.str());
  if (isAbiWithoutFeature(M, TM))
    return BypassInfo(BypassReason::BackendDiagnostic,
                      "the ABI needs a feature that is off");
  if (Kind == OutputKind::Bitcode)
    return std::nullopt;
  const Triple &Target = M.getTargetTriple();
  if (Target.isBPF() && M.getNamedMetadata("llvm.dbg.cu"))
    return BypassInfo(BypassReason::SourceLines, "BPF with -g");
  if (Kind == OutputKind::Object && Target.isOSBinFormatCOFF() &&
      TM.Options.MCOptions.MCIncrementalLinkerCompatible)
    return BypassInfo(BypassReason::TimeStamp,
                      "-mincremental-linker-compatible");
  return std::nullopt;
}

} // namespace hapax
